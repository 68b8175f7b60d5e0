// SPDX-License-Identifier: Apache-2.0
// OSV records (https://ossf.github.io/osv-schema/, 1.7.5) as model advisories. Publishers are many
// and write what they like: whatever does not fit the schema becomes an issue, and the rest of the
// record is kept. What publishers say outside of the schema's own fields is read in dialects.ts.
import type {
  Advisory,
  AffectedPackage,
  RangeEvent,
  SeverityStatement,
  VersionRange,
} from '../../model/advisory.ts';
import type { IssueSink } from '../../model/issue.ts';
import { dialectOfAdvisory, dialectOfAffected, nameInOsv } from './dialects.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { shortText, textListOf, textOf, type RecordContext } from './fields.ts';

/** A kernel advisory of a large distribution names some thousands of packages. */
const affectedMax = 50_000;
const rangesMax = 1_000;
/** The longest range seen in published data has 118 events. */
const eventsMax = 10_000;
/** The longest list seen in published data has 1,132 versions of one package. */
const versionsMax = 100_000;
/** Over all packages of a record: a record is held in memory as a whole. */
const versionsOfRecordMax = 500_000;
const identifiersMax = 10_000;
const referencesMax = 1_000;
const severitiesMax = 20;
const summaryLengthMax = 1_000;
const detailsLengthMax = 64 * 1024;
const urlLengthMax = 2_048;

const rangeTypes = ['ECOSYSTEM', 'SEMVER', 'GIT'] as const;

/** OSV's spelling of an event beside the model's. */
const eventNames = {
  introduced: 'introduced',
  fixed: 'fixed',
  last_affected: 'lastAffected',
  limit: 'limit',
} as const;

/**
 * One OSV record, already parsed from JSON or YAML.
 *
 * Entries of `affected` without a package (commits of a repository) name nothing that can be
 * installed and are left out. An entry that breaks the schema is left out with a fatal issue, a
 * field that only informs with a warning.
 * @param where What the record was read from, for issues.
 * @returns undefined, with a fatal issue, when the value is no OSV record.
 */
export function decodeOsv(value: unknown, where: string, issues: IssueSink): Advisory | undefined {
  const context: RecordContext = { where, issues, versionsLeft: versionsOfRecordMax };
  if (!isRecord(value)) return broken(context, 'the record is not an object');
  const id = shortText(value['id']);
  if (id === undefined) return broken(context, 'it has no "id"');
  const said = dialectOfAdvisory(id, value);
  return {
    id,
    aliases: identifiers(value, 'aliases', id, context),
    upstream: identifiers(value, 'upstream', id, context),
    related: identifiers(value, 'related', id, context),
    ...optionalText(value, 'summary', summaryLengthMax),
    ...optionalText(value, 'details', detailsLengthMax),
    ...optionalText(value, 'published', 64),
    ...optionalText(value, 'modified', 64),
    ...optionalText(value, 'withdrawn', 64),
    severities: severities(value['severity'], context),
    ...said,
    references: references(value['references'], context),
    affected: affectedPackages(value, id, context),
  };
}

function broken(context: RecordContext, why: string): undefined {
  context.issues.add({
    code: 'bad-advisory',
    message: `Cannot read OSV record: ${why}`,
    fatal: true,
    where: context.where,
  });
  return undefined;
}

function warn(context: RecordContext, message: string, fatal = false): void {
  context.issues.add({ code: 'bad-advisory-part', message, fatal, where: context.where });
}

function identifiers(
  record: JsonRecord,
  field: string,
  own: string,
  context: RecordContext,
): readonly string[] {
  const value = record[field];
  const listed: readonly unknown[] = Array.isArray(value) ? value.slice(0, identifiersMax) : [];
  // One that cannot be read must not take the others with it: what is known to be the same
  // vulnerability is found by them.
  const found = listed.flatMap((item) => textListOf([item], 1) ?? []);
  const isAbsent = value === undefined || value === null || value === '';
  if (!isAbsent && (!Array.isArray(value) || found.length < value.length))
    warn(context, `Cannot read all ${JSON.stringify(field)} of OSV record: want a list of ids`);
  return [...new Set(found)].filter((id) => id !== own);
}

function optionalText<Field extends string>(
  record: JsonRecord,
  field: Field,
  lengthMax: number,
): { [name in Field]?: string } {
  const text = textOf(record[field], lengthMax);
  return text === undefined ? {} : ({ [field]: text } as { [name in Field]?: string });
}

function severities(value: unknown, context: RecordContext): readonly SeverityStatement[] {
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) {
    warn(context, 'Cannot read "severity" of OSV record: want a list');
    return [];
  }
  const statements: SeverityStatement[] = [];
  for (const item of value.slice(0, severitiesMax) as unknown[]) {
    const type = isRecord(item) ? shortText(item['type']) : undefined;
    const score = isRecord(item) ? shortText(item['score']) : undefined;
    if (type === undefined || score === undefined)
      warn(context, 'Cannot read an entry of "severity" of OSV record: want "type" and "score"');
    else statements.push({ type, score });
  }
  return statements;
}

function references(value: unknown, context: RecordContext): readonly string[] {
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) {
    warn(context, 'Cannot read "references" of OSV record: want a list');
    return [];
  }
  const urls = new Set<string>();
  for (const item of value.slice(0, referencesMax) as unknown[]) {
    const url = isRecord(item) ? item['url'] : undefined;
    // Only what a report may show as a link: no javascript:, no data:.
    if (typeof url === 'string' && url.length <= urlLengthMax && /^https?:\/\/[^\s]+$/.test(url))
      urls.add(url);
  }
  return [...urls];
}

function affectedPackages(
  record: JsonRecord,
  id: string,
  context: RecordContext,
): readonly AffectedPackage[] {
  const list = record['affected'];
  if (list === undefined || list === null || list === '') return [];
  if (!Array.isArray(list)) {
    warn(context, `Cannot read "affected" of ${JSON.stringify(id)}: want a list`, true);
    return [];
  }
  if (list.length > affectedMax)
    warn(context, `Read only ${affectedMax} packages of ${JSON.stringify(id)}`, true);
  const packages: AffectedPackage[] = [];
  for (const entry of list.slice(0, affectedMax) as unknown[]) {
    const found = affectedPackage(entry, record, id, context);
    if (found !== undefined) packages.push(found);
  }
  return packages;
}

function affectedPackage(
  entry: unknown,
  record: JsonRecord,
  id: string,
  context: RecordContext,
): AffectedPackage | undefined {
  const refuse = (why: string): undefined => {
    warn(context, `Cannot read an affected package of ${JSON.stringify(id)}: ${why}`, true);
    return undefined;
  };
  if (!isRecord(entry)) return refuse('want an object');
  const named = entry['package'];
  if (named === undefined || named === null) return undefined;
  if (!isRecord(named)) return refuse('want an object as "package"');
  const ecosystem = shortText(named['ecosystem']);
  const stated = shortText(named['name']);
  if (ecosystem === undefined || stated === undefined) return refuse('want "ecosystem" and "name"');
  const name = nameInOsv(ecosystem, stated);
  const ranges = rangesOf(entry['ranges'], context);
  if (typeof ranges === 'string') return refuse(`${JSON.stringify(name)}: ${ranges}`);
  const versions = textListOf(entry['versions'], Math.min(versionsMax, context.versionsLeft));
  if (versions === undefined) return refuse(`${JSON.stringify(name)}: want a list of versions`);
  context.versionsLeft -= versions.length;
  const own = severities(entry['severity'], context);
  return {
    ecosystem,
    name,
    ranges,
    versions,
    status: 'affected',
    ...(own.length > 0 ? { severities: own } : {}),
    ...dialectOfAffected(ecosystem, entry, record, ranges),
  };
}

/** @returns Why not, when one of the ranges cannot be read: half of them would be a wrong answer. */
function rangesOf(value: unknown, context: RecordContext): readonly VersionRange[] | string {
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) return 'want a list of ranges';
  if (value.length > rangesMax) return `more than ${rangesMax} ranges`;
  const ranges: VersionRange[] = [];
  for (const item of value as unknown[]) {
    if (!isRecord(item)) return 'want an object as range';
    const type = rangeTypes.find((known) => known === item['type']);
    // A type of a later schema: its versions are in no order that is known here.
    if (type === undefined) {
      warn(context, `Cannot read range of type ${JSON.stringify(shortText(item['type']) ?? '')}`);
      return 'its range is of an unknown type';
    }
    const events = eventsOf(item['events']);
    if (typeof events === 'string') return events;
    ranges.push({ type, events });
  }
  return ranges;
}

function eventsOf(value: unknown): readonly RangeEvent[] | string {
  if (!Array.isArray(value)) return 'want a list of events';
  if (value.length > eventsMax) return `more than ${eventsMax} events`;
  const events: RangeEvent[] = [];
  for (const item of value as unknown[]) {
    if (!isRecord(item)) return 'want an object as event';
    // The schema allows one field per event. PyPA and others wrote several: they mean one event each.
    let found = 0;
    for (const [theirs, ours] of Object.entries(eventNames)) {
      if (item[theirs] === undefined) continue;
      const version = shortText(item[theirs]);
      if (version === undefined) return `want a version as ${JSON.stringify(theirs)}`;
      events.push({ [ours]: version } as unknown as RangeEvent);
      found++;
    }
    if (found === 0) return 'an event without introduced, fixed, last_affected or limit';
  }
  if (!events.some((event) => 'introduced' in event)) return 'a range without introduced';
  return events;
}
