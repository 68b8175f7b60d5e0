// SPDX-License-Identifier: Apache-2.0
// The text form of CVSS vectors: `CVSS:3.1/AV:N/AC:L/...`, and version 2's without a prefix.

export type Metrics = Readonly<Record<string, string>>;

export type CvssVersion = '2.0' | '3.0' | '3.1' | '4.0';

export interface CvssVector {
  readonly version: CvssVersion;
  readonly metrics: Metrics;
}

/** Version 4 has 32 metrics with its supplemental ones. */
const metricsMax = 64;
const lengthMax = 1_024;

/** @returns undefined for another version, a metric named twice, or a text of another form. */
export function parseCvssVector(text: string): CvssVector | undefined {
  if (text.length > lengthMax) return undefined;
  const prefix = /^CVSS:(2\.0|3\.0|3\.1|4\.0)\//.exec(text);
  // Version 2 is written bare, and in parentheses by its own specification.
  const body =
    prefix === null ? text.replace(/^\(([^()]*)\)$/, '$1') : text.slice(prefix[0].length);
  const parts = body.replace(/\/$/, '').split('/');
  if (parts.length > metricsMax) return undefined;
  const metrics: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of parts) {
    const match = /^([A-Za-z]{1,4}):([A-Za-z]{1,6})$/.exec(part);
    if (match === null) return undefined;
    const [, metric, value] = match as unknown as [string, string, string];
    if (metric in metrics) return undefined;
    metrics[metric] = value;
  }
  return { version: (prefix?.[1] ?? '2.0') as CvssVersion, metrics };
}

/** The value's number in a table of one metric; undefined where the metric is absent or has no such value. */
export function weigh(
  metrics: Metrics,
  metric: string,
  weights: Readonly<Record<string, number>>,
): number | undefined {
  const value = metrics[metric];
  return value !== undefined && Object.hasOwn(weights, value) ? weights[value] : undefined;
}
