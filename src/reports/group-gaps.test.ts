// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoverageGap } from '../model/coverage.ts';
import { groupGaps } from './group-gaps.ts';

const starter = (ecosystem: string): CoverageGap => ({
  code: 'starter-set-only',
  message: `Only the starter set judged ${ecosystem}`,
  subject: ecosystem,
  hint: 'update',
  blocking: true,
});
const count: CoverageGap = { code: 'go', message: '3 programs are silent', blocking: false };

test('gaps that differ in their subject alone are one line', () => {
  assert.deepEqual(groupGaps([count, starter('Go'), starter('npm'), starter('PyPI')]), [
    {
      ...starter('Go'),
      subject: 'Go, npm, PyPI',
      message: 'Only the starter set judged Go, npm, PyPI',
    },
    count,
  ]);
});

test('what differs in anything else stays apart, the blocking first', () => {
  const other = { ...starter('npm'), hint: 'import' };
  const figure = { ...starter('Go'), message: 'No data for Go: 3 packages' };
  const figures = { ...figure, message: 'No data for npm: 4 packages', subject: 'npm' };
  const gaps = [count, starter('Go'), other, figure, figures];
  assert.deepEqual(groupGaps(gaps), [...gaps.slice(1), count]);
});
