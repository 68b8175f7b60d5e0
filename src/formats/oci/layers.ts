// SPDX-License-Identifier: Apache-2.0
// Joins what three lists say of the same layers: the manifest's blobs, the configuration's diffIDs
// and its history, where instructions without a layer are marked.
import type { Digest } from '../../model/digest.ts';
import type { HistoryEntry, LayerDescriptor } from '../../model/image.ts';
import type { IssueSink } from '../../model/issue.ts';
import type { Descriptor } from './descriptor.ts';

/** One layer before it is numbered and joined. */
export type LayerBlob = Pick<Descriptor, 'mediaType' | 'digest' | 'sizeBytes'>;

/** The layers of an image with a manifest. */
export function joinLayers(
  blobs: readonly LayerBlob[],
  diffIds: readonly Digest[],
  history: readonly HistoryEntry[],
  issues: IssueSink,
): readonly LayerDescriptor[] {
  const paired = blobs.length === diffIds.length;
  if (!paired)
    issues.add({
      code: 'layer-count-mismatch',
      message: `Cannot tell which layer is which: the manifest has ${blobs.length}, the config ${diffIds.length}`,
      fatal: true,
    });
  const createdBy = createdByOf(blobs.length, history, issues);
  return blobs.map((blob, index) => ({
    index,
    digest: blob.digest,
    ...(paired ? { diffId: diffIds[index]! } : {}),
    mediaType: blob.mediaType,
    sizeBytes: blob.sizeBytes,
    ...createdBy(index),
  }));
}

/** The layers of an image that is known by its configuration alone. */
export function layersOfDiffIds(
  diffIds: readonly Digest[],
  history: readonly HistoryEntry[],
  issues: IssueSink,
): readonly LayerDescriptor[] {
  const createdBy = createdByOf(diffIds.length, history, issues);
  return diffIds.map((diffId, index) => ({ index, diffId, ...createdBy(index) }));
}

function createdByOf(
  layers: number,
  history: readonly HistoryEntry[],
  issues: IssueSink,
): (index: number) => { readonly createdBy?: string } {
  const withLayer = history.filter(({ emptyLayer }) => !emptyLayer);
  if (history.length > 0 && withLayer.length !== layers) {
    issues.add({
      code: 'history-mismatch',
      message: `Cannot tell which instruction made which layer: the history speaks of ${withLayer.length} layers, the image has ${layers}`,
      fatal: false,
    });
    return () => ({});
  }
  return (index) => {
    const createdBy = withLayer[index]?.createdBy;
    return createdBy === undefined ? {} : { createdBy };
  };
}
