// SPDX-License-Identifier: Apache-2.0
// Phrases that several reports for people share.
import type { CoverageLevel } from '../model/coverage.ts';
import type { Distribution } from '../model/distribution.ts';
import type { Finding } from '../model/finding.ts';
import { severities } from '../model/severity.ts';
import type { FindingCounts } from './finding-counts.ts';

/** `1 finding`, `3 findings`, `41,233 advisories`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Digits in groups of three. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `2 critical, 1 high`, or '' without any. */
export function severityList(counts: FindingCounts): string {
  return severities
    .filter((severity) => counts.bySeverity[severity] > 0)
    .map((severity) => `${grouped(counts.bySeverity[severity])} ${severity}`)
    .join(', ');
}

/** What stands where a fixed version would, when there is none. */
export const withoutFixedVersion: Readonly<Record<Finding['status'], string>> = {
  affected: 'no fix known',
  fixable: 'fix known',
  deferred: 'no fix planned',
  unimportant: 'unimportant',
  'end-of-life': 'end of life',
};

/**
 * What a result without findings says: how much that means depends on what could be judged, or a
 * scan that recognised nothing would read like a clean one.
 */
export function nothingFound(level: CoverageLevel): string {
  if (level === 'none') return 'Cannot tell: nothing in this image could be judged';
  return level === 'partial' ? 'No findings in the part that could be judged' : 'No findings';
}

/** One line on how long the distribution mends its packages; undefined when there is no worry. */
export function lifecycleWarning({ lifecycle }: Distribution): string | undefined {
  if (lifecycle.kind === 'unknown')
    return `cannot tell whether it still gets security fixes: ${lifecycle.reason}`;
  if (lifecycle.kind !== 'ended') return undefined;
  const extended =
    lifecycle.extendedUntil === undefined
      ? ''
      : `; an extension by others runs until ${lifecycle.extendedUntil}`;
  return `past its end of life: security support ended on ${lifecycle.on}${extended}`;
}

/** `today`, `1 day old`, `40 days old`; undefined for a date that cannot be read. */
export function ageOf(date: string, now: Date): string | undefined {
  const then = Date.parse(date);
  if (Number.isNaN(then)) return undefined;
  const days = Math.floor((now.getTime() - then) / 86_400_000);
  return days <= 0 ? 'today' : `${counted(days, 'day')} old`;
}
