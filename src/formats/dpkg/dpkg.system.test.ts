// SPDX-License-Identifier: Apache-2.0
// The oracle is dpkg-query on the same database, for the Debian server of the data kit.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { noData, testData } from '../../../testing/data.ts';
import { canRun, missing } from '../../../testing/require.ts';
import { IssueList } from '../../model/issue.ts';
import { decodePath } from '../../model/path-bytes.ts';
import { parseFileList } from './info.ts';
import { dpkgStates, isPresent, parseDpkgStatus, type DpkgRecord } from './status.ts';

const noDpkg = missing('dpkg', canRun('dpkg-query'));

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-dpkg-'));

after(() => rmSync(folder, { recursive: true, force: true }));

function parse(text: string): readonly DpkgRecord[] {
  const issues = new IssueList();
  const records = parseDpkgStatus(text, '/status', issues);
  assert.deepEqual(issues.toArray(), []);
  return records;
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
    const archive = join(testData('debian12'), `bookworm-server-${variant}.dpkg-skeleton.tar.zst`);
    const unpacked = spawnSync('tar', ['-I', 'zstd', '-xf', archive, '-C', root]);
    assert.equal(unpacked.status, 0, String(unpacked.stderr));
    const admin = join(root, 'var/lib/dpkg');
    const records = parse(readFileSync(join(admin, 'status'), 'utf8'));
    assert.ok(records.length > 300);
    assert.deepEqual(records.map(answer).toSorted(), askDpkg(admin));
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
  const records = parse(text);
  assert.deepEqual(records.map(answer).toSorted(), askDpkg(admin));
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
