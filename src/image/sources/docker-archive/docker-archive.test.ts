// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { noData, testData } from '../../../../testing/data.ts';
import { dockerArchive, ociArchive, type BuiltImage } from '../../../../testing/image-builder.ts';
import { readLayers } from '../../../../testing/read-image.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import {
  fileMedium,
  made,
  other,
  testStoredImages,
} from '../../../../testing/stored-image-suite.ts';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { writeTar } from '../../../formats/tar/write-tar.ts';
import { plugin as dockerArchiveSource } from './plugin.ts';

for (const [name, write] of [
  ['docker-archive', (images) => dockerArchive(images)],
  ['docker-archive.gz', (images) => gzipSync(dockerArchive(images))],
  ['docker-archive.zst', (images) => zstdCompressSync(dockerArchive(images))],
  ['docker-archive of Docker 25', (images) => dockerArchive(images, 'oci')],
] as readonly (readonly [string, (images: readonly BuiltImage[]) => Uint8Array])[])
  testStoredImages(fileMedium(name, dockerArchiveSource, write, false));

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

test('a wrong medium is told with the right one', async (context) => {
  const path = join(temporaryFolder(context), 'a.tar');
  writeFileSync(path, ociArchive([made]));
  await assert.rejects(dockerArchiveSource.open(path, sourceContext()), { hint: /oci-archive:/ });
  writeFileSync(path, writeTar([{ path: 'etc/passwd', content: 'x' }]));
  await assert.rejects(dockerArchiveSource.open(path, sourceContext()), { hint: /rootfs:/ });
});

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
