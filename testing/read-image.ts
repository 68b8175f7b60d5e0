// SPDX-License-Identifier: Apache-2.0
// Reads an image as its consumers do, far enough to compare it with what it was made from.
import { createHash } from 'node:crypto';
import { decompress } from '../src/formats/compression/decompress.ts';
import type { Image } from '../src/image/image.ts';
import type { LayerEntry } from '../src/image/layer-visitor.ts';
import { decodePath } from '../src/model/path-bytes.ts';

export interface ReadLayer {
  /** Undefined where the medium does not know it. */
  readonly number: number | undefined;
  /** sha256 of the uncompressed tar. */
  readonly diffId: string;
  /** sha256 of the bytes as they came. */
  readonly digest: string;
}

/** Every wanted layer that comes, in its order; trees are left out. */
export async function readLayers(
  image: Image,
  wanted: readonly number[] = image.layers.map(({ index }) => index),
): Promise<readonly ReadLayer[]> {
  const found: ReadLayer[] = [];
  for await (const content of image.readLayers(new Set(wanted))) {
    if (content.kind !== 'blob') continue;
    const stored = createHash('sha256');
    const plain = createHash('sha256');
    const bytes = content.bytes[Symbol.asyncIterator]();
    const tee: AsyncIterator<Uint8Array> = {
      async next() {
        const step = await bytes.next();
        if (step.done !== true) stored.update(step.value);
        return step;
      },
    };
    for await (const chunk of decompress(tee)) plain.update(chunk);
    // Padding behind a compressed stream belongs to the blob.
    while ((await tee.next()).done !== true);
    found.push({
      number: content.layer,
      diffId: `sha256:${plain.digest('hex')}`,
      digest: `sha256:${stored.digest('hex')}`,
    });
  }
  return found;
}

export interface WalkedEntry extends LayerEntry {
  readonly name: string;
  readonly content: string;
}

/** All entries of a tree layer with their contents, by path. */
export async function walkTree(image: Image, layer: number): Promise<readonly WalkedEntry[]> {
  const entries: WalkedEntry[] = [];
  for await (const content of image.readLayers(new Set([layer]))) {
    if (content.kind !== 'tree') continue;
    await content.walk({
      entry(entry) {
        const kept = { ...entry, name: decodePath(entry.path), content: '' };
        entries.push(kept);
        return {
          chunk: (bytes) => {
            kept.content += Buffer.from(bytes).toString('latin1');
          },
          end: () => {},
        };
      },
    });
  }
  return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
}
