// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTar } from '../formats/tar/write-tar.ts';
import { decodeLayerIndex, encodeLayerIndex } from './layer-index-codec.ts';
import { readLayer } from './read-layer.ts';

async function encoded(): Promise<Uint8Array> {
  const tar = writeTar([
    { path: 'a/b', uid: 7, content: 'x' },
    { path: 'l', linkTarget: 'a' },
  ]);
  const bytes = (async function* () {
    yield tar;
  })();
  return encodeLayerIndex((await readLayer({ kind: 'blob', bytes }, [])).index);
}

test('an index survives the cache', async () => {
  const bytes = await encoded();
  assert.deepEqual(encodeLayerIndex(decodeLayerIndex(bytes)), bytes);
});

test('an index cut anywhere is refused', async () => {
  const bytes = await encoded();
  for (let end = 0; end < bytes.length; end++)
    assert.throws(() => decodeLayerIndex(bytes.subarray(0, end)), { code: 'invalid' }, String(end));
});

test('a root is a folder without a name', async () => {
  const index = decodeLayerIndex(await encoded());
  const { nameEnd, mode } = index.columns;
  // The entry behind a name of the root would have none.
  nameEnd[0] = 1;
  assert.throws(() => decodeLayerIndex(encodeLayerIndex(index)), { code: 'invalid' });
  nameEnd[0] = 0;
  const file = 1;
  mode[0] = file << 12;
  assert.throws(() => decodeLayerIndex(encodeLayerIndex(index)), { code: 'invalid' });
});
