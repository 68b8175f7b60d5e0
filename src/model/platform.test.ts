// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlatform, matchesPlatform, parsePlatform } from './platform.ts';

test('a platform is read with its aliases and written back', () => {
  for (const [text, want] of [
    ['linux/amd64', 'linux/amd64'],
    ['amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/arm/v7', 'linux/arm/v7'],
    ['Linux/AARCH64', 'linux/arm64'],
    ['linux/constructor', 'linux/constructor'],
  ] as const)
    assert.equal(formatPlatform(parsePlatform(text)), want, text);
  for (const wrong of ['', 'a/b/c/d', 'linux/', 'linux/am d64'])
    assert.throws(() => parsePlatform(wrong), { code: 'usage' }, wrong);
});

test('arm variants match by their defaults', () => {
  assert.ok(matchesPlatform(parsePlatform('linux/arm64/v8'), parsePlatform('linux/arm64')));
  assert.ok(matchesPlatform(parsePlatform('linux/arm'), parsePlatform('linux/arm/v7')));
  assert.ok(!matchesPlatform(parsePlatform('linux/arm/v6'), parsePlatform('linux/arm')));
  assert.ok(!matchesPlatform(parsePlatform('linux/amd64'), parsePlatform('linux/arm64')));
});
