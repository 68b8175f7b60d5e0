// SPDX-License-Identifier: Apache-2.0
// curl's own list of its vulnerabilities (https://curl.se/docs/security.html): one element per CVE,
// with the first and the last vulnerable version.
import type { Advisory } from '../../model/advisory.ts';
import { isRecord } from '../json/json-record.ts';
import { shortText, textOf } from '../osv/fields.ts';
import { severityOfWord } from '../osv/dialects.ts';

/** Undefined when it names no CVE or no versions. */
export function decodeCurlVulnerability(value: unknown): Advisory | undefined {
  if (!isRecord(value)) return undefined;
  const id = shortText(value['cve']);
  const introduced = shortText(value['first_vulnerable']);
  const lastAffected = shortText(value['last_vulnerable']);
  if (id === undefined || !/^CVE-\d{4}-\d{4,19}$/.test(id)) return undefined;
  if (introduced === undefined || lastAffected === undefined) return undefined;
  const summary = textOf(value['title'], 1000);
  const level = severityOfWord(value['severity']);
  const published = dateOf(value['announced']);
  const range = { type: 'ECOSYSTEM' as const, events: [{ introduced }, { lastAffected }] };
  const affected = { ecosystem: 'generic', name: 'curl', ranges: [range], versions: [] };
  return {
    id,
    aliases: [],
    upstream: [],
    related: [],
    ...(summary === undefined ? {} : { summary }),
    ...(published === undefined ? {} : { published }),
    severities: [],
    ...(level === undefined ? {} : { severityLevel: level }),
    references: [`https://curl.se/docs/${id}.html`],
    affected: [{ ...affected, status: 'affected' }],
  };
}

/** `20260624` */
function dateOf(value: unknown): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(shortText(value) ?? '');
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`;
}
