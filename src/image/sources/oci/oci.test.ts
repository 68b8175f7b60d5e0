// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../../../../testing/data.ts';
import { buildImage, writeOciLayout } from '../../../../testing/image-builder.ts';
import { readLayers } from '../../../../testing/read-image.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { made, testStoredImages } from '../../../../testing/stored-image-suite.ts';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { parsePlatform } from '../../../model/platform.ts';
import { plugin as ociSource } from './plugin.ts';

testStoredImages({
  name: 'oci',
  source: ociSource,
  write(folder, images) {
    writeOciLayout(folder, images);
    return folder;
  },
  hasManifest: true,
});

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
