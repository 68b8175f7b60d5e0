// SPDX-License-Identifier: Apache-2.0
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { writeTar } from '../../src/formats/tar/write-tar.ts';
import { decodeLayerIndex, encodeLayerIndex } from '../../src/image/layer-index-codec.ts';
import { TreeBuilder } from '../../src/image/merge-layers.ts';
import { readLayer } from '../../src/image/read-layer.ts';
import { IssueList } from '../../src/model/issue.ts';

export const name = 'layer';

export function seeds(): readonly Uint8Array[] {
  const base = writeTar([
    { path: 'a/' },
    { path: 'a/b', content: '#!/bin/sh' },
    { path: 'l', linkTarget: 'a' },
    { path: 'h', kind: 'hardlink', linkTarget: 'a/b' },
  ]);
  const upper = writeTar([
    { path: 'l/x', content: 'x' },
    { path: 'a/.wh.b', content: '' },
    { path: 'a/.wh..wh..opq', content: '' },
    { path: 'l', linkTarget: 'l' },
    { path: '.wh.', content: '' },
  ]);
  const forms = [base, upper, gzipSync(base), gzipSync(upper), zstdCompressSync(base)];
  // The form of the cache begins with its JSON.
  return [...forms, ...cached];
}

const cached: Uint8Array[] = [];
{
  const tar = writeTar([
    { path: 'a/b', uid: 7, content: 'x' },
    { path: 'l', linkTarget: 'a' },
  ]);
  cached.push(encodeLayerIndex((await read(tar)).index));
}

async function read(bytes: Uint8Array): ReturnType<typeof readLayer> {
  const stream = (async function* () {
    yield bytes;
  })();
  return await readLayer({ kind: 'blob', bytes: stream }, [
    {
      id: 'all',
      version: 1,
      files: [{ kind: 'suffix', suffix: 'b', sizeBytesMax: 1 << 20 }],
      read: (file) => file.bytes().length,
    },
  ]);
}

/** Read twice as two layers on each other, then every path is looked up as it was told. */
export async function run(bytes: Uint8Array): Promise<void> {
  const builder = new TreeBuilder(new IssueList());
  const indexes = bytes[0] === 0x7b ? [decodeLayerIndex(bytes)] : [];
  if (indexes.length === 0) indexes.push((await read(bytes)).index);
  for (const index of [...indexes, ...indexes]) builder.apply(index);
  let entries = 0;
  for (const entry of builder.tree.entries()) {
    entries++;
    if (builder.tree.lookup(entry.path)?.path !== entry.path)
      throw new Error(`entry is not found under its path: ${entry.path}`);
    builder.tree.resolve(`${entry.path}/../l/..`);
  }
  if (entries !== builder.tree.size) throw new Error('size is not the number of entries');
}
