// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textLines } from './text-lines.ts';

async function lines(bytes: Uint8Array, size: number, lineBytesMax = 100): Promise<unknown> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return Array.fromAsync(textLines(pieces(), lineBytesMax));
}

test('lines are the same wherever the chunks are cut', async () => {
  const text = 'one\r\n\nzwölf\nlast';
  for (let size = 1; size < 20; size++)
    assert.deepEqual(await lines(Buffer.from(text), size), ['one', '', 'zwölf', 'last']);
  assert.deepEqual(await lines(Buffer.from('one\n'), 2), ['one']);
  assert.deepEqual(await lines(Buffer.alloc(0), 2), []);
});

test('a line without end and a text that is none are refused', async () => {
  await assert.rejects(lines(Buffer.alloc(101, 'x'), 7), { code: 'limit' });
  await assert.rejects(lines(Buffer.from([0x61, 0xff, 0x62]), 1), { code: 'invalid' });
  await assert.rejects(lines(Buffer.from([0x61, 0xc3]), 1), { code: 'invalid' });
});
