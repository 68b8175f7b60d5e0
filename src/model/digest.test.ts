// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestAlgorithm, digestHex, isDigest, parseDigest, shortDigest } from './digest.ts';

const hex64 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('a digest is an algorithm and its exact number of lower-case digits', () => {
  assert.equal(parseDigest(`sha256:${hex64}`), `sha256:${hex64}`);
  assert.ok(isDigest(`sha512:${hex64}${hex64}`));
  for (const wrong of [
    '',
    hex64,
    `sha256:${hex64.toUpperCase()}`,
    `sha256:${hex64}0`,
    `md5:${hex64}`,
    7,
    null,
  ])
    assert.equal(isDigest(wrong), false, String(wrong));
  assert.throws(() => parseDigest('sha256:x'), { code: 'invalid' });
});

test('a digest is taken apart and shortened for people', () => {
  const digest = parseDigest(`sha256:${hex64}`);
  assert.equal(digestAlgorithm(digest), 'sha256');
  assert.equal(digestHex(digest), hex64);
  assert.equal(shortDigest(digest), 'sha256:e3b0c44298fc');
});
