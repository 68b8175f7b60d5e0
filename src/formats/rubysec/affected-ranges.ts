// SPDX-License-Identifier: Apache-2.0
// Ruby's advisories say which versions are safe (patched or never affected), as RubyGems requirements
// (https://guides.rubygems.org/patterns/#pessimistic-version-constraint). OSV wants the others: the
// complement, in RubyGems' order.
import type { RangeEvent, VersionRange } from '../../model/advisory.ts';
import { compareRubygems } from '../version/rubygems.ts';

/** From `from` (inclusive; undefined: the first version) up to `to` (undefined: without end). */
interface Interval {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** `to` belongs to it. */
  readonly closed: boolean;
}

/** Requirements that one text may have; published ones have two. */
const clausesMax = 10;

/**
 * The affected ranges.
 * @param safe Requirements (`~> 5.2.8, >= 5.2.8.1`), each of which makes a version safe.
 * @returns undefined when one of them is not understood: nobody can tell then.
 */
export function affectedByComplement(safe: readonly string[]): VersionRange | undefined {
  const intervals: Interval[] = [];
  for (const requirement of safe) {
    const interval = intervalOf(requirement);
    if (interval === undefined) return undefined;
    if (interval !== 'empty') intervals.push(interval);
  }
  intervals.sort((left, right) => compareStart(left.from, right.from));
  const events: RangeEvent[] = [];
  let from: string | undefined = '0';
  for (const interval of intervals) {
    if (from === undefined) break;
    const isGap: boolean = interval.from !== undefined && before(from, interval.from);
    if (isGap) events.push({ introduced: from }, { fixed: interval.from! });
    from = laterStart(from, startAfter(interval));
  }
  if (from !== undefined) events.push({ introduced: from });
  return { type: 'ECOSYSTEM', events };
}

function compareStart(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined)
    return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  return compareRubygems(left, right) ?? 0;
}

/** `0` stands for "before every version", as in OSV. */
function before(left: string, right: string): boolean {
  return left === '0' || compareRubygems(left, right)! < 0;
}

function laterStart(left: string, right: string | undefined): string | undefined {
  return right === undefined || before(left, right) ? right : left;
}

function startAfter({ to, closed }: Interval): string | undefined {
  return to !== undefined && closed ? justAfter(to) : to;
}

/** RubyGems' order is dense: there is no next version. None is published between these two. */
function justAfter(version: string): string {
  return `${version}.0.0.1`;
}

/** The versions that all clauses of one requirement allow. */
function intervalOf(requirement: string): Interval | 'empty' | undefined {
  const clauses = requirement.split(',', clausesMax + 1).map((clause) => clause.trim());
  if (clauses.length > clausesMax) return undefined;
  let from: string | undefined;
  let to: string | undefined;
  let closed = false;
  const raise = (version: string): void => {
    if (from === undefined || before(from, version)) from = version;
  };
  const lower = (version: string, isClosed: boolean): void => {
    if (to !== undefined && !before(version, to)) return;
    to = version;
    closed = isClosed;
  };
  for (const clause of clauses) {
    const match = /^(~>|>=|<=|>|<|=|)\s*([0-9][0-9A-Za-z.-]{0,100})$/.exec(clause);
    const version = match?.[2];
    if (version === undefined || compareRubygems(version, version) === undefined) return undefined;
    const operator = match![1]!;
    if (operator === '~>') {
      raise(version);
      lower(afterPessimistic(version), false);
    } else if (operator === '>=') raise(version);
    else if (operator === '>') raise(justAfter(version));
    else if (operator === '<') lower(version, false);
    else if (operator === '<=') lower(version, true);
    else {
      raise(version);
      lower(version, true);
    }
  }
  const isEmpty = from !== undefined && to !== undefined && before(to, from);
  return isEmpty ? 'empty' : { from, to, closed };
}

/** `~> 2.1.3` ends before every pre-release of 2.2, `~> 2` before those of 3. `a` sorts first of all words. */
function afterPessimistic(version: string): string {
  const release = /^[0-9]+(?:\.[0-9]+)*/.exec(version)![0].split('.');
  if (release.length > 1) release.pop();
  const last = BigInt(release.pop()!) + 1n;
  return [...release, String(last), 'A'].join('.');
}
