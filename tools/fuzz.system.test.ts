// SPDX-License-Identifier: Apache-2.0
// A second of fuzzing for each target with every run of the tests; `npm run fuzz` takes longer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const fuzz = (...args: readonly string[]): ReturnType<typeof spawnSync> =>
  spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'fuzz.ts'), ...args],
    { encoding: 'utf8' },
  );

test('no target fails on mutated inputs', (context) => {
  const result = fuzz('--seconds', '1');
  context.diagnostic(String(result.stdout).split('\n')[0]!);
  assert.equal(result.status, 0, `${result.stdout}${result.stderr}`);
  assert.match(String(result.stdout), /^ok {4}tar: [1-9][0-9]+ inputs$/m);
});

test('an input can be run again by its seed and number', () => {
  const result = fuzz('tar', '--seed', '7', '--input', '1234');
  assert.equal(result.status, 0, String(result.stdout));
  assert.match(String(result.stdout), /^seed 7\nok {4}tar: 1 inputs\n$/);
});
