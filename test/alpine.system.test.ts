// SPDX-License-Identifier: Apache-2.0
// Published Alpine root file systems through the command line: edge against edge's database of four
// dates, with apk's own word on every version; stable releases by their own branch or not at all.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareWithApk, noApk } from '../testing/apk.ts';
import { dataFolder, noData, testData } from '../testing/data.ts';
import { plimsoll } from '../testing/plimsoll.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

interface ScanDocument {
  readonly findings: readonly {
    readonly id: string;
    readonly evidence: readonly { readonly name: string; readonly ecosystem: string }[];
  }[];
  readonly coverage: {
    readonly level: string;
    readonly gaps: readonly { code: string; subject?: string; blocking: boolean }[];
  };
}

const folder = temporaryFolder({ after: (step) => process.on('exit', step) });

function rootfs(image: string): string {
  return join(dataFolder, `rootfs/alpine-minirootfs-${image}.tar.gz`);
}

/** A store of these databases of the kit. */
async function storeOf(name: string, ...databases: readonly string[]): Promise<string> {
  const store = join(folder, `${name}.db`);
  const folders = databases.map((database) => join(testData('alpine-secdb'), 'secdb', database));
  const { status, stderr } = await plimsoll(['db', 'import', '--db', store, ...folders]);
  assert.equal(status, 0, stderr);
  return store;
}

async function scan(
  image: string,
  store: string,
  ...options: readonly string[]
): Promise<{ readonly document: ScanDocument; readonly status: number | null }> {
  const words = ['scan', '--json', '--db', store, ...options, `rootfs:${rootfs(image)}`];
  const { stdout, stderr, status } = await plimsoll(words);
  assert.notEqual(status, 3, stderr);
  return { document: JSON.parse(stdout) as ScanDocument, status };
}

function found({ findings }: ScanDocument): readonly string[] {
  const pairs = findings.map(({ id, evidence: [first] }) => `${first!.name} ${id}`);
  return [...new Set(pairs)].toSorted();
}

/** Origin -> version of all that is installed, read without the program. */
function installed(image: string): ReadonlyMap<string, string> {
  const { stdout } = spawnSync('tar', ['-xzOf', rootfs(image), './lib/apk/db/installed'], {
    encoding: 'utf8',
  });
  const records = stdout.trim().split('\n\n');
  const field = (record: string, letter: string): string | undefined =>
    new RegExp(`^${letter}:(.*)$`, 'm').exec(record)?.[1];
  return new Map(
    records.map((record) => [field(record, 'o') ?? field(record, 'P')!, field(record, 'V')!]),
  );
}

interface SecdbPackage {
  readonly pkg: { readonly name: string; readonly secfixes: Readonly<Record<string, string[]>> };
}

/** Source package and CVE of every fix that apk says is newer than what is installed. */
function expected(image: string, database: string): readonly string[] {
  const versions = installed(image);
  const fixes = ['main', 'community'].flatMap((repository) => {
    const file = join(testData('alpine-secdb'), 'secdb', database, `${repository}.json`);
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: SecdbPackage[] };
    return packages.flatMap(({ pkg: { name, secfixes } }) => {
      const version = versions.get(name);
      if (version === undefined) return [];
      return Object.entries(secfixes ?? {})
        .filter(([fixed]) => fixed !== '0')
        .map(([fixed, ids]) => ({ name, pair: [version, fixed] as const, ids }));
    });
  });
  const answers = compareWithApk(fixes.map(({ pair }) => pair));
  const open = fixes.filter((_, index) => answers[index] === '<');
  const named = open.flatMap(({ name, ids }) =>
    ids.flatMap((text) => (text.match(/CVE-\d{4}-\d{4,}/g) ?? []).map((id) => `${name} ${id}`)),
  );
  return [...new Set(named)].toSorted();
}

const edge = 'edge-20240923-x86_64';

for (const [database, atLeast] of [
  ['edge-20240924', 0],
  ['edge-20250601', 1],
  ['edge-20260101', 1],
  ['edge-20260822', 1],
] as const)
  test(`Alpine edge of 2024-09-23 by ${database}`, { skip: noApk }, async () => {
    const { document, status } = await scan(edge, await storeOf(database, database));
    const wanted = expected(edge, database);
    assert.ok(wanted.length >= atLeast);
    assert.deepEqual(found(document), wanted);
    assert.equal(document.coverage.level, 'complete');
    assert.equal(status, 0);
    const bar = await scan(edge, join(folder, `${database}.db`), '--fail-on', 'unknown,negligible');
    assert.equal(bar.status, wanted.length > 0 ? 1 : 0);
  });

test('a later import of an older database does not take its place', { skip: noApk }, async () => {
  const store = await storeOf('both', 'edge-20260822');
  const old = join(testData('alpine-secdb'), 'secdb/edge-20240924');
  await plimsoll(['db', 'import', '--db', store, old]);
  assert.deepEqual(found((await scan(edge, store)).document), expected(edge, 'edge-20260822'));
});

for (const [image, branch] of [
  ['3.12.12-x86_64', 'v3.12'],
  ['3.16.9-x86_64', 'v3.16'],
  ['3.18.9-x86_64', 'v3.18'],
  ['3.19.4-x86_64', 'v3.19'],
  ['3.20.3-aarch64', 'v3.20'],
] as const)
  test(
    `Alpine ${branch} has no data here, and is judged by no other branch`,
    {
      skip: noData,
    },
    async () => {
      const store = join(folder, 'stable.db');
      await stable;
      const { document, status } = await scan(image, store, '--fail-on', 'critical');
      assert.deepEqual(document.findings, []);
      assert.equal(document.coverage.level, 'none');
      // What is past its end of life says that too, from the day on that it is.
      const lacks = document.coverage.gaps.filter(({ code }) => code !== 'end-of-life');
      assert.deepEqual(
        lacks.map(({ code, subject, blocking }) => [code, subject, blocking]),
        [['no-advisory-data', `Alpine:${branch}`, true]],
      );
      assert.equal(status, 2);
      const shown = await plimsoll(['scan', '--db', store, `rootfs:${rootfs(image)}`]);
      assert.ok(shown.stdout.includes(`No advisory data for Alpine:${branch}`), shown.stdout);
      assert.ok(!shown.stdout.includes('No findings'));
    },
  );

/** Everything of edge, and the one stable branch whose image is at hand. */
const stable = noData ? undefined : storeOf('stable', 'edge-20260822', 'v3.9-20190620');

test('Alpine v3.9 is judged by its own branch beside edge', { skip: noApk }, async () => {
  await stable;
  const { document, status } = await scan('3.9.6-x86_64', join(folder, 'stable.db'));
  assert.deepEqual(found(document), expected('3.9.6-x86_64', 'v3.9-20190620'));
  const ecosystems = document.findings.flatMap(({ evidence }) => evidence);
  assert.ok(ecosystems.every(({ ecosystem }) => ecosystem === 'Alpine:v3.9'));
  assert.equal(status, 0);
});
