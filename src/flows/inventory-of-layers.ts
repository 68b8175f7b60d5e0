// SPDX-License-Identifier: Apache-2.0
// What is in an image whose inventory is not known: its layers are read once, or taken from the
// cache, and put on each other. Loads all ecosystems: kept apart from the flow that may need none.
import type { Image } from '../image/image.ts';
import { LayerCache } from '../image/layer-cache.ts';
import { readImage } from '../image/read-image.ts';
import type { LayerResult } from '../image/read-layer.ts';
import { distributionReader } from '../inventory/distribution.ts';
import { registry as ecosystems } from '../inventory/ecosystems/registry.ts';
import { takeInventory } from '../inventory/take-inventory.ts';
import { isCode } from '../model/errors.ts';
import type { ImageSummary } from '../model/image.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Issue } from '../model/issue.ts';
import type { InventoryServices } from './inventory-of-source.ts';

export interface TakenInventory {
  readonly inventory: Inventory;
  /** False: another run may find more, or say less of what went wrong. */
  readonly isComplete: boolean;
}

/**
 * @param issues Asked for when the layers have been read.
 * @throws PlimsollError as `readImage`.
 */
export async function inventoryOfLayers(
  image: Image,
  summaryOf: (layers: readonly LayerResult[]) => ImageSummary,
  issues: () => readonly Issue[],
  services: InventoryServices,
): Promise<TakenInventory> {
  const cache = openCache(services);
  try {
    const { layers } = await readImage(image, [distributionReader, ...ecosystems], {
      ...(cache === undefined ? {} : { cache }),
      progress: services.progress,
      signal: services.signal,
    });
    const inventory = takeInventory({
      source: image.source,
      image: summaryOf(layers),
      layers,
      ecosystems,
      issues: issues(),
      skippedMounts: image.skippedMounts ?? [],
      now: services.now,
    });
    const isComplete = cache?.trouble === undefined && layers.every(({ complete }) => complete);
    return { inventory, isComplete };
  } finally {
    cache?.close();
  }
}

/** The cache saves time and no more: where it cannot be had, every layer is read. */
function openCache({ stateFolder, progress }: InventoryServices): LayerCache | undefined {
  if (stateFolder === undefined) return undefined;
  try {
    return LayerCache.open(stateFolder);
  } catch (error) {
    if (!isCode(error, 'store') && !isCode(error, 'io')) throw error;
    progress.note(`layer cache not used: ${error.message}`);
    return undefined;
  }
}
