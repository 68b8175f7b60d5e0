// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IssueList } from '../../model/issue.ts';
import { parseApkInstalled, type ApkRecord } from './installed.ts';

function parse(text: string): { records: ApkRecord[]; issues: readonly string[] } {
  const issues = new IssueList();
  const records = parseApkInstalled(text, '/installed', issues);
  return { records, issues: issues.toArray().map((issue) => issue.message) };
}

test('a damaged record is an issue and hides none beside it', () => {
  for (const [name, text, want, issues] of [
    ['no version', 'P:a\n\nP:b\nV:1\n', ['b'], 1],
    ['lost blank line', 'P:a\nV:1\nP:b\nV:1\n', ['a', 'b'], 0],
    ['file without folder', 'P:a\nV:1\nR:x\n\nP:b\nV:1\n', ['a', 'b'], 1],
    ['file with a path', 'P:a\nV:1\nF:etc\nR:../x\n\nP:b\nV:1\n', ['a', 'b'], 1],
    ['no colon', 'P:a\nV:1\nxx\n\nP:b\nV:1', ['a', 'b'], 1],
    ['carriage returns', 'P:a\r\nV:1\r\n\r\nP:b\r\nV:1\r\n', ['a', 'b'], 0],
    ['blank lines', '\n\n\nP:a\nV:1\n\n\nP:b\nV:1\n\n\n', ['a', 'b'], 0],
    ['not a database', '\0\0\0', [], 1],
  ] as const) {
    const result = parse(text);
    assert.deepEqual(
      result.records.map((record) => record.name),
      want,
      name,
    );
    assert.equal(result.issues.length, issues, `${name}: ${result.issues.join()}`);
    for (const record of result.records) assert.equal(record.version, '1', name);
  }
});

test('files stand in their folder; the root folder is empty; only a whole SHA-1 is a hash', () => {
  const { records } = parse(
    'P:a\nV:1\nF:\nR:init\nF:usr/bin/\nM:0:0:1777\nR:x y\na:0:0:755\nZ:Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=\nR:z\nZ:Q2AAAA\n',
  );
  assert.deepEqual(records[0]!.files, [
    { path: '/init' },
    { path: '/usr/bin/x y', sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    { path: '/usr/bin/z' },
  ]);
});

test('any text is read to its end', () => {
  const line = fc.oneof(fc.constantFrom('P:a', 'V:1', '', 'F:x', 'R:y', 'Z:Q1', ':'), fc.string());
  fc.assert(fc.property(fc.array(line), (lines) => void parse(lines.join('\n'))));
});

test('a folder of a million slashes is read at once', () => {
  const issues = new IssueList();
  const text = `P:x\nV:1\nF:a${'/'.repeat(1e6)}b\nR:c\nF:/d///\nR:e\n\n`;
  const [record] = parseApkInstalled(text, 'installed', issues);
  assert.equal(record?.files.length, 2);
  assert.equal(record?.files[1]?.path, '/d/e');
});
