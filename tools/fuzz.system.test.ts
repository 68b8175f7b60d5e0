// SPDX-License-Identifier: Apache-2.0
// A second of fuzzing for each target with every run of the tests; `npm run fuzz` takes longer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

function fuzz(...args: readonly string[]): {
  readonly status: number | null;
  readonly text: string;
} {
  const file = join(import.meta.dirname, 'fuzz.ts');
  const result = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', file, ...args],
    { encoding: 'utf8' },
  );
  return { status: result.status, text: result.stdout + result.stderr };
}

test('no target fails on mutated inputs', (context) => {
  const result = fuzz('--seconds', '1');
  context.diagnostic(result.text.split('\n')[0]!);
  assert.equal(result.status, 0, result.text);
  assert.match(result.text, /^ok {4}tar: [1-9][0-9]+ inputs$/m);
});

test('an input can be run again by its seed and number', () => {
  const result = fuzz('tar', '--seed', '7', '--input', '1234');
  assert.equal(result.status, 0, result.text);
  assert.match(result.text, /^seed 7\nok {4}tar: 1 inputs\n$/);
});
