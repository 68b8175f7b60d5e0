// SPDX-License-Identifier: Apache-2.0
// One suite over all media that are files: a made image, stored in each of them, reads the same.
import assert from 'node:assert/strict';
import { symlinkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  buildImage,
  dockerArchive,
  ociArchive,
  ociLayoutFiles,
  writeOciLayout,
  type BuiltImage,
} from '../../../testing/image-builder.ts';
import { noData, testData } from '../../../testing/data.ts';
import { readLayers } from '../../../testing/read-image.ts';
import { sourceContext } from '../../../testing/source-context.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { writeTar } from '../../formats/tar/write-tar.ts';
import { PlimsollError } from '../../model/errors.ts';
import { parsePlatform } from '../../model/platform.ts';
import { plugin as dockerArchiveSource } from './docker-archive/plugin.ts';
import { plugin as ociArchiveSource } from './oci-archive/plugin.ts';
import { plugin as ociSource } from './oci/plugin.ts';
import { plugin as rootfsSource } from './rootfs/plugin.ts';

const made = buildImage({
  name: 'docker.io/library/made:1',
  config: { User: '7', Env: ['A=b'], Labels: { l: 'v' } },
  layers: [
    {
      entries: [{ path: 'etc/' }, { path: 'etc/x', content: 'x'.repeat(100_000) }],
      createdBy: 'ADD x',
    },
    { entries: [], compression: 'zstd' },
    // The same blob twice, as empty layers are in the field.
    { entries: [], compression: 'zstd' },
    { entries: [{ path: 'y', content: '1' }], compression: 'none' },
  ],
});
const other = buildImage({
  name: 'docker.io/library/other:2',
  layers: [{ entries: [{ path: 'z', content: 'z' }] }],
});

interface Medium {
  readonly name: string;
  readonly source: typeof ociSource;
  /** Writes the images and returns what follows the prefix. */
  write(folder: string, images: readonly BuiltImage[]): string;
  readonly hasManifest: boolean;
}

function fileMedium(
  name: string,
  source: typeof ociSource,
  bytes: (images: readonly BuiltImage[]) => Uint8Array,
  hasManifest: boolean,
): Medium {
  const write = (folder: string, images: readonly BuiltImage[]) => {
    const path = join(folder, 'image');
    writeFileSync(path, bytes(images));
    return path;
  };
  return { name, source, write, hasManifest };
}

const media: readonly Medium[] = [
  {
    name: 'oci',
    source: ociSource,
    write(folder, images) {
      writeOciLayout(folder, images);
      return folder;
    },
    hasManifest: true,
  },
  fileMedium('oci-archive', ociArchiveSource, ociArchive, true),
  fileMedium('oci-archive.gz', ociArchiveSource, (images) => gzipSync(ociArchive(images)), true),
  fileMedium('docker-archive', dockerArchiveSource, (images) => dockerArchive(images), false),
  fileMedium(
    'docker-archive.gz',
    dockerArchiveSource,
    (images) => gzipSync(dockerArchive(images)),
    false,
  ),
  fileMedium(
    'docker-archive.zst',
    dockerArchiveSource,
    (images) => zstdCompressSync(dockerArchive(images)),
    false,
  ),
  fileMedium(
    'docker-archive of Docker 25',
    dockerArchiveSource,
    (images) => dockerArchive(images, 'oci'),
    false,
  ),
];

for (const medium of media) {
  const { name, source, hasManifest } = medium;
  test(`${name}: an image reads as it was made`, async (context) => {
    const rest = medium.write(temporaryFolder(context), [made]);
    assert.equal(await source.recognises!(rest), true);
    const image = await source.open(rest, sourceContext());
    context.after(() => image.close());
    const diffIds = made.layers.map(({ diffId }) => diffId);
    assert.deepEqual(image.issues, []);
    assert.equal(image.source, `${source.id}:${rest}`);
    assert.equal(image.identity.config, made.config.digest);
    assert.equal(image.identity.manifest, hasManifest ? made.manifest.digest : undefined);
    assert.deepEqual(image.identity.diffIds, diffIds);
    assert.ok(image.identity.names.includes('docker.io/library/made:1'));
    assert.deepEqual(image.platform, { os: 'linux', architecture: 'amd64' });
    assert.deepEqual([image.config?.user, image.config?.env], ['7', ['A=b']]);
    assert.equal(image.layers[0]!.createdBy, 'ADD x');
    const layers = await readLayers(image);
    assert.deepEqual(
      new Map(layers.map((layer) => [layer.number, layer.diffId])),
      new Map(diffIds.entries()),
    );
    for (const { number, digest } of layers)
      assert.equal(image.layers[number!]!.digest ?? digest, digest);
    assert.deepEqual(
      (await readLayers(image, [3])).map((layer) => layer.number),
      [3],
      'a second pass',
    );
    assert.deepEqual(await readLayers(image, []), []);
  });

  test(`${name}: one of several images is named, and asked for`, async (context) => {
    const rest = medium.write(temporaryFolder(context), [made, other]);
    for (const wish of ['docker.io/library/other:2', '2']) {
      const image = await source.open(`${rest}:${wish}`, sourceContext());
      assert.deepEqual(image.identity.config, other.config.digest, wish);
      assert.deepEqual(
        (await readLayers(image)).map(({ diffId }) => diffId),
        [other.layers[0]!.diffId],
      );
      await image.close();
    }
    const hint = /made:1.*other:2/;
    await assert.rejects(source.open(rest, sourceContext()), { code: 'usage', hint });
    await assert.rejects(source.open(`${rest}:3`, sourceContext()), { code: 'not-found', hint });
  });

  test(`${name}: damage is an error in our own words`, async (context) => {
    const rest = medium.write(temporaryFolder(context), [made]);
    const path = name === 'oci' ? join(rest, 'index.json') : rest;
    const whole = readFileSync(path);
    for (const damaged of [
      whole.subarray(0, 0),
      whole.subarray(0, 1),
      whole.subarray(0, whole.length >> 1),
      whole.subarray(0, whole.length - (whole.length >> 2)),
      Buffer.concat([whole.subarray(0, 100), Buffer.alloc(600, 0xff), whole.subarray(700)]),
    ]) {
      writeFileSync(path, damaged);
      try {
        const image = await source.open(rest, sourceContext());
        await readLayers(image).catch((error: unknown) => {
          if (!(error instanceof PlimsollError)) throw error;
        });
        await image.close();
      } catch (error) {
        assert.ok(error instanceof PlimsollError, String(error));
      }
    }
  });

  test(`${name}: what is not there is said`, async () => {
    await assert.rejects(source.open('/nonexistent/x:1', sourceContext()), {
      code: 'not-found',
      message: 'Cannot open "/nonexistent/x": there is no such file',
    });
    await assert.rejects(source.open('', sourceContext()), { code: 'usage' });
  });
}

test('a platform is chosen from a layout, also through a nested index', async (context) => {
  const folder = temporaryFolder(context);
  const arm = buildImage({ platform: { os: 'linux', architecture: 'arm64' }, layers: [] });
  const intel = buildImage({ platform: { os: 'linux', architecture: 'amd64' }, layers: [] });
  writeOciLayout(folder, [arm, intel]);
  const platform = parsePlatform('arm64');
  const image = await ociSource.open(folder, sourceContext({ platform }));
  assert.equal(image.identity.manifest, arm.manifest.digest);
  const missing = parsePlatform('s390x');
  await assert.rejects(ociSource.open(folder, sourceContext({ platform: missing })), {
    code: 'not-found',
    hint: /linux\/arm64/,
  });
  const byDigest = await ociSource.open(`${folder}@${intel.manifest.digest}`, sourceContext());
  assert.equal(byDigest.identity.manifest, intel.manifest.digest);
});

test('a document that is not what its digest says is refused', async (context) => {
  const folder = temporaryFolder(context);
  writeOciLayout(folder, [made]);
  const path = join(folder, 'blobs/sha256', made.config.digest.slice(7));
  writeFileSync(path, readFileSync(path, 'utf8').replace('"7"', '"0"'));
  await assert.rejects(ociSource.open(folder, sourceContext()), { code: 'digest-mismatch' });
});

test('a layer that is missing or of another size is an issue, and the rest is read', async (context) => {
  const folder = temporaryFolder(context);
  writeOciLayout(folder, [made]);
  const blob = (number: number) =>
    join(folder, 'blobs/sha256', made.layers[number]!.digest.slice(7));
  rmSync(blob(0));
  writeFileSync(blob(3), 'short');
  const image = await ociSource.open(folder, sourceContext());
  assert.deepEqual(
    image.issues.map(({ code, fatal }) => [code, fatal]),
    [
      ['missing-layer', true],
      ['size-mismatch', true],
    ],
  );
  const numbers = (await readLayers(image)).map(({ number }) => number);
  assert.deepEqual(
    numbers.sort((left, right) => left! - right!),
    [1, 2, 3],
  );
});

test('links in a layout are followed inside it and nowhere else', async (context) => {
  const folder = temporaryFolder(context);
  const layout = join(folder, 'layout');
  mkdirSync(layout);
  writeOciLayout(layout, [made]);
  const name = `blobs/sha256/${made.config.digest.slice(7)}`;
  renameSync(join(layout, name), join(layout, 'config.json'));
  symlinkSync('../../config.json', join(layout, name));
  await ociSource.open(layout, sourceContext());
  renameSync(join(layout, 'config.json'), join(folder, 'config.json'));
  rmSync(join(layout, name));
  symlinkSync('../../../config.json', join(layout, name));
  await assert.rejects(ociSource.open(layout, sourceContext()), {
    message: /links out of its directory/,
  });
});

test('links between the members of an archive are followed, and go round nowhere', async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'a.tar');
  const layer = other.layers[0]!;
  const manifest = (layers: readonly string[]) =>
    JSON.stringify([{ Config: 'c.json', RepoTags: null, Layers: layers }]);
  const write = (target: string, ...more: { path: string; linkTarget: string }[]) =>
    writeFileSync(
      path,
      writeTar([
        { path: 'c.json', content: other.config.bytes },
        { path: 'one/layer.tar', linkTarget: target },
        ...more,
        { path: 'two/layer.tar', content: layer.tar },
        { path: 'manifest.json', content: manifest(['one/layer.tar']) },
      ]),
    );
  write('../two/layer.tar');
  const image = await dockerArchiveSource.open(path, sourceContext());
  assert.deepEqual(
    (await readLayers(image)).map(({ diffId }) => diffId),
    [layer.diffId],
  );
  for (const target of ['../../../etc/passwd', '/etc/passwd', 'layer.tar', '../three']) {
    write(target, { path: 'three', linkTarget: 'one/layer.tar' });
    const broken = await dockerArchiveSource.open(path, sourceContext());
    assert.deepEqual(
      broken.issues.map(({ code }) => code),
      ['missing-layer'],
      target,
    );
    assert.deepEqual(await readLayers(broken), []);
  }
});

test('members count by their last occurrence, as when unpacking', async (context) => {
  const path = join(temporaryFolder(context), 'a.tar');
  const files = [...ociLayoutFiles([other])].map(([name, content]) => ({ path: name, content }));
  writeFileSync(path, writeTar([{ path: 'index.json', content: '{}' }, ...files]));
  const image = await ociArchiveSource.open(path, sourceContext());
  assert.equal(image.identity.manifest, other.manifest.digest);
});

test('a wrong medium is told with the right one', async (context) => {
  const path = join(temporaryFolder(context), 'a.tar');
  writeFileSync(path, ociArchive([made]));
  await assert.rejects(dockerArchiveSource.open(path, sourceContext()), { hint: /oci-archive:/ });
  writeFileSync(path, writeTar([{ path: 'etc/passwd', content: 'x' }]));
  await assert.rejects(dockerArchiveSource.open(path, sourceContext()), { hint: /rootfs:/ });
  assert.equal(await rootfsSource.recognises!(path), true);
  assert.equal(await ociArchiveSource.recognises!(path), false);
  writeFileSync(path, 'no archive at all');
  for (const source of [rootfsSource, ociArchiveSource, dockerArchiveSource, ociSource])
    assert.equal(await source.recognises!(path), false, source.id);
});

test(
  'published layouts are read, blobs linked to files beside them',
  { skip: noData },
  async () => {
    const folder = testData('busybox-oci');
    for (const libc of ['glibc', 'musl']) {
      const image = await ociSource.open(
        join(folder, 'busybox/latest', libc, 'amd64'),
        sourceContext(),
      );
      assert.deepEqual(image.issues, []);
      assert.equal(image.identity.diffIds.length, 1);
      const [layer] = await readLayers(image);
      assert.equal(layer!.diffId, image.identity.diffIds[0]);
      assert.equal(layer!.digest, image.layers[0]!.digest);
    }
  },
);

test('published archives of old and new engines are read', { skip: noData }, async () => {
  const folder = testData('fixtures');
  for (const [name, layers] of [
    ['test-docker-image.tar', 14],
    ['ggcr/pkg/v1/tarball/testdata/hello-world-v25.tar', 1],
    ['ggcr/pkg/v1/tarball/testdata/test_image_1.tar', 1],
    ['ggcr/pkg/v1/mutate/testdata/whiteout_image.tar', undefined],
    ['ggcr/pkg/v1/mutate/testdata/whiteout_dir.tar', 4],
    ['ggcr/pkg/v1/mutate/testdata/overwritten_file.tar', 3],
  ] as const) {
    const image = await dockerArchiveSource.open(join(folder, name), sourceContext());
    assert.deepEqual(image.issues, [], name);
    if (layers !== undefined) assert.equal(image.layers.length, layers, name);
    const found = [...(await readLayers(image))];
    found.sort((left, right) => left.number! - right.number!);
    assert.deepEqual(
      found.map(({ diffId }) => diffId),
      image.identity.diffIds,
      name,
    );
    await image.close();
  }
  const linked = join(folder, 'ggcr/pkg/v1/tarball/testdata/test_link.tar:test_image_3');
  const image = await dockerArchiveSource.open(linked, sourceContext());
  assert.deepEqual(image.issues, []);
  const byNumber = new Map((await readLayers(image)).map((layer) => [layer.number, layer.diffId]));
  assert.deepEqual(byNumber, new Map([...image.identity.diffIds.entries()].toReversed()));
  // Edited by hand: its name is no longer its digest.
  const edited = join(
    folder,
    'ggcr/pkg/v1/mutate/testdata/source_image_with_empty_layer_history.tar',
  );
  const renamed = await dockerArchiveSource.open(edited, sourceContext());
  assert.deepEqual(
    renamed.issues.map(({ code }) => code),
    ['config-name-mismatch'],
  );
  const bundle = join(folder, 'ggcr/pkg/v1/tarball/testdata/test_bundle.tar');
  await assert.rejects(dockerArchiveSource.open(bundle, sourceContext()), { code: 'usage' });
  for (const [name, code] of [
    ['null_manifest', 'invalid'],
    // Only `repositories`, as the first engines wrote.
    ['no_manifest', 'unsupported'],
  ] as const)
    await assert.rejects(
      dockerArchiveSource.open(
        join(folder, `ggcr/pkg/v1/tarball/testdata/${name}.tar`),
        sourceContext(),
      ),
      { code },
    );
});
