// SPDX-License-Identifier: Apache-2.0
// The oracle is dpkg-query on the same database, for the Debian server of the data kit.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { dataFolder, noData } from '../../../testing/data.ts';
import { canRun, missing } from '../../../testing/require.ts';
import { IssueList } from '../../model/issue.ts';
import { decodePath } from '../../model/path-bytes.ts';
import { parseDeb822 } from './deb822.ts';
import { packageOfInfoFile, parseDiversions, parseFileList, parseMd5sums } from './info.ts';
import { dpkgStates, isPresent, parseDpkgStatus, type DpkgRecord } from './status.ts';

const noDpkg = missing('dpkg', canRun('dpkg-query'));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-dpkg-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function parse(text: string): { records: DpkgRecord[]; issues: readonly string[] } {
  const issues = new IssueList();
  const records = parseDpkgStatus(text, '/status', issues);
  return { records, issues: issues.toArray().map((issue) => issue.message) };
}

const questions =
  '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${db:Status-Status}\n';

function askDpkg(admin: string): readonly string[] {
  const result = spawnSync('dpkg-query', [`--admindir=${admin}`, '-W', `-f=${questions}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.equal(result.status, 0, result.stderr);
  return result.stdout.split('\n').filter(Boolean).sort();
}

function answer(record: DpkgRecord): string {
  const source = record.source ?? record;
  const { name, version, architecture, state } = record;
  return [name, version, architecture, source.name, source.version, state].join('\t');
}

test('a Debian server: every record is what dpkg-query says', { skip: noData || noDpkg }, () => {
  for (const variant of ['main', 'patched']) {
    const root = join(folder, variant);
    mkdirSync(root);
    const data = join(dataFolder, 'debian12.tar.zst');
    const member = `bookworm-server-${variant}.dpkg-skeleton.tar.zst`;
    const command = `tar -I zstd -xOf "$1" --wildcards "*$2" | tar -I zstd -xf - -C "$3"`;
    const unpacked = spawnSync('sh', ['-c', command, 'sh', data, member, root]);
    assert.equal(unpacked.status, 0, String(unpacked.stderr));
    const admin = join(root, 'var/lib/dpkg');
    const { records, issues } = parse(readFileSync(join(admin, 'status'), 'utf8'));
    assert.deepEqual(issues, []);
    assert.ok(records.length > 300);
    assert.deepEqual(records.map(answer).sort(), askDpkg(admin));
    checkFileLists(admin);
  }
});

/** A kept path is dpkg's own; a dropped one is a folder of a kept one. */
function checkFileLists(admin: string): void {
  const names = readdirSync(join(admin, 'info')).filter((name) => name.endsWith('.list'));
  assert.ok(names.length > 300);
  for (const name of names) {
    const text = decodePath(readFileSync(join(admin, 'info', name)));
    const kept = new Set(parseFileList(text));
    const folders = new Set<string>();
    for (const path of kept)
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
        folders.add(path.slice(0, at));
    for (const path of text.split('\n').slice(1, -1))
      assert.ok(kept.has(path) || folders.has(path), `${name}: ${path}`);
  }
}

test('the states: dpkg-query agrees on a database that has all of them', { skip: noDpkg }, () => {
  const admin = join(folder, 'states');
  mkdirSync(join(admin, 'updates'), { recursive: true });
  mkdirSync(join(admin, 'info'));
  const trigger = {
    'triggers-awaited': 'Triggers-Awaited: other\n',
    'triggers-pending': 'Triggers-Pending: x\n',
  };
  const text = dpkgStates
    .filter((state) => state !== 'not-installed')
    .map(
      (state) =>
        `Package: a-${state}\nStatus: hold ok ${state}\nArchitecture: all\n${trigger[state as 'triggers-awaited'] ?? ''}Maintainer: x <x@example.org>\nSource: s (1:0.9)\nVersion: 1:1.0-1\nDescription: x\n y\n .\n z\n`,
    )
    .join('\n');
  writeFileSync(join(admin, 'status'), text);
  const { records, issues } = parse(text);
  assert.deepEqual(issues, []);
  assert.deepEqual(records.map(answer).sort(), askDpkg(admin));
  assert.deepEqual(
    records.filter((record) => isPresent(record.state)).map((record) => record.state),
    [
      'half-installed',
      'unpacked',
      'half-configured',
      'triggers-awaited',
      'triggers-pending',
      'installed',
    ],
  );
});

test('a record of status.d has no status and is installed; its source names its own version', () => {
  const { records } = parse('Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n');
  assert.deepEqual(records, [
    { name: 'tzdata', version: '2024a-0+deb12u1', architecture: 'all', state: 'installed' },
  ]);
  const [record] = parse('Package: a\nSource: b\nVersion: 1:1+b1\nArchitecture: all\n').records;
  assert.deepEqual(record!.source, { name: 'b', version: '1:1+b1' });
});

test('a damaged record is an issue and hides none beside it', () => {
  const good = (name: string): string =>
    `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`;
  for (const [name, text, names, issues] of [
    ['no version', `Package: a\nStatus: install ok installed\n\n${good('b')}`, ['b'], 1],
    ['no name', `Version: 1\n\n${good('b')}`, ['b'], 1],
    ['a path as its name', `${good('../a')}\n${good('b')}`, ['b'], 1],
    ['unknown state', `Package: a\nStatus: install ok gone\n\n${good('b')}`, ['b'], 1],
    ['lost blank line', `${good('a')}${good('b')}`, ['a', 'b'], 1],
    ['given twice', `${good('a')}Version: 2\n\n${good('b')}`, ['a', 'b'], 1],
    ['no colon', `${good('a')}nonsense\n\n${good('b')}`, ['a', 'b'], 1],
    ['carriage returns', `${good('a')}\n${good('b')}`.replaceAll('\n', '\r\n'), ['a', 'b'], 0],
    ['no end of line', `${good('a')}\n${good('b')}`.trimEnd(), ['a', 'b'], 0],
    ['not a database', '\0\0\0\0', [], 2],
  ] as const) {
    const result = parse(text);
    assert.deepEqual(
      result.records.map((record) => record.name),
      names,
      name,
    );
    assert.equal(result.issues.length, issues, `${name}: ${result.issues.join()}`);
    for (const record of result.records) assert.equal(record.version, '1', name);
  }
});

test('configuration files come with the hash they were shipped with', () => {
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  const { records } = parse(
    `Package: a\nVersion: 1\nConffiles:\n /etc/a b ${md5}\n /etc/new newconffile\n /etc/old ${md5} obsolete\nArchitecture: all\n`,
  );
  assert.deepEqual(records[0]!.conffiles, [{ path: '/etc/a b', md5 }, { path: '/etc/new' }]);
});

test('lists, sums and diversions are read line by line', () => {
  assert.deepEqual(packageOfInfoFile('libc6:amd64.list'), { name: 'libc6', architecture: 'amd64' });
  assert.deepEqual(packageOfInfoFile('g++-12.md5sums'), { name: 'g++-12' });
  assert.deepEqual(packageOfInfoFile('python3.11.list'), { name: 'python3.11' });
  assert.deepEqual(parseFileList('/.\n/usr\n/usr/bin\n/usr/bin/a b\n/usr/binary\n/var\n'), [
    '/usr/bin/a b',
    '/usr/binary',
    '/var',
  ]);
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  assert.deepEqual(
    [...parseMd5sums(`${md5}  usr/bin/a b\n${md5} *x\nnonsense\n${md5}  ./y`)],
    ['/usr/bin/a b', '/x', '/y'].map((path) => ({ path, md5 })),
  );
  assert.deepEqual(parseDiversions('/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n/cut'), [
    { from: '/bin/sh', to: '/bin/sh.distrib', by: 'dash' },
    { from: '/a', to: '/b' },
  ]);
});

test('any text is read to its end', () => {
  const line = fc.oneof(
    fc.constantFrom('Package: a', 'Version: 1', '', ' x', ':', '#c'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      const count = [...parseDeb822(text)].length;
      assert.ok(count <= lines.length);
      parse(text);
    }),
  );
});
