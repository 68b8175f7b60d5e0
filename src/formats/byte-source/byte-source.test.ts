// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExactly, sliceOfSource, sourceOfBytes } from './byte-source.ts';

const source = sourceOfBytes(Buffer.from('0123456789'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test('reading stops at the end', () => {
  assert.equal(text(source.read(8, 5)), '89');
  assert.equal(text(source.read(10, 5)), '');
  assert.equal(text(source.read(1000, 5)), '');
});

test('a slice shows nothing from outside of it', () => {
  const slice = sliceOfSource(source, 3, 4);
  assert.equal(slice.sizeBytes, 4);
  assert.equal(text(slice.read(0, 100)), '3456');
  assert.equal(text(slice.read(3, 100)), '6');
  assert.equal(text(slice.read(4, 1)), '');
  assert.equal(sliceOfSource(source, 8, 100).sizeBytes, 2);
  assert.equal(sliceOfSource(source, 50, 100).sizeBytes, 0);
  assert.equal(text(sliceOfSource(source, 50, 100).read(0, 1)), '');
});

test('what must be there and is not is an error', () => {
  assert.equal(text(readExactly(source, 2, 3, 'part')), '234');
  assert.throws(() => readExactly(source, 8, 3, 'part'), { code: 'invalid', message: /part/ });
  assert.throws(() => readExactly(source, 800, 1, 'part'), { code: 'invalid' });
});
