// SPDX-License-Identifier: Apache-2.0
// A scan answers whatever is wrong with the state folder: what it cannot keep it reads again, and
// what it cannot fetch for want of a place it says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { startFeedServer } from '../../testing/feed-server.ts';
import { noMounts, withReadOnly, withSmall } from '../../testing/mount-namespace.ts';
import { plimsoll, type RunResult } from '../../testing/plimsoll.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

interface Scanned {
  readonly gaps: readonly string[];
  readonly packages: readonly string[];
  readonly findings: readonly string[];
  readonly stderr: string;
}

/** A system with one package, in a folder. */
function makeRootfs(context: TestContext): string {
  const root = temporaryFolder(context);
  for (const folder of ['etc', 'lib', 'lib/apk', 'lib/apk/db']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'etc/os-release'), 'ID=alpine\nVERSION_ID=3.20.3\n');
  writeFileSync(join(root, 'lib/apk/db/installed'), 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n');
  return root;
}

function answerOf({ status, stdout, stderr }: RunResult): Scanned {
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /^error:|internal:/m);
  const document = JSON.parse(stdout) as {
    coverage: { gaps: { code: string }[] };
    packages: { name: string }[];
    findings: { id: string }[];
  };
  return {
    gaps: document.coverage.gaps.map(({ code }) => code),
    packages: document.packages.map(({ name }) => name),
    findings: document.findings.map(({ id }) => id),
    stderr,
  };
}

/** Scans with the advisories of a server on loopback at hand. */
async function scanOnline(
  context: TestContext,
  home: string,
  under: readonly string[] = [],
): Promise<Scanned> {
  const server = await startFeedServer();
  context.after(() => server.close());
  const secdb = {
    distroversion: 'v3.20',
    reponame: 'main',
    packages: [{ pkg: { name: 'musl', secfixes: { '1.2.5-r1': ['CVE-2030-0001'] } } }],
  };
  server.files.set('secdb.alpinelinux.org/v3.20/main.json', { body: JSON.stringify(secdb) });
  const result = await plimsoll(['scan', '--json', `rootfs:${makeRootfs(context)}`], {
    env: { PLIMSOLL_HOME: home, PLIMSOLL_FEED_MIRROR: server.url },
    online: true,
    under,
  });
  return answerOf(result);
}

test('a state folder that can be written is used', async (context) => {
  const home = temporaryFolder(context);
  const { gaps, packages, findings, stderr } = await scanOnline(context, home);
  assert.deepEqual(packages, ['musl']);
  assert.deepEqual(findings, ['CVE-2030-0001']);
  assert.ok(!stderr.includes('layer cache not used'), stderr);
  assert.ok(readdirSync(home).includes('layers.sqlite'));
  assert.ok(!gaps.includes('advisories-not-fetched'), gaps.join());
});

test('a state folder that is a file', async (context) => {
  const home = join(temporaryFolder(context), 'home');
  writeFileSync(home, '');
  const { gaps, packages, stderr } = await scanOnline(context, home);
  assert.deepEqual(packages, ['musl']);
  assert.match(stderr, /^layer cache not used: /m);
  assert.ok(gaps.includes('advisories-not-fetched'), gaps.join());
});

test('a state folder on a read-only mount', { skip: noMounts }, async (context) => {
  const home = temporaryFolder(context);
  const { gaps, packages, stderr } = await scanOnline(context, home, withReadOnly(home));
  assert.deepEqual(packages, ['musl']);
  assert.match(stderr, /^layer cache not used: /m);
  assert.ok(gaps.includes('advisories-not-fetched'), gaps.join());
});

test('a state folder on a full disk', { skip: noMounts }, async (context) => {
  for (const sizeBytesMax of [4096, 16_384, 65_536, 131_072]) {
    const home = temporaryFolder(context);
    const under = withSmall(home, sizeBytesMax);
    const { gaps, packages } = await scanOnline(context, home, under);
    assert.deepEqual(packages, ['musl']);
    assert.ok(gaps.includes('advisories-not-fetched'), `${sizeBytesMax}: ${gaps.join()}`);
  }
});

test('a cache of layers that is damaged, or something else', async (context) => {
  const makers: readonly ((file: string) => void)[] = [
    (file) => writeFileSync(file, 'no database '.repeat(100)),
    (file) => {
      const database = new DatabaseSync(file);
      database.exec('CREATE TABLE somebodys (thing)');
      database.close();
    },
  ];
  for (const make of makers) {
    const home = temporaryFolder(context);
    make(join(home, 'layers.sqlite'));
    const { packages, stderr } = await scanOnline(context, home);
    assert.deepEqual(packages, ['musl']);
    assert.match(stderr, /^layer cache not used: /m);
  }
});

test('downloads that have no place', async (context) => {
  const home = temporaryFolder(context);
  writeFileSync(join(home, 'downloads'), '');
  const { gaps } = await scanOnline(context, home);
  assert.ok(gaps.includes('advisories-not-fetched'), gaps.join());
});

/** A store with one advisory about musl, in a folder of its own. */
async function makeStore(context: TestContext): Promise<string> {
  const folder = temporaryFolder(context);
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99' }] };
  const record = {
    id: 'CVE-2030-0002',
    modified: '2030-01-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'Alpine:v3.20', name: 'musl' }, ranges: [range] }],
  };
  const file = join(folder, 'record.json');
  writeFileSync(file, JSON.stringify(record));
  const database = join(folder, 'advisories.db');
  const imported = await plimsoll(['db', 'import', '--db', database, file]);
  assert.equal(imported.status, 0, imported.stderr);
  return database;
}

test('an advisory store on a read-only mount is read', { skip: noMounts }, async (context) => {
  const database = await makeStore(context);
  const under = withReadOnly(dirname(database));
  const scan = ['scan', '--json', '--db', database, `rootfs:${makeRootfs(context)}`];
  const { findings } = answerOf(await plimsoll(scan, { under }));
  assert.deepEqual(findings, ['CVE-2030-0002']);
  const status = await plimsoll(['db', 'status', '--db', database], { under });
  assert.equal(status.status, 0, status.stderr);
  assert.match(status.stdout, /Alpine/);
});

test(
  'changes that a killed writer left are not passed over',
  { skip: noMounts },
  async (context) => {
    const database = await makeStore(context);
    const kill = `const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(${JSON.stringify(database)});
    database.exec('PRAGMA journal_mode = WAL; DELETE FROM package');
    process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['-e', kill]);
    assert.ok(statSync(`${database}-wal`).size > 0);
    const scan = ['scan', '--json', '--db', database, `rootfs:${makeRootfs(context)}`];
    rmSync(`${database}-shm`);
    const refused = await plimsoll(scan, { under: withReadOnly(dirname(database)) });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /^hint: copy it and .*-wal" to a folder that can be written$/m);
    assert.deepEqual(answerOf(await plimsoll(scan)).findings, []);
  },
);
