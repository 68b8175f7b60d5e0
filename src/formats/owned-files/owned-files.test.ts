// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OwnedFilesBudget, packFiles, unpackFiles } from './owned-files.ts';

test('what is packed is unpacked', () => {
  const hex = fc.constantFrom(undefined, 'a'.repeat(32), 'b'.repeat(40), 'c'.repeat(64));
  const path = fc.string({ minLength: 1 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(fc.record({ path, hex })), (files) => {
      assert.deepEqual(
        unpackFiles(packFiles(files)).map((file) => ({ path: file.path, hex: file.hash?.hex })),
        files.map(({ path, hex }) => ({ path, hex })),
      );
    }),
  );
});

test('the length of a hash tells its algorithm; a cut text ends', () => {
  const text = packFiles([{ path: '/a', hex: 'a'.repeat(64) }]);
  assert.equal(unpackFiles(text)[0]!.hash?.algorithm, 'sha256');
  assert.deepEqual(unpackFiles(text.slice(0, -1)), []);
});

test('the lists of one database may name so many files in all', () => {
  const budget = new OwnedFilesBudget();
  const list = packFiles(Array.from({ length: 400_000 }, (_, at) => ({ path: `/${at}` })));
  const counts = Array.from({ length: 5 }, () => unpackFiles(list, budget).length);
  assert.deepEqual(counts, [400_000, 400_000, 400_000, 300_000, 0]);
  assert.deepEqual(
    budget.gaps('dpkg').map(({ code, blocking }) => [code, blocking]),
    [['too-many-owned-files', true]],
  );
  assert.deepEqual(new OwnedFilesBudget().gaps('dpkg'), []);
});
