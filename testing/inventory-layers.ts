// SPDX-License-Identifier: Apache-2.0
// For tests of the inventory: layers as lists of files, written as tar archives, read and merged as
// those of an image. A null removes a file or folder of the layers below.
import { type TarInput, writeTar } from '../src/formats/tar/write-tar.ts';
import { readLayer } from '../src/image/read-layer.ts';
import type { Ecosystem } from '../src/inventory/ecosystem.ts';
import {
  inventoryReaders,
  takeInventory,
  type InventoryLayer,
} from '../src/inventory/take-inventory.ts';
import type { Digest } from '../src/model/digest.ts';
import type { Inventory } from '../src/model/inventory.ts';

/** Content by absolute path; `-> target` is a symlink, `=> target` a hard link, null a removal, a text that ends in `+x` executable. */
export type LayerFiles = Readonly<Record<string, string | Uint8Array | null>>;

const testTime = new Date('2026-01-15T00:00:00Z');

export async function inventoryOf(
  layers: readonly (LayerFiles | AsyncIterable<Uint8Array>)[],
  ecosystems: readonly Ecosystem[],
  now = testTime,
): Promise<Inventory> {
  const readers = inventoryReaders(ecosystems);
  const read: (InventoryLayer & { readonly diffId?: Digest })[] = [];
  for (const layer of layers)
    read.push(
      await readLayer({ kind: 'blob', bytes: isStream(layer) ? layer : tarOf(layer) }, readers),
    );
  return takeInventory({
    source: 'test',
    image: {
      identity: { diffIds: [], names: [] },
      layers: read.map(({ diffId }, index) => ({
        index,
        ...(diffId === undefined ? {} : { diffId }),
      })),
    },
    layers: read,
    ecosystems,
    issues: [],
    skippedMounts: [],
    now,
  });
}

function isStream(
  layer: LayerFiles | AsyncIterable<Uint8Array>,
): layer is AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in layer;
}

async function* tarOf(files: LayerFiles): AsyncGenerator<Uint8Array> {
  yield writeTar(Object.entries(files).map(([path, content]) => entryOf(path.slice(1), content)));
}

function entryOf(path: string, content: string | Uint8Array | null): TarInput {
  if (content === null) {
    const slash = path.lastIndexOf('/') + 1;
    return { path: `${path.slice(0, slash)}.wh.${path.slice(slash)}`, content: '' };
  }
  if (typeof content === 'string' && content.startsWith('-> '))
    return { path, kind: 'symlink', linkTarget: content.slice(3) };
  if (typeof content === 'string' && content.startsWith('=> '))
    return { path, kind: 'hardlink', linkTarget: content.slice(4) };
  const isExecutable = typeof content === 'string' && content.endsWith('+x');
  return { path, content, mode: isExecutable ? 0o755 : 0o644 };
}
