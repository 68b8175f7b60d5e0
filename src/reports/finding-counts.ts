// SPDX-License-Identifier: Apache-2.0
// The figures that every report states about findings, counted in one place so that they agree.
// What an ignore file suppresses and what is only in earlier layers is counted apart.
import type { Finding } from '../model/finding.ts';
import { severities, type Severity } from '../model/severity.ts';

export interface FindingCounts {
  /** Neither suppressed nor hidden; the following figures are of these. */
  readonly total: number;
  /** Different ids among them: one vulnerability in three packages is three findings. */
  readonly vulnerabilities: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** With a version that mends them. */
  readonly fixable: number;
  /** Known to be exploited, by CISA's catalogue. */
  readonly knownExploited: number;
  /** Suppressed by an ignore file, hidden ones included. */
  readonly ignored: number;
  /** In packages that are only in earlier layers, suppressed ones left out. */
  readonly hidden: number;
}

export function countFindings(findings: readonly Finding[]): FindingCounts {
  const counted = findings.filter((finding) => !finding.ignored && !finding.hidden);
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  for (const { severity } of counted) bySeverity[severity]++;
  return {
    total: counted.length,
    vulnerabilities: new Set(counted.map(({ id }) => id)).size,
    bySeverity,
    fixable: counted.filter(({ fixedVersion }) => fixedVersion !== undefined).length,
    knownExploited: counted.filter(({ kev }) => kev !== undefined).length,
    ignored: findings.filter(({ ignored }) => ignored !== undefined).length,
    hidden: findings.filter(({ ignored, hidden }) => hidden && !ignored).length,
  };
}
