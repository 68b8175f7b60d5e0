// SPDX-License-Identifier: Apache-2.0
// The proof on a real distribution, through the command line: a Debian 12 server from `main` alone
// has exactly the expected fixable vulnerabilities, and the same packages with Debian's security
// updates have none. The advisories are derived from changelogs; what is expected comes from apt's
// own candidate versions. Both images are root file systems that hold only the package database.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../testing/data.ts';
import { plimsoll } from '../testing/plimsoll.ts';
import { canRun, missing } from '../testing/require.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

interface Expected {
  readonly source: string;
  readonly installed: string;
  readonly cve: string;
  readonly fixed: string;
}

interface ScanDocument {
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly architecture: string;
    readonly source?: { readonly name: string; readonly version: string };
  }[];
  readonly findings: readonly {
    readonly id: string;
    readonly package: string;
    readonly fixedVersion?: string;
    readonly status: string;
    readonly evidence: readonly { readonly name: string; readonly version: string }[];
  }[];
  readonly coverage: { readonly gaps: readonly { code: string; blocking: boolean }[] };
}

interface RawRecord {
  readonly upstream: readonly string[];
  readonly affected: readonly {
    readonly package: { readonly name: string };
    readonly ranges: readonly { readonly events: readonly { readonly fixed?: string }[] }[];
  }[];
}

const skip = noData || missing('dpkg', canRun('dpkg'));
const folder = temporaryFolder({ after: (step) => process.on('exit', step) });
const store = join(folder, 'advisories.db');
const changelogs = noData ? '' : join(testData('debian12'), 'bookworm-changelog-osv.json');
const imported = noData ? undefined : plimsoll(['db', 'import', '--db', store, changelogs]);

function skeleton(flavour: string): string {
  return join(testData('debian12'), `bookworm-server-${flavour}.dpkg-skeleton.tar.zst`);
}

async function scan(flavour: string): Promise<ScanDocument> {
  assert.equal((await imported)?.status, 0);
  const words = ['scan', '--json', '--db', store, `rootfs:${skeleton(flavour)}`];
  const { stdout, stderr, status } = await plimsoll(words);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as ScanDocument;
}

async function gate(flavour: string, bar: string): Promise<number | null> {
  const words = ['scan', '--db', store, '--fail-on', bar, `rootfs:${skeleton(flavour)}`];
  return (await plimsoll(words)).status;
}

/** Source package, its version and CVE. The kernel's headers are installed, the kernel is not. */
function found({ findings }: ScanDocument): ReadonlyMap<string, string | undefined> {
  return new Map(
    findings
      .filter((finding) => finding.package !== 'linux-libc-dev')
      .map(({ id, evidence: [first], fixedVersion }) => [
        `${first!.name} ${first!.version} ${id}`,
        fixedVersion,
      ]),
  );
}

function isOlder(left: string, right: string): boolean {
  return spawnSync('dpkg', ['--compare-versions', left, 'lt', right]).status === 0;
}

/**
 * The expectation names a CVE for each changelog entry above the installed version, also where an
 * entry below it has mended it before (rsync, whose bookworm update is trixie's version). Only the
 * records' own fix that dpkg says is not yet reached stands.
 */
function expected(): ReadonlyMap<string, string> {
  const file = join(testData('debian12'), 'bookworm-server-main.expected.json');
  const listed = (JSON.parse(readFileSync(file, 'utf8')) as Expected[]).filter(
    ({ source }) => source !== 'linux',
  );
  assert.equal(listed.length, 415);
  const fixes = new Map<string, string>();
  for (const { upstream, affected } of JSON.parse(readFileSync(changelogs, 'utf8')) as RawRecord[])
    for (const { package: named, ranges } of affected)
      for (const { fixed } of ranges.flatMap(({ events }) => events))
        if (fixed !== undefined) for (const id of upstream) fixes.set(`${named.name} ${id}`, fixed);
  const open = listed.filter(({ source, installed, cve }) =>
    isOlder(installed, fixes.get(`${source} ${cve}`)!),
  );
  assert.equal(listed.length - open.length, 16, 'mended before');
  return new Map(
    open.map(({ source, installed, cve }) => [
      `${source} ${installed} ${cve}`,
      fixes.get(`${source} ${cve}`)!,
    ]),
  );
}

/** dpkg's own list of a package database. */
function dpkgList(flavour: string): readonly string[] {
  const root = join(folder, flavour);
  spawnSync('mkdir', [root]);
  assert.equal(spawnSync('tar', ['-I', 'zstd', '-xf', skeleton(flavour), '-C', root]).status, 0);
  const fields = '${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}';
  const { stdout } = spawnSync(
    'dpkg-query',
    [`--admindir=${root}/var/lib/dpkg`, '-W', '-f', `\${db:Status-Status} ${fields}\n`],
    { encoding: 'utf8' },
  );
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('installed '))
    .map((line) => line.slice('installed '.length))
    .toSorted();
}

function packageList({ packages }: ScanDocument): readonly string[] {
  return packages
    .map(({ name, version, architecture, source }) =>
      [name, version, architecture, source?.name ?? name, source?.version ?? version].join(' '),
    )
    .toSorted();
}

/** All of it, but for what the calendar adds. */
function assertJudged({ coverage }: ScanDocument): void {
  assert.deepEqual(
    coverage.gaps.filter(({ code }) => code !== 'end-of-life'),
    [],
  );
}

test('Debian 12 from main has exactly the expected vulnerabilities', { skip }, async () => {
  const document = await scan('main');
  const wanted = expected();
  const all = found(document);
  assert.deepEqual([...all.keys()].toSorted(), [...wanted.keys()].toSorted());
  for (const [key, fixed] of wanted) assert.equal(all.get(key), fixed, key);
  assert.ok(document.findings.every(({ status }) => status === 'fixable'));
  assertJudged(document);
  assert.deepEqual(packageList(document), dpkgList('main'));
  // None of them is graded here: the level that says so is one of the bar's.
  assert.equal(await gate('main', 'fixable'), 1);
  assert.equal(await gate('main', 'critical,unknown'), 1);
});

test('Debian 12 with its security updates has none', { skip }, async () => {
  const document = await scan('patched');
  assert.deepEqual(document.findings, []);
  assertJudged(document);
  assert.deepEqual(packageList(document), dpkgList('patched'));
  // When Debian 12's long-term support has ended, a clean result is a guess and the test goes on.
  const isEnded = document.coverage.gaps.some(({ blocking }) => blocking);
  assert.equal(await gate('patched', 'negligible,unknown,fixable'), isEnded ? 2 : 0);
});
