// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutate, Random } from './mutate.ts';

const seed = Buffer.from('the same seed gives the same bytes');

test('mutations depend on the seed alone', () => {
  for (let number = 0; number < 200; number++) {
    const [first, second] = [number, number].map((each) => mutate(seed, new Random(each), [seed]));
    assert.deepEqual(first, second);
  }
});

test('most inputs are changed, and the original never is', () => {
  const before = seed.toString();
  let changed = 0;
  for (let number = 0; number < 200; number++)
    if (!mutate(seed, new Random(number), [seed]).equals(seed)) changed++;
  assert.ok(changed > 180, `${changed} of 200`);
  assert.equal(seed.toString(), before);
});

test('nothing grows without end', () => {
  let bytes: Uint8Array = seed;
  for (let number = 0; number < 3000; number++) bytes = mutate(bytes, new Random(number), [seed]);
  assert.ok(bytes.length <= 1 << 20);
});
