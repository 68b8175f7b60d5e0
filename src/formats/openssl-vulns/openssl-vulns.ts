// SPDX-License-Identifier: Apache-2.0
// OpenSSL's vulnerabilities (https://openssl-library.org/news/vulnerabilities/): CVE records of
// format 5 (https://github.com/CVEProject/cve-schema), as their numbering authority publishes them.
import type { Advisory, RangeEvent, VersionRange } from '../../model/advisory.ts';
import type { IssueSink } from '../../model/issue.ts';
import type { Severity } from '../../model/severity.ts';
import { severityOfWord } from '../osv/dialects.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { shortText, textOf } from '../osv/fields.ts';

const listMax = 10_000;

/** Undefined, with a fatal issue, when it is no published CVE record of OpenSSL. */
export function decodeOpensslVulnerability(
  value: unknown,
  where: string,
  issues: IssueSink,
): Advisory | undefined {
  const refuse = (why: string): undefined => {
    const message = `Cannot read OpenSSL advisory: ${why}`;
    issues.add({ code: 'bad-advisory', message, fatal: true, where });
    return undefined;
  };
  const metadata = member(value, 'cveMetadata');
  const cna = member(member(value, 'containers'), 'cna');
  const id = shortText(metadata['cveId']);
  if (id === undefined || !/^CVE-\d{4}-\d{4,19}$/.test(id)) return refuse('it names no CVE');
  const versions: string[] = [];
  const ranges: VersionRange[] = [];
  for (const product of listOf(cna['affected']))
    for (const version of listOf(product['versions'])) {
      if (version['status'] !== 'affected') continue;
      const range = rangeOf(version);
      if (range === undefined) return refuse('a version is not understood');
      if (typeof range === 'string') versions.push(range);
      else ranges.push(range);
    }
  const affected = { ecosystem: 'generic', name: 'openssl', ranges, versions };
  return {
    id,
    aliases: [],
    upstream: [],
    related: [],
    ...texts(metadata, cna),
    severities: [],
    ...levelOf(cna),
    references: listOf(cna['references']).flatMap((one) => shortText(one['url']) ?? []),
    affected: [{ ...affected, status: 'affected' }],
  };
}

function rangeOf(version: JsonRecord): VersionRange | string | undefined {
  const introduced = shortText(version['version']);
  if (introduced === undefined) return undefined;
  const before = shortText(version['lessThan']);
  const last = shortText(version['lessThanOrEqual']);
  if (before === undefined && last === undefined) return introduced;
  const end: readonly RangeEvent[] =
    before === undefined ? [{ lastAffected: last! }] : before === '*' ? [] : [{ fixed: before }];
  return { type: 'ECOSYSTEM', events: [{ introduced }, ...end] };
}

function texts(
  metadata: JsonRecord,
  cna: JsonRecord,
): Pick<Advisory, 'summary' | 'details' | 'published' | 'withdrawn'> {
  const summary = textOf(cna['title'], 1000);
  const english = listOf(cna['descriptions']).find((one) => one['lang'] === 'en');
  const details = textOf(english?.['value'], 64 * 1024);
  const published = shortText(cna['datePublic']);
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(details === undefined ? {} : { details }),
    ...(published === undefined ? {} : { published }),
    ...(metadata['state'] === 'REJECTED' ? { withdrawn: published ?? 'rejected' } : {}),
  };
}

function levelOf(cna: JsonRecord): { readonly severityLevel?: Severity } {
  for (const metric of listOf(cna['metrics'])) {
    const level = severityOfWord(member(member(metric, 'other'), 'content')['text']);
    if (level !== undefined) return { severityLevel: level };
  }
  return {};
}

function member(value: unknown, name: string): JsonRecord {
  const found = isRecord(value) ? value[name] : undefined;
  return isRecord(found) ? found : {};
}

function listOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? (value as unknown[]).slice(0, listMax).filter(isRecord) : [];
}
