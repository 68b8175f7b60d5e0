// SPDX-License-Identifier: Apache-2.0
// What publishers say beside OSV's own fields, under `database_specific`, `ecosystem_specific` or in
// the summary: severity words, verdicts, modules. One small reader per habit; each says whose it is.
import type { AffectedPackage, AffectedStatus, VersionRange } from '../../model/advisory.ts';
import type { Severity } from '../../model/severity.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { shortText, textOf } from './fields.ts';

const words: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['moderate', 'medium'],
  ['medium', 'medium'],
  ['low', 'low'],
  ['negligible', 'negligible'],
  ['none', 'negligible'],
]);

/** The level that a publisher's word means; Red Hat's `Important` is the second of its four, as `high` is. */
export function severityOfWord(word: unknown): Severity | undefined {
  return typeof word === 'string' ? words.get(word.trim().toLowerCase()) : undefined;
}

/**
 * - GHSA and Bitnami: `database_specific.severity`.
 * - AlmaLinux, Red Hat, Rocky Linux: the summary begins with the word, `Important: squid security update`.
 *   Their other two kinds of notice (bug fixes, enhancements) have no such word.
 */
export function dialectOfAdvisory(
  id: string,
  record: JsonRecord,
): { readonly severityLevel?: Severity } {
  const specific = record['database_specific'];
  const stated = isRecord(specific) ? severityOfWord(specific['severity']) : undefined;
  const level = stated ?? (/^(?:ALSA|RHSA|RLSA)-/.test(id) ? levelInSummary(record) : undefined);
  return level === undefined ? {} : { severityLevel: level };
}

function levelInSummary(record: JsonRecord): Severity | undefined {
  const summary = textOf(record['summary'], 200) ?? '';
  return severityOfWord(/^(\w{1,20}):/.exec(summary)?.[1]);
}

/**
 * OSV wants Python names in their normal form; PyPA has one that is not (`jw.util`).
 * https://packaging.python.org/en/latest/specifications/name-normalization/
 */
export function nameInOsv(ecosystem: string, name: string): string {
  return ecosystem === 'PyPI' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name;
}

type Said = Pick<AffectedPackage, 'note' | 'module'> & {
  readonly status?: AffectedStatus;
  readonly severityLevel?: Severity;
};

/** What one entry of `affected` says beyond its ranges. */
export function dialectOfAffected(
  ecosystem: string,
  entry: JsonRecord,
  record: JsonRecord,
  ranges: readonly VersionRange[],
): Said {
  const own = isRecord(entry['ecosystem_specific']) ? entry['ecosystem_specific'] : {};
  const database = isRecord(entry['database_specific']) ? entry['database_specific'] : {};
  return {
    ...wordOfPackage(own, database),
    ...debianUrgency(ecosystem, own),
    ...rustInformational(ecosystem, database),
    ...lastKnownAffected(database),
    ...moduleOf(record, ranges),
  };
}

/** OSS-Fuzz: `ecosystem_specific.severity`. Ubuntu: `ecosystem_specific.ubuntu_priority` of older exports. */
function wordOfPackage(own: JsonRecord, database: JsonRecord): Said {
  const level =
    severityOfWord(own['severity']) ??
    severityOfWord(own['ubuntu_priority']) ??
    severityOfWord(database['severity']);
  return level === undefined ? {} : { severityLevel: level };
}

/** Debian's export: `ecosystem_specific.urgency`, as the security tracker shows it. */
function debianUrgency(ecosystem: string, own: JsonRecord): Said {
  if (ecosystem !== 'Debian' && !ecosystem.startsWith('Debian:')) return {};
  const urgency = shortText(own['urgency'])?.replace(/\*+$/, '').trim();
  if (urgency === 'unimportant') return { status: 'unimportant', severityLevel: 'negligible' };
  if (urgency === 'end-of-life') return { status: 'end-of-life' };
  const level = severityOfWord(urgency);
  return level === undefined ? {} : { severityLevel: level };
}

/**
 * RustSec: `database_specific.informational`. A crate that nobody maintains, and a notice, are no
 * vulnerabilities by the publisher's own judgement; an unsound interface is one.
 */
function rustInformational(ecosystem: string, database: JsonRecord): Said {
  const kind = ecosystem === 'crates.io' ? shortText(database['informational']) : undefined;
  if (kind === undefined || kind === 'null') return {};
  const note = `RustSec informational advisory: ${kind}`;
  if (kind !== 'unmaintained' && kind !== 'notice') return { note };
  return { note, status: 'unimportant' };
}

/** GHSA: where no fix is known, the last version that somebody saw to be affected. It bounds nothing. */
function lastKnownAffected(database: JsonRecord): Said {
  const range = shortText(database['last_known_affected_version_range']);
  return range === undefined ? {} : { note: `last known affected version: ${range}` };
}

/**
 * rpm modules: OSV has no field for them. A build of a module carries `.module` in its release, and
 * the notice names the module in its summary (`nodejs:14 security update`). Without the name only
 * the release tells, and the matcher compares that.
 */
function moduleOf(record: JsonRecord, ranges: readonly VersionRange[]): Said {
  if (!ranges.some((range) => range.events.some(isModuleFix))) return {};
  const summary = textOf(record['summary'], 500) ?? '';
  for (const word of summary.split(/\s+/, 100))
    if (/^[A-Za-z0-9_.+-]{1,100}:[A-Za-z0-9_.+-]{1,100}$/.test(word)) return { module: word };
  return {};
}

function isModuleFix(event: VersionRange['events'][number]): boolean {
  return 'fixed' in event && /\.module[_+]/.test(event.fixed);
}
