// SPDX-License-Identifier: Apache-2.0
// The suite of all media that are files: a made image, stored in each of them, reads the same.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ImageSource } from '../src/image/image-source.ts';
import { PlimsollError } from '../src/model/errors.ts';
import { buildImage, type BuiltImage } from './image-builder.ts';
import { readLayers } from './read-image.ts';
import { sourceContext } from './source-context.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Four layers of all compressions, two of them the same. */
export const made = buildImage({
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
/** One layer. */
export const other = buildImage({
  name: 'docker.io/library/other:2',
  layers: [{ entries: [{ path: 'z', content: 'z' }] }],
});

export interface Medium {
  readonly name: string;
  readonly source: ImageSource;
  /** Writes the images and returns what follows the prefix. */
  write(folder: string, images: readonly BuiltImage[]): string;
  readonly hasManifest: boolean;
}

/** A medium that is one file. */
export function fileMedium(
  name: string,
  source: ImageSource,
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

/** Registers the tests of one medium. */
export function testStoredImages(medium: Medium): void {
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
