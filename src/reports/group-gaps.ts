// SPDX-License-Identifier: Apache-2.0
// Gaps that say the same of several subjects are one line for people: "only the starter set judged
// Go, npm, PyPI". Documents for programs keep them apart.
import type { CoverageGap } from '../model/coverage.ts';

/** Those that make a clean result a guess come first; otherwise in the order given. */
export function groupGaps(gaps: readonly CoverageGap[]): readonly CoverageGap[] {
  const groups = Map.groupBy(gaps, wordingOf);
  return [...groups.values()]
    .map(mergeGaps)
    .toSorted((left, right) => Number(right.blocking) - Number(left.blocking));
}

/** The same for gaps that differ in nothing but their subject, and in that at their message's end. */
function wordingOf(gap: CoverageGap): string {
  const { code, message, subject, hint, blocking } = gap;
  const isSubjectLast = subject !== undefined && message.endsWith(` ${subject}`);
  const wording = isSubjectLast ? message.slice(0, -subject.length) : [message, subject];
  return JSON.stringify([code, wording, hint, blocking, isSubjectLast]);
}

function mergeGaps(gaps: readonly CoverageGap[]): CoverageGap {
  const [first] = gaps;
  const subjects = gaps.map(({ subject }) => subject ?? '');
  if (gaps.length === 1 || !first!.message.endsWith(` ${subjects[0]}`)) return first!;
  const subject = subjects.join(', ');
  return { ...first!, subject, message: first!.message.slice(0, -subjects[0]!.length) + subject };
}
