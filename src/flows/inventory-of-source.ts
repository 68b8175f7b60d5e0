// SPDX-License-Identifier: Apache-2.0
// From what the user names to what is in it: the image is opened, its layers are read once (or
// taken from the cache), put on each other, and the packages in them told. `sbom:` sources are
// somebody else's answer to the same question.
import type { Image } from '../image/image.ts';
import type { SourceContext } from '../image/image-source.ts';
import { openImage } from '../image/open-image.ts';
import type { LayerResult } from '../image/read-layer.ts';
import { inventoryKey, InventoryStore } from '../inventory/inventory-store.ts';
import { isCode } from '../model/errors.ts';
import type { ImageSummary, LayerDescriptor } from '../model/image.ts';
import type { Inventory } from '../model/inventory.ts';
import { type Issue, IssueList, type IssueSink } from '../model/issue.ts';
import type { BuildDocuments } from './dockerfile-lines.ts';

export interface InventoryRequest extends BuildDocuments {
  /** As the user wrote it: `web:1.4`, `docker-archive:web.tar`, `sbom:web.json`. */
  readonly source: string;
}

export interface InventoryServices extends SourceContext {
  /** Holds the cache of layers; undefined: every layer is read. */
  readonly stateFolder?: string;
  readonly now: Date;
}

/** @throws PlimsollError when the source cannot be opened or is not what its digests say. */
export async function inventoryOfSource(
  request: InventoryRequest,
  services: InventoryServices,
): Promise<Inventory> {
  if (request.source.startsWith('sbom:')) {
    const { inventoryOfSbom } = await import('./inventory-of-sbom.ts');
    return await inventoryOfSbom(request.source, services);
  }
  const image = await openImage(request.source, services);
  try {
    return await inventoryOfImage(image, request, services);
  } finally {
    await image.close();
  }
}

async function inventoryOfImage(
  image: Image,
  request: InventoryRequest,
  services: InventoryServices,
): Promise<Inventory> {
  const ofDockerfile = new IssueList();
  const lines = await linesOf(image, request, ofDockerfile);
  // An image's issues grow while it is read: a folder that may not be opened is met on the way.
  const issues = (): readonly Issue[] => [...image.issues, ...ofDockerfile.toArray()];
  const key = inventoryKey(image.layers, issues());
  const store = key === undefined ? undefined : openStore(services);
  try {
    const known = key && store?.get(key, services.now);
    if (known) return { source: image.source, image: summaryOf(image, [], lines), ...known };
    // What reads layers is loaded for a run that does.
    const { inventoryOfLayers } = await import('./inventory-of-layers.ts');
    const described = (layers: readonly LayerResult[]) => summaryOf(image, layers, lines);
    const taken = await inventoryOfLayers(image, described, issues, services);
    if (key !== undefined && taken.isComplete) store?.put(key, taken.inventory, services.now);
    return taken.inventory;
  } finally {
    store?.close();
  }
}

async function linesOf(
  image: Image,
  request: BuildDocuments,
  issues: IssueSink,
): Promise<ReadonlyMap<number, number>> {
  if (request.dockerfile === undefined && request.provenance === undefined) return new Map();
  const { dockerfileLinesOfImage } = await import('./dockerfile-lines.ts');
  return dockerfileLinesOfImage(image, request, issues);
}

/** It saves time and no more: where it cannot be had, the layers are looked at. */
function openStore({ stateFolder, progress }: InventoryServices): InventoryStore | undefined {
  if (stateFolder === undefined) return undefined;
  try {
    return InventoryStore.open(stateFolder);
  } catch (error) {
    if (!isCode(error, 'store') && !isCode(error, 'io')) throw error;
    progress.note(`stored inventories not used: ${error.message}`);
    return undefined;
  }
}

function summaryOf(
  image: Image,
  layers: readonly LayerResult[],
  lines: ReadonlyMap<number, number>,
): ImageSummary {
  const { identity, platform, config } = image;
  const digest = identity.manifest ?? identity.config;
  const described = image.layers.map((layer, at): LayerDescriptor => {
    const read = layers[at];
    const line = lines.get(at);
    const diffId = layer.diffId ?? read?.diffId;
    const blob = layer.digest ?? read?.digest;
    const sizeBytes = layer.sizeBytes ?? read?.sizeBytes;
    return {
      ...layer,
      ...(diffId === undefined ? {} : { diffId }),
      ...(blob === undefined ? {} : { digest: blob }),
      ...(sizeBytes === undefined || sizeBytes === 0 ? {} : { sizeBytes }),
      ...(line === undefined ? {} : { dockerfileLine: line }),
    };
  });
  const diffIds = described.flatMap(({ diffId }) => diffId ?? []);
  return {
    ...(digest === undefined ? {} : { digest }),
    identity: { ...identity, diffIds },
    ...(platform === undefined ? {} : { platform }),
    layers: described,
    ...(config?.created === undefined ? {} : { created: config.created }),
  };
}
