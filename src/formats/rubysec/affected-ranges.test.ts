// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { affectedByComplement } from './affected-ranges.ts';

function events(...safe: readonly string[]): string {
  const range = affectedByComplement(safe);
  if (range === undefined) return 'unknown';
  return range.events.map((event) => Object.entries(event)[0]!.join(' ')).join(', ');
}

test('what is not safe is affected', () => {
  for (const [safe, expected] of [
    [[], 'introduced 0'],
    [['>= 2.2.1'], 'introduced 0, fixed 2.2.1'],
    [['< 43.0.0', '>= 43.5.6'], 'introduced 43.0.0, fixed 43.5.6'],
    [['>= 1.2', '< 1.2'], ''],
    [['>= 0.1', '>= 3'], 'introduced 0, fixed 0.1'],
    [
      ['>= 7.0.4.1', '~> 5.2.8, >= 5.2.8.15', '~> 6.1.7, >= 6.1.7.1'],
      'introduced 0, fixed 5.2.8.15, introduced 5.3.A, fixed 6.1.7.1, introduced 6.2.A, fixed 7.0.4.1',
    ],
    [['~> 2'], 'introduced 0, fixed 2, introduced 3.A'],
    [['~> 1.0.rc2', '>= 1.1'], 'introduced 0, fixed 1.0.rc2'],
    [['<= 1.4.0'], 'introduced 1.4.0.0.0.1'],
    [['> 1.4.0'], 'introduced 0, fixed 1.4.0.0.0.1'],
    [['= 1.6.0', '>= 1.7'], 'introduced 0, fixed 1.6.0, introduced 1.6.0.0.0.1, fixed 1.7'],
    [['>= 2, < 1'], 'introduced 0'],
    [['!= 2'], 'unknown'],
    [['whatever'], 'unknown'],
  ] as const)
    assert.equal(events(...safe), expected, safe.join(' | '));
});
