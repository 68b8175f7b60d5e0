// SPDX-License-Identifier: Apache-2.0
// What a tree tells of one of its nodes: the columns of a layer's index as an object.
import { decodePath } from '../model/path-bytes.ts';
import type { TreeEntry } from './file-tree.ts';
import type { LayerIndex, RecordKind } from './layer-index.ts';

/**
 * @param kind Of the node: an implied folder has no record that describes it.
 * @param layer That the entry comes from; a hard link's content may be of a lower one.
 * @param index Of the layer that holds the content, with the record in it.
 */
export function treeEntry(
  path: string,
  kind: RecordKind,
  layer: number,
  index: LayerIndex,
  record: number,
): TreeEntry {
  if (kind === 'implied')
    return { path, kind: 'directory', mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, layer };
  const content = kind === 'file' ? index.content(record) : 'none';
  const target = kind === 'symlink' ? index.linkTarget(record) : undefined;
  const capability = index.capabilities.get(record);
  return {
    path,
    // Hard links show their file, and one to nothing is not in the tree.
    kind: kind as TreeEntry['kind'],
    mode: index.mode(record),
    uid: index.uid(record),
    gid: index.gid(record),
    sizeBytes: index.sizeBytes(record),
    layer,
    ...(target !== undefined ? { linkTarget: decodePath(target) } : {}),
    ...(content === 'none' ? {} : { content }),
    ...(capability === undefined ? {} : { capability }),
  };
}
