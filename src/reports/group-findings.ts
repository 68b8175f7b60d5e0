// SPDX-License-Identifier: Apache-2.0
// Findings put together as people mend them: one group per source package and version in one layer,
// because the five binary packages of one source are updated in one step, and one row per
// vulnerability in it, however many of the binaries have it.
import { compareText } from '../model/compare-text.ts';
import type { Finding } from '../model/finding.ts';
import type { Package } from '../model/package.ts';
import { compareSeverity } from '../model/severity.ts';

/** One vulnerability in some packages of a group. */
export interface FindingRow {
  /** One of them; id, severity, status and fixed version are the same in all. */
  readonly finding: Finding;
  /** Names of the packages that have it, sorted. */
  readonly packages: readonly string[];
}

export interface FindingGroup {
  /** Names of the binary packages, sorted. */
  readonly packages: readonly string[];
  /** Source package, where it is known and has another name or version. */
  readonly source?: string;
  readonly version: string;
  readonly ecosystem: string;
  readonly layer?: number;
  readonly paths: readonly string[];
  /** The worst first; of equals the known exploited, then those with a fix, then by id. */
  readonly rows: readonly FindingRow[];
}

/** The group with the worst finding comes first. Each finding is in exactly one row. */
export function groupFindings(
  findings: readonly Finding[],
  packages: readonly Package[],
): readonly FindingGroup[] {
  const sources = new Map(packages.map((item) => [item.purl, item.source]));
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const source = sources.get(finding.purl);
    const key = JSON.stringify([
      finding.ecosystem,
      source?.name ?? finding.package,
      finding.version,
      finding.layer ?? -1,
    ]);
    append(groups, key, finding);
  }
  return [...groups.values()]
    .map((members) => makeGroup(members, sources))
    .sort((left, right) => compareGroups(left, right));
}

function append<Key>(map: Map<Key, Finding[]>, key: Key, finding: Finding): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [finding]);
  else list.push(finding);
}

function makeGroup(
  members: readonly Finding[],
  sources: ReadonlyMap<string, Package['source']>,
): FindingGroup {
  const first = members[0]!;
  const rows = new Map<string, Finding[]>();
  for (const finding of members) {
    const { id, severity, status, fixedVersion } = finding;
    append(rows, JSON.stringify([id, severity, status, fixedVersion ?? '']), finding);
  }
  const source = members.map(({ purl }) => sources.get(purl)).find((found) => found !== undefined);
  return {
    packages: namesOf(members),
    ...(source === undefined ? {} : { source: source.name }),
    version: first.version,
    ecosystem: first.ecosystem,
    ...(first.layer === undefined ? {} : { layer: first.layer }),
    paths: [...new Set(members.flatMap(({ locations }) => locations.map(({ path }) => path)))],
    rows: [...rows.values()]
      .map((same) => ({ finding: worthiest(same), packages: namesOf(same) }))
      .sort((left, right) => compareFindings(left.finding, right.finding)),
  };
}

/** Of findings that are the same but for their package, the one that knows most. */
function worthiest(same: readonly Finding[]): Finding {
  return same.find(({ kev }) => kev !== undefined) ?? same[0]!;
}

function namesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map((finding) => finding.package))].sort(compareText);
}

/**
 * The order in which findings are shown everywhere: by severity, of equals the exploited first. What
 * is exploited and not graded stands among the critical ones: at the end nobody would see it.
 */
export function compareFindings(left: Finding, right: Finding): number {
  const rank = ({ severity, kev }: Finding): Finding['severity'] =>
    severity === 'unknown' && kev !== undefined ? 'critical' : severity;
  return (
    compareSeverity(rank(left), rank(right)) ||
    Number(right.kev !== undefined) - Number(left.kev !== undefined) ||
    (right.epss?.probability ?? 0) - (left.epss?.probability ?? 0) ||
    Number(right.fixedVersion !== undefined) - Number(left.fixedVersion !== undefined) ||
    compareText(left.id, right.id)
  );
}

function compareGroups(left: FindingGroup, right: FindingGroup): number {
  return (
    compareFindings(left.rows[0]!.finding, right.rows[0]!.finding) ||
    compareText(left.packages[0]!, right.packages[0]!) ||
    (left.layer ?? -1) - (right.layer ?? -1)
  );
}

/** As the table sorts them, and within one id by package: the same input gives the same bytes. */
export function compareListed(left: Finding, right: Finding): number {
  return (
    compareFindings(left, right) ||
    compareText(left.package, right.package) ||
    compareText(left.purl, right.purl)
  );
}
