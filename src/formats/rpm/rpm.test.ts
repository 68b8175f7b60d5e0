// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { IssueList } from '../../model/issue.ts';
import { readRpmDatabase, rpmDatabaseKind } from './database.ts';
import { RpmHeader, rpmTags } from './header.ts';
import { parseSourceRpm, rpmVersion, type RpmRecord } from './record.ts';
import { randomAccess } from '../../../testing/rpm-database.ts';

function read(bytes: Uint8Array): { records: RpmRecord[]; issues: readonly string[] } {
  const issues = new IssueList();
  const records = readRpmDatabase(randomAccess(bytes), '/db', issues) ?? [];
  return { records, issues: issues.toArray().map((issue) => issue.message) };
}

test('the kind is told by the first bytes; what is none of them gives nothing', () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('RpmP'),
    Buffer.alloc(4096),
    Buffer.from('\x7fELF'),
  ])
    assert.equal(rpmDatabaseKind(randomAccess(bytes)), undefined);
});

for (const [name, sql] of [
  [
    'a view',
    'CREATE VIEW Packages AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x AS hnum, zeroblob(9) AS blob FROM c',
  ],
  [
    'a computed column',
    'CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB AS (zeroblob(100000000)))',
  ],
  ['no table', 'CREATE TABLE Other (x)'],
] as const) {
  test(`SQLite with ${name} in place of rpm's table is not run`, () => {
    const database = new DatabaseSync(':memory:');
    database.exec(sql);
    const { records, issues } = read(database.serialize());
    database.close();
    assert.equal(records.length, 0);
    assert.match(issues.join(), /no table "Packages"/);
  });
}

test('a header that lies is refused or gives undefined', () => {
  const header = (entries: number, data: number, bytes: number): Buffer => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUInt32BE(entries, 0);
    buffer.writeUInt32BE(data, 4);
    return buffer;
  };
  for (const bytes of [
    Buffer.alloc(0),
    header(0, 0, 8),
    header(70000, 0, 8),
    header(1, 1 << 30, 24),
    header(2, 0, 24),
  ])
    assert.throws(() => RpmHeader.parse(bytes), { code: 'invalid' });
  const lying = header(1, 4, 28);
  lying.writeUInt32BE(rpmTags.baseNames, 8);
  lying.writeUInt32BE(8, 12);
  lying.writeUInt32BE(0xffffffff, 20);
  assert.equal(RpmHeader.parse(lying).texts(rpmTags.baseNames), undefined);
  lying.writeUInt32BE(4, 12);
  assert.equal(RpmHeader.parse(lying).numbers(rpmTags.baseNames), undefined);
});

test('versions and source packages are taken apart', () => {
  assert.equal(rpmVersion({ epoch: 1, version: '2', release: '3' }), '1:2-3');
  assert.equal(rpmVersion({ epoch: 0, version: '2', release: '3' }), '2-3');
  assert.equal(rpmVersion({ version: '2', release: '3' }), '2-3');
  for (const [file, want] of [
    ['openssl-1.1.1k-9.el8.src.rpm', { name: 'openssl', version: '1.1.1k-9.el8' }],
    [
      'java-1.8.0-openjdk-1.8.0.352.b08-2.el8.src.rpm',
      { name: 'java-1.8.0-openjdk', version: '1.8.0.352.b08-2.el8' },
    ],
    ['x-1-2.nosrc.rpm', { name: 'x', version: '1-2' }],
    ['(none)', undefined],
    ['x-1.src.rpm', undefined],
  ] as const)
    assert.deepEqual(parseSourceRpm(file), want, file);
});
