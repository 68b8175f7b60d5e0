// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isCode } from '../../model/errors.ts';
import { decompress, detectCompression } from './decompress.ts';

async function* inSteps(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

async function all(bytes: Uint8Array, step = bytes.length || 1): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompress(inSteps(bytes, step))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Hard to compress, and longer than one chunk.
const content = Buffer.concat([randomBytes(1_500_000), Buffer.alloc(3_000_000, 'x')]);

test('what was compressed comes back, however it is cut', async () => {
  const forms = { plain: content, gzip: gzipSync(content), zstd: zstdCompressSync(content) };
  for (const [name, bytes] of Object.entries(forms))
    for (const step of [bytes.length, 1 << 20, 65_537, 4096])
      assert.ok((await all(bytes, step)).equals(content), `${name} in steps of ${step}`);
});

test('the first bytes may come one by one', async () => {
  for (const bytes of [gzipSync('hello'), zstdCompressSync('hello'), Buffer.from('hello')])
    assert.equal(String(await all(bytes, 1)), 'hello');
  for (const text of ['', 'a', 'abc']) assert.equal(String(await all(Buffer.from(text))), text);
});

test('members of gzip and frames of zstd follow each other', async () => {
  const gzip = Buffer.concat([gzipSync('one '), gzipSync(''), gzipSync('two')]);
  assert.equal(String(await all(gzip)), 'one two');
  assert.equal(String(await all(gzip, 1)), 'one two');
  const skippable = Buffer.concat([
    Buffer.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0),
    Buffer.from('skip'),
  ]);
  const zstd = Buffer.concat([
    skippable,
    zstdCompressSync('one '),
    skippable,
    zstdCompressSync('two'),
    skippable,
  ]);
  assert.equal(String(await all(zstd)), 'one two');
});

test('what came before a damage is not lost', async () => {
  for (const [name, whole] of [
    ['gzip', gzipSync(content)],
    ['zstd', zstdCompressSync(content)],
  ] as const) {
    let length = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of decompress(inSteps(whole.subarray(0, 1_400_000), 65_536)))
        length += chunk.length;
    };
    await assert.rejects(read(), (error) => isCode(error, 'invalid'), name);
    assert.ok(length > 1_000_000, `${name}: ${length} bytes`);
  }
});

test('damage is told', async () => {
  const gzip = gzipSync(content);
  for (const at of [3, gzip.length >> 1, gzip.length - 6]) {
    const damaged = Buffer.from(gzip);
    damaged[at]! ^= 0x55;
    await assert.rejects(all(damaged), { code: 'invalid' }, `byte ${at}`);
  }
});

test('errors of the source stay what they are', async () => {
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield gzipSync(content).subarray(0, 500_000);
    throw new TypeError('the disk is gone');
  };
  const read = async (): Promise<void> => {
    for await (const chunk of decompress(failing())) assert.ok(chunk.length > 0);
  };
  await assert.rejects(read(), TypeError);
});

test('a reader may leave early', async () => {
  let chunks = 0;
  for await (const chunk of decompress(inSteps(gzipSync(content), 65_536))) {
    assert.ok(chunk.length > 0);
    chunks++;
    break;
  }
  assert.equal(chunks, 1);
});

test('other compressions are named', async () => {
  assert.equal(detectCompression(Buffer.from('\xfd7zXZ\0', 'latin1')), 'xz');
  await assert.rejects(all(Buffer.from('BZh91AY&SY')), { code: 'unsupported' });
});
