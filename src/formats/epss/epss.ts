// SPDX-License-Identifier: Apache-2.0
// FIRST's exploit predictions (https://www.first.org/epss/data_stats): a comment with the date, a
// heading, then one line per CVE.
import type { Enrichment } from '../../model/advisory.ts';

/** The date in `#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z`; undefined in other lines. */
export function epssDate(line: string): string | undefined {
  return /^#.{0,200}\bscore_date:([0-9TZ:+.-]{10,35})$/.exec(line)?.[1];
}

export function isEpssHeading(line: string): boolean {
  return line === 'cve,epss,percentile';
}

/** `CVE-2021-44228,0.94358,0.99958`; undefined when it has another form. */
export function decodeEpss(line: string, date: string): Enrichment | undefined {
  const match = /^(CVE-\d{4}-\d{4,19}),([0-9.e-]{1,30}),([0-9.e-]{1,30})$/.exec(line);
  if (match === null) return undefined;
  const probability = Number(match[2]);
  const percentile = Number(match[3]);
  if (!isShare(probability) || !isShare(percentile)) return undefined;
  return { cve: match[1]!, epss: { probability, percentile, date } };
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
