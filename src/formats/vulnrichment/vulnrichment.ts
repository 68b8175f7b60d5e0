// SPDX-License-Identifier: Apache-2.0
// Severities that CISA's Vulnrichment (https://github.com/cisagov/vulnrichment) adds to CVE records,
// one JSON object per line: `cve`, `state`, `cvss`: lists of metric, vector, score and who says so.
import type { Enrichment, SeverityStatement } from '../../model/advisory.ts';
import { isRecord } from '../json/json-record.ts';
import { shortText } from '../osv/fields.ts';

/** Names of the CVE record format beside OSV's. */
const metrics: ReadonlyMap<unknown, string> = new Map([
  ['cvssV2_0', 'CVSS_V2'],
  ['cvssV3_0', 'CVSS_V3'],
  ['cvssV3_1', 'CVSS_V3'],
  ['cvssV4_0', 'CVSS_V4'],
]);
const statementsMax = 50;

/** Undefined when the record is rejected or grades nothing. */
export function decodeVulnrichment(value: unknown): Enrichment | undefined {
  if (!isRecord(value) || !Array.isArray(value['cvss'])) return undefined;
  const cve = shortText(value['cve']);
  if (cve === undefined || !/^CVE-\d{4}-\d{4,19}$/.test(cve)) return undefined;
  if (value['state'] === 'REJECTED') return undefined;
  const severities: SeverityStatement[] = [];
  for (const row of (value['cvss'] as readonly unknown[]).slice(0, statementsMax)) {
    const [metric, vector] = Array.isArray(row) ? (row as readonly unknown[]) : [];
    const type = metrics.get(metric);
    const score = shortText(vector);
    if (type !== undefined && score !== undefined) severities.push({ type, score });
  }
  return severities.length === 0 ? undefined : { cve, severities };
}
