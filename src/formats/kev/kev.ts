// SPDX-License-Identifier: Apache-2.0
// CISA's catalogue of known exploited vulnerabilities,
// https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json
import type { Enrichment } from '../../model/advisory.ts';
import { isRecord } from '../json/json-record.ts';
import { shortText } from '../osv/fields.ts';

/** One element of `vulnerabilities`; undefined when it names no CVE or no date. */
export function decodeKev(value: unknown): Enrichment | undefined {
  if (!isRecord(value)) return undefined;
  const cve = shortText(value['cveID']);
  const added = shortText(value['dateAdded']);
  if (cve === undefined || !/^CVE-\d{4}-\d{4,19}$/.test(cve) || added === undefined)
    return undefined;
  const due = shortText(value['dueDate']);
  const ransomware = value['knownRansomwareCampaignUse'] === 'Known';
  return { cve, kev: { added, ...(due === undefined ? {} : { due }), ransomware } };
}
