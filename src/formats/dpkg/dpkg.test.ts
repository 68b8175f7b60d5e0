// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IssueList } from '../../model/issue.ts';
import { parseDeb822 } from './deb822.ts';
import { packageOfInfoFile, parseDiversions, parseFileList, parseMd5sums } from './info.ts';
import { parseDpkgStatus, type DpkgRecord } from './status.ts';

function parse(text: string): { records: DpkgRecord[]; issues: readonly string[] } {
  const issues = new IssueList();
  const records = parseDpkgStatus(text, '/status', issues);
  return { records, issues: issues.toArray().map((issue) => issue.message) };
}

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
  assert.deepEqual(
    [...parseFileList('/.\n/usr\n/usr/bin\n/usr/bin/a b\n/usr/binary\n/var\n')],
    ['/usr/bin/a b', '/usr/binary', '/var'],
  );
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
