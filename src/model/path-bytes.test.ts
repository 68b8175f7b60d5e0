// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePath, encodePath } from './path-bytes.ts';

test('UTF-8 names stay as they are', () => {
  for (const name of ['etc/passwd', 'ünïcode', '漢字', '😀.txt', ''])
    assert.equal(decodePath(Buffer.from(name)), name);
});

test('a byte that is not UTF-8 becomes one lone surrogate', () => {
  assert.equal(decodePath(Uint8Array.of(0x61, 0xff, 0x62)), 'a\udcffb');
});

test('any bytes survive the round trip, so two names never become one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.deepEqual(Buffer.from(encodePath(decodePath(bytes))), Buffer.from(bytes));
    }),
  );
});
