// SPDX-License-Identifier: Apache-2.0
// Advisories of the Ruby Advisory Database, https://github.com/rubysec/ruby-advisory-db: one YAML
// file per gem (or Ruby engine) and vulnerability.
import type { Advisory } from '../../model/advisory.ts';
import type { IssueSink } from '../../model/issue.ts';
import { severityOfScore, type Severity } from '../../model/severity.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { shortText, textListOf, textOf } from '../osv/fields.ts';
import { affectedByComplement } from './affected-ranges.ts';

const requirementsMax = 1000;

/** Undefined, with a fatal issue, when the file says of no gem which versions are safe. */
export function decodeRubysec(
  value: unknown,
  where: string,
  issues: IssueSink,
): Advisory | undefined {
  const refuse = (why: string): undefined => {
    const message = `Cannot read Ruby advisory: ${why}`;
    issues.add({ code: 'bad-advisory', message, fatal: true, where });
    return undefined;
  };
  if (!isRecord(value)) return refuse('it is no mapping');
  const gem = shortText(value['gem']);
  const name = gem ?? shortText(value['engine']);
  const [id, ...aliases] = identifiers(value);
  if (name === undefined || id === undefined) return refuse('it names no gem or no identifier');
  const patched = textListOf(value['patched_versions'], requirementsMax);
  const unaffected = textListOf(value['unaffected_versions'], requirementsMax);
  if (patched === undefined || unaffected === undefined) return refuse('its versions are no list');
  const range = affectedByComplement([...patched, ...unaffected]);
  if (range === undefined) return refuse('a requirement is not understood');
  // Ruby itself and its other implementations are no gems.
  const ecosystem = gem === undefined ? 'generic' : 'RubyGems';
  const level = severityLevel(value);
  return {
    id,
    aliases,
    upstream: [],
    related: [],
    ...texts(value),
    severities: [],
    ...(level === undefined ? {} : { severityLevel: level }),
    references: references(value),
    affected: [{ ecosystem, name, ranges: [range], versions: [], status: 'affected' }],
  };
}

function identifiers(value: JsonRecord): readonly string[] {
  const cve = shortText(value['cve']);
  const ghsa = shortText(value['ghsa']);
  const osvdb = shortText(value['osvdb']);
  return [
    ...(cve !== undefined && /^\d{4}-\d{4,19}$/.test(cve) ? [`CVE-${cve}`] : []),
    ...(ghsa !== undefined && /^[0-9a-z]{4}(?:-[0-9a-z]{4}){2}$/.test(ghsa)
      ? [`GHSA-${ghsa}`]
      : []),
    ...(osvdb !== undefined && /^\d{1,10}$/.test(osvdb) ? [`OSVDB-${osvdb}`] : []),
  ];
}

/** The database keeps scores, not vectors; the newest scheme counts. */
function severityLevel(value: JsonRecord): Severity | undefined {
  for (const name of ['cvss_v4', 'cvss_v3', 'cvss_v2']) {
    const text = shortText(value[name]);
    const score = text === undefined ? Number.NaN : Number(text);
    if (score >= 0 && score <= 10) return severityOfScore(score);
  }
  return undefined;
}

function texts(value: JsonRecord): Pick<Advisory, 'summary' | 'details' | 'published'> {
  const summary = textOf(value['title'], 1000);
  const details = textOf(value['description'], 64 * 1024);
  const published = shortText(value['date']);
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(details === undefined ? {} : { details }),
    ...(published === undefined ? {} : { published }),
  };
}

function references(value: JsonRecord): readonly string[] {
  const related = isRecord(value['related']) ? value['related'] : {};
  const urls = [value['url'], ...(textListOf(related['url'], 1000) ?? [])];
  return [...new Set(urls.map(shortText).filter((url) => url !== undefined))];
}
