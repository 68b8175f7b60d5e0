// SPDX-License-Identifier: Apache-2.0
// The PHP Security Advisories Database, https://github.com/FriendsOfPHP/security-advisories: one YAML
// file per Composer package and vulnerability, with the affected versions per branch.
import type { Advisory, RangeEvent, VersionRange } from '../../model/advisory.ts';
import type { IssueSink } from '../../model/issue.ts';
import { isRecord } from '../json/json-record.ts';
import { shortText, textListOf, textOf } from '../osv/fields.ts';

const branchesMax = 1000;

/**
 * @param path `vendor/package/CVE-....yaml`: names the advisory where it has no CVE.
 * @returns undefined, with a fatal issue, when it is no such advisory.
 */
export function decodePhpAdvisory(
  value: unknown,
  path: string,
  issues: IssueSink,
): Advisory | undefined {
  const refuse = (why: string): undefined => {
    const message = `Cannot read PHP advisory: ${why}`;
    issues.add({ code: 'bad-advisory', message, fatal: true, where: path });
    return undefined;
  };
  if (!isRecord(value) || !isRecord(value['branches'])) return refuse('it has no branches');
  const name = /^composer:\/\/(.+)$/.exec(shortText(value['reference']) ?? '')?.[1];
  if (name === undefined) return refuse('it names no Composer package');
  const ranges: VersionRange[] = [];
  for (const branch of Object.values(value['branches']).slice(0, branchesMax)) {
    const range = isRecord(branch) ? rangeOf(branch['versions']) : undefined;
    if (range === undefined) return refuse('a branch is not understood');
    ranges.push(range);
  }
  const summary = textOf(value['title'], 1000);
  const published = newestTime(Object.values(value['branches']).slice(0, branchesMax));
  const link = shortText(value['link']);
  const affected = { ecosystem: 'Packagist', name: name.toLowerCase(), ranges, versions: [] };
  return {
    id: identifier(value['cve'], name, path),
    aliases: [],
    upstream: [],
    related: [],
    ...(summary === undefined ? {} : { summary }),
    ...(published === undefined ? {} : { published }),
    severities: [],
    references: link === undefined ? [] : [link],
    affected: [{ ...affected, status: 'affected' }],
  };
}

/** Each branch has the time of its fix, `2015-08-06 22:08:00`, without a zone. */
function newestTime(branches: readonly unknown[]): string | undefined {
  return branches
    .map((branch) => (isRecord(branch) ? (shortText(branch['time']) ?? '') : ''))
    .filter((time) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time))
    .map((time) => `${time.replace(' ', 'T')}Z`)
    .toSorted()
    .at(-1);
}

function identifier(cve: unknown, name: string, path: string): string {
  const text = shortText(cve);
  if (text !== undefined && /^CVE-\d{4}-\d{4,19}$/.test(text)) return text;
  const file = path
    .split('/')
    .at(-1)!
    .replace(/\.ya?ml$/, '');
  return `FriendsOfPHP:${name}/${file}`;
}

/** All constraints of a branch hold at once: at most one lower and one upper bound. */
function rangeOf(value: unknown): VersionRange | undefined {
  const constraints = textListOf(value, 10);
  if (constraints === undefined || constraints.length === 0) return undefined;
  let introduced = '0';
  let end: RangeEvent | undefined;
  for (const constraint of constraints) {
    const match = /^(>=|<=|>|<|=)\s*v?([0-9][0-9A-Za-z.+_-]{0,100})$/.exec(constraint.trim());
    if (match === null) return undefined;
    const version = match[2]!;
    if (match[1] === '>=') introduced = version;
    else if (match[1] === '>') introduced = justAfter(version);
    else if (match[1] === '<') end = { fixed: version };
    else if (match[1] === '<=') end = { lastAffected: version };
    else {
      introduced = version;
      end = { lastAffected: version };
    }
  }
  return { type: 'ECOSYSTEM', events: [{ introduced }, ...(end === undefined ? [] : [end])] };
}

/** Composer's versions have four numbers: `>3.2` begins with 3.2.0.1. */
function justAfter(version: string): string {
  const numbers = version.split('.');
  while (numbers.length < 3) numbers.push('0');
  return [...numbers, '1'].join('.');
}
