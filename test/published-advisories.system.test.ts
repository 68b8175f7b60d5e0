// SPDX-License-Identifier: Apache-2.0
// Whole published databases, judged twice. An inventory with every package that an advisory names,
// at every version where some answer changes and beside it, goes through the command line as an
// SBOM. The expectation comes from the raw records by a second, naive reading of OSV's evaluation
// (https://ossf.github.io/osv-schema/#evaluation) that knows versions only as ranks, and the ranks
// come from the ecosystem's own tool. Neither more nor less may be found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import semver from 'semver';
import { parse } from 'yaml';
import { noData, testData } from '../testing/data.ts';
import { plimsoll } from '../testing/plimsoll.ts';
import { canRun, missing } from '../testing/require.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

interface RawRange {
  readonly type: string;
  readonly events: readonly Readonly<Record<string, string>>[];
}

interface RawAffected {
  readonly package?: { readonly ecosystem: string; readonly name: string };
  readonly ranges?: readonly RawRange[];
  readonly versions?: readonly string[];
}

interface RawRecord {
  readonly id: string;
  readonly withdrawn?: string;
  readonly related?: readonly string[];
  readonly affected: readonly RawAffected[];
}

/** Of each list the places of its versions in the tool's order, equal ones alike; null: no version. */
type Ranking = (lists: readonly (readonly string[])[]) => readonly (readonly (number | null)[])[];

interface Case {
  readonly ecosystem: string;
  /** In the data kit's advisories. */
  readonly folder: string;
  readonly files: string;
  readonly rank: Ranking;
  /** Another spelling of a name that must make no difference. */
  readonly normal?: (name: string) => string;
  /** Versions beside one that a record names. */
  readonly beside: (version: string) => readonly string[];
  readonly component: (name: string, version: string) => object;
  /** What this publisher's notices mean beyond OSV. */
  readonly isMeant?: (record: RawRecord, affected: RawAffected) => boolean;
  /** One of several fixes in a notice is enough. */
  readonly anyFixMends?: boolean;
  readonly skip: string | false;
}

/** All packages take minutes: every so many is tried. PLIMSOLL_ALL_ADVISORIES=1 tries all. */
const oneOf = process.env['PLIMSOLL_ALL_ADVISORIES'] === '1' ? 1 : 29;

/** Enumerated versions tried per record: its ends are where mistakes would be. */
const enumeratedTried = 3;

function rankSemver(
  lists: readonly (readonly string[])[],
): readonly (readonly (number | null)[])[] {
  return lists.map((list) => {
    const valid = list.filter((one) => semver.valid(one, true) !== null);
    const sorted = valid.toSorted((left, right) => semver.compare(left, right, true));
    let rank = 0;
    const ranks = new Map(
      sorted.map((one, index) => {
        const before = sorted[index - 1];
        if (before !== undefined && semver.compare(before, one, true) !== 0) rank++;
        return [one, rank];
      }),
    );
    return list.map((one) => ranks.get(one) ?? null);
  });
}

const pythonRanks = `
import json, sys
from packaging.version import Version, InvalidVersion
def version(text):
    try: return Version(text)
    except InvalidVersion: return None
def ranks(texts):
    versions = [version(text) for text in texts]
    order = {one: rank for rank, one in enumerate(sorted({one for one in versions if one}))}
    return [order.get(one) for one in versions]
json.dump([ranks(texts) for texts in json.load(sys.stdin)], sys.stdout)
`;

const noPackaging = missing(
  'python-packaging',
  spawnSync('python3', ['-c', 'import packaging.version']).status === 0,
);

function rankPep440(
  lists: readonly (readonly string[])[],
): readonly (readonly (number | null)[])[] {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', pythonRanks], {
    input: JSON.stringify(lists),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as (number | null)[][];
}

/** Versions as lines, lists apart by an empty one; ranks come back the same way. */
const rpmRanks = (file: string): string => `%{lua:
  local list = {}
  local function flush()
    local order = {}
    for i = 1, #list do order[i] = i end
    table.sort(order, function(a, b) return rpm.vercmp(list[a], list[b]) < 0 end)
    local ranks, rank = {}, 0
    for i, at in ipairs(order) do
      if i > 1 and rpm.vercmp(list[order[i - 1]], list[at]) ~= 0 then rank = rank + 1 end
      ranks[at] = rank
    end
    print(table.concat(ranks, " ") .. "\\n")
    list = {}
  end
  for line in io.lines("${file}") do
    if line == "" then flush() else list[#list + 1] = line end
  end
}`;

function rankRpm(lists: readonly (readonly string[])[]): readonly (readonly (number | null)[])[] {
  const file = join(folder, 'versions');
  writeFileSync(file, lists.map((list) => `${list.join('\n')}\n\n`).join(''));
  const { stdout, stderr } = spawnSync('rpm', ['--eval', rpmRanks(file)], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, lists.length, stderr);
  return lines.map((line) => line.split(' ').map(Number));
}

function besideSemver(version: string): readonly string[] {
  const next = semver.inc(version, 'patch', true);
  return [...(next === null ? [] : [next]), ...(version.includes('-') ? [] : [`${version}-rc.1`])];
}

const cases: readonly Case[] = [
  {
    ecosystem: 'Go',
    folder: 'golang/data/osv',
    files: '*.json',
    rank: rankSemver,
    beside: besideSemver,
    component: (name, version) => {
      const own = name === 'stdlib' || name === 'toolchain' ? version : `v${version}`;
      return { name, version: own, purl: `pkg:golang/${encode(name)}@${encode(own)}` };
    },
    skip: noData,
  },
  {
    ecosystem: 'crates.io',
    folder: 'rustsec-osv/crates',
    files: '*.json',
    rank: rankSemver,
    beside: besideSemver,
    component: (name, version) => ({
      name,
      version,
      purl: `pkg:cargo/${name}@${encode(version)}`,
    }),
    skip: noData,
  },
  {
    ecosystem: 'PyPI',
    folder: 'pypa/vulns',
    files: '**/*.yaml',
    rank: rankPep440,
    normal: (name) => name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
    beside: (version) => [`${version}.post1`, `${version}rc1`, `${version}.dev1`],
    component: (name, version) => ({
      name: name.replaceAll('-', '_'),
      version,
      purl: `pkg:pypi/${name}@${encode(version)}`,
    }),
    skip: noData || noPackaging,
  },
  {
    ecosystem: 'AlmaLinux:9',
    folder: 'alma/advisories/almalinux9',
    files: '*.json',
    rank: rankRpm,
    beside: (version) => [`${version}.1`, `${version}~1`, version.replace(/^\d+:/, '')],
    component: (name, version) => {
      const [, epoch, rest] = /^(?:(\d+):)?(.*)$/.exec(version)!;
      const qualifiers = `arch=x86_64&distro=almalinux-9${epoch === undefined ? '' : `&epoch=${epoch}`}`;
      return {
        name,
        version,
        purl: `pkg:rpm/almalinux/${encode(name)}@${encode(rest!)}?${qualifiers}`,
      };
    },
    // Bug fix notices count where they name a CVE; a module's builds are no plain packages.
    isMeant: ({ id, related }, { ranges }) =>
      (id.startsWith('ALSA-') || related?.some((name) => name.startsWith('CVE-')) === true) &&
      !JSON.stringify(ranges).includes('.module'),
    anyFixMends: true,
    skip: noData || missing('rpm', canRun('rpm')),
  },
];

const folder = temporaryFolder({ after: (step) => process.on('exit', step) });

function encode(text: string): string {
  return text.split('/').map(encodeURIComponent).join('/');
}

function readRecords({ folder: place, files }: Case): readonly RawRecord[] {
  const root = join(testData('advisories'), place);
  return globSync(files, { cwd: root })
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as RawRecord;
    });
}

interface Statement {
  readonly record: RawRecord;
  readonly affected: RawAffected;
}

/** What records say of each package of the ecosystem, withdrawn ones left out. */
function statementsByName(judged: Case): ReadonlyMap<string, readonly Statement[]> {
  const byName = new Map<string, Statement[]>();
  for (const record of readRecords(judged)) {
    if (record.withdrawn !== undefined) continue;
    for (const affected of record.affected) {
      if (affected.package?.ecosystem !== judged.ecosystem) continue;
      if (judged.isMeant?.(record, affected) === false) continue;
      const name = judged.normal?.(affected.package.name) ?? affected.package.name;
      byName.set(name, [...(byName.get(name) ?? []), { record, affected }]);
    }
  }
  return byName;
}

function namedVersions({ ranges, versions }: RawAffected): readonly string[] {
  const events = (ranges ?? [])
    .filter(({ type }) => type !== 'GIT')
    .flatMap((range) => range.events.flatMap((event) => Object.values(event)));
  return [...events.filter((version) => version !== '0'), ...(versions ?? [])];
}

function triedVersions(judged: Case, statements: readonly Statement[]): ReadonlySet<string> {
  const named = statements.flatMap(({ affected }) => {
    const listed = affected.versions ?? [];
    return [
      ...namedVersions({ ranges: affected.ranges ?? [] }),
      ...listed.slice(0, enumeratedTried),
      ...listed.slice(-enumeratedTried),
    ];
  });
  return new Set(named.flatMap((version) => [version, ...judged.beside(version)]));
}

type RawEvent = readonly [string, string];

/** RustSec writes "patched in 0.23.0" so: introduced there and fixed there. */
function isEmptyPair(first: RawEvent | undefined, second: RawEvent | undefined): boolean {
  return first?.[0] === 'introduced' && second?.[0] === 'fixed' && first[1] === second[1];
}

/** OSV's IncludedInRanges and IncludedInVersions, over ranks. */
function isAffected(
  { ranges, versions }: RawAffected,
  installed: number,
  rankOf: (version: string) => number,
): boolean {
  if (versions?.some((version) => rankOf(version) === installed)) return true;
  return (ranges ?? []).some(({ type, events }) => {
    if (type === 'GIT') return false;
    // The last event at or before the version decides; at one place an end is before a start.
    const marks = events
      .flatMap((event) => Object.entries(event))
      .filter((event, index, all) => !isEmptyPair(event, all[index + 1]))
      .map(([kind, version]) => ({
        starts: kind === 'introduced',
        // Just behind the version itself, where it is the last one affected.
        at: version === '0' ? -1 : rankOf(version) + (kind === 'last_affected' ? 0.5 : 0),
      }));
    const before = marks.filter(({ at }) => at <= installed);
    const last = Math.max(...before.map(({ at }) => at));
    return before.some(({ at, starts }) => at === last && starts);
  });
}

interface Expectation {
  readonly components: readonly object[];
  /** `name version advisory`, of all that is affected. */
  readonly wanted: ReadonlySet<string>;
  readonly unaffected: number;
}

function expect(judged: Case): Expectation {
  const packages = [...statementsByName(judged)].filter((_, index) => index % oneOf === 0);
  const tried = packages.map(([, statements]) => [...triedVersions(judged, statements)]);
  const lists = packages.map(([, statements], index) => [
    ...new Set([
      ...tried[index]!,
      ...statements.flatMap(({ affected }) => namedVersions(affected)),
    ]),
  ]);
  const ranks = judged.rank(lists);
  const components: object[] = [];
  const wanted = new Set<string>();
  let unaffected = 0;
  for (const [index, [name, statements]] of packages.entries()) {
    const places = new Map(lists[index]!.map((version, at) => [version, ranks[index]![at]!]));
    for (const version of tried[index]!) {
      const installed = places.get(version)!;
      if (installed === null) continue;
      components.push({ type: 'library', ...judged.component(name, version) });
      const rankOf = (other: string): number => places.get(other) ?? Number.NaN;
      const verdicts = Map.groupBy(statements, ({ record }) => record.id);
      for (const [id, own] of verdicts) {
        const answers = own.map(({ affected }) => isAffected(affected, installed, rankOf));
        const found = judged.anyFixMends ? !answers.includes(false) : answers.includes(true);
        if (found) wanted.add(`${name} ${version} ${id}`);
        else unaffected++;
      }
    }
  }
  return { components, wanted, unaffected };
}

interface ScanDocument {
  readonly packages: readonly object[];
  readonly findings: readonly {
    readonly id: string;
    readonly aliases: readonly string[];
    readonly purl: string;
    readonly version: string;
    readonly evidence: readonly { readonly advisory: string; readonly name: string }[];
  }[];
}

for (const judged of cases)
  test(`the advisories of ${judged.ecosystem}`, { skip: judged.skip }, async () => {
    const { components, wanted, unaffected } = expect(judged);
    assert.ok(wanted.size > 200 && unaffected > 200, `${wanted.size}, ${unaffected}`);
    const place = join(folder, judged.ecosystem.replace(':', '-'));
    mkdirSync(place);
    const [database, sbom, output] = ['store.db', 'bom.json', 'result.json'].map((file) =>
      join(place, file),
    ) as [string, string, string];
    writeFileSync(sbom, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }));
    const data = join(testData('advisories'), judged.folder);
    const imported = await plimsoll(['db', 'import', '--db', database, data]);
    assert.equal(imported.status, 0, imported.stderr);
    const scan = ['scan', '--json', '-o', output, '--db', database, `sbom:${sbom}`];
    const scanned = await plimsoll(scan);
    assert.equal(scanned.status, 0, scanned.stderr);
    const document = JSON.parse(readFileSync(output, 'utf8')) as ScanDocument;
    assert.equal(document.packages.length, components.length);
    const found = new Set(
      document.findings.flatMap(({ version, evidence }) =>
        evidence.map(({ advisory, name }) => {
          const shown = judged.ecosystem === 'Go' ? version.replace(/^v/, '') : version;
          return `${name} ${shown} ${advisory}`;
        }),
      ),
    );
    assert.deepEqual([...wanted.difference(found)].slice(0, 20), [], 'missing');
    assert.deepEqual([...found.difference(wanted)].slice(0, 20), [], 'too many');
    // Records that name each other are one finding.
    const names = new Map<string, string>();
    for (const { purl, id, aliases } of document.findings)
      for (const name of new Set([id, ...aliases])) {
        const known = names.get(`${purl} ${name}`);
        assert.equal(known, undefined, `${purl}: ${name} names ${known} and ${id}`);
        names.set(`${purl} ${name}`, id);
      }
  });
