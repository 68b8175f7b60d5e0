// SPDX-License-Identifier: Apache-2.0
// The bar that `--fail-on` sets: a list of conditions, any of which puts a finding over it.
import { PlimsollError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { severities, type Severity } from '../model/severity.ts';

/**
 * - a severity from `critical` to `negligible`: findings of it **and of worse ones**: who names `high`
 *   does not want `critical` to pass
 * - `unknown`: findings that nobody graded; a level of its own, in no other level
 * - `kev`: known to be exploited, by CISA's catalogue
 * - `fixable`: some version mends it
 */
export const barConditions = [...severities, 'kev', 'fixable'] as const;
export type BarCondition = (typeof barConditions)[number];

/** In the order of `barConditions`, each once; never empty. */
export type Bar = readonly BarCondition[];

/**
 * Reads `critical,high,unknown,kev,fixable`; case and spaces do not matter.
 * @throws `usage` for a word that is no condition, and for none.
 */
export function parseBar(text: string): Bar {
  const words = text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
  const hint = `write one or more of ${barConditions.join(', ')}, separated by commas`;
  if (words.length === 0) throw new PlimsollError('usage', 'Cannot read an empty bar', { hint });
  const wrong = words.find((word) => !barConditions.some((condition) => condition === word));
  if (wrong !== undefined)
    throw new PlimsollError('usage', `Cannot read bar ${JSON.stringify(wrong)}`, { hint });
  return barConditions.filter((condition) => words.includes(condition));
}

/** The conditions of the bar that the finding meets; empty: it is under the bar. */
export function conditionsMet(finding: Finding, bar: Bar): readonly BarCondition[] {
  return bar.filter((condition) => meets(finding, condition));
}

function meets(finding: Finding, condition: BarCondition): boolean {
  if (condition === 'kev') return finding.kev !== undefined;
  if (condition === 'fixable') return finding.fixedVersion !== undefined;
  return isAtLeast(finding.severity, condition);
}

function isAtLeast(severity: Severity, wanted: Severity): boolean {
  if (severity === 'unknown' || wanted === 'unknown') return severity === wanted;
  return severities.indexOf(severity) <= severities.indexOf(wanted);
}
