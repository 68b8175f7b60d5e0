// SPDX-License-Identifier: Apache-2.0
// How bad a vulnerability is. `unknown` is a level of its own, never a low one.

/** From the worst down. CVSS's qualitative scale, https://www.first.org/cvss/v3.1/specification-document section 5. */
export const severities = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof severities)[number];

export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  if (score > 0) return 'low';
  return 'negligible';
}

/** Sorts from critical to unknown. */
export function compareSeverity(left: Severity, right: Severity): number {
  return severities.indexOf(left) - severities.indexOf(right);
}
