// SPDX-License-Identifier: Apache-2.0
// The small version tables of the data kit: `1.0 < 1.1` per line. Where a line says something else
// than the real tool, or compares what the tool's own specification calls invalid, it stands in
// `exceptions` with our answer and the reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../../../testing/data.ts';
import { compareApk } from './apk.ts';
import { compareDpkg } from './dpkg.ts';
import { compareMaven } from './maven.ts';
import { comparePep440 } from './pep440.ts';
import { compareRpm } from './rpm.ts';
import { compareRubygems } from './rubygems.ts';
import { compareSemver } from './semver.ts';
import type { VersionOrder } from './version-order.ts';

interface Table {
  readonly file: string;
  readonly compare: VersionOrder;
  readonly lines: number;
  /** Pattern of lines and why nobody can tell. */
  readonly cannotTell: readonly (readonly [RegExp, string])[];
  /** Lines that the real tool contradicts, with its answer. */
  readonly wrong?: Readonly<Record<string, string>>;
}

const tables: readonly Table[] = [
  { file: 'debian', compare: compareDpkg, lines: 30, cannotTell: [] },
  { file: 'redhat', compare: compareRpm, lines: 165, cannotTell: [] },
  {
    file: 'alpine',
    compare: compareApk,
    lines: 778,
    cannotTell: [
      [/-r(-| |$)|-r0-|ruff/, 'a revision is -r and digits'],
      [/\.\.|\.r|(^| )\./, 'a component is empty or no number'],
      [
        /[A-Z]|^[a-z]|[a-z][0-9a-z]/,
        'one lower-case letter at most, and nothing directly after it',
      ],
      [/_(blah|csv|foo)/, 'an unknown suffix'],
    ],
  },
  { file: 'semver', compare: compareSemver, lines: 86, cannotTell: [] },
  {
    file: 'pypi',
    compare: comparePep440,
    lines: 37,
    cannotTell: [[/-[a-z]/, 'legacy versions have no order in PEP 440']],
  },
  {
    file: 'maven',
    compare: compareMaven,
    lines: 102,
    cannotTell: [],
    // As org.apache.maven.artifact.versioning.ComparableVersion of Maven 3.8.7 says.
    wrong: { '1-1 = 1-ga-1': '>' },
  },
  {
    file: 'rubygems',
    compare: compareRubygems,
    lines: 25,
    cannotTell: [[/1(beta|gamma)/, 'Gem::Version refuses it as malformed']],
  },
];

for (const table of tables)
  test(`${table.file} versions are in the order of the published table`, { skip: noData }, () => {
    const path = join(testData('fixtures'), 'version', `${table.file}-versions.txt`);
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => /^[^#/]/.test(line));
    assert.equal(lines.length, table.lines);
    for (const line of lines) {
      const [left, operator, right] = line.split(' ');
      const found = sign(table.compare(left!, right!));
      if (found === '?') assert.ok(isException(table, line), `${line}: cannot tell`);
      else assert.equal(found, table.wrong?.[line] ?? operator, line);
    }
  });

function isException(table: Table, line: string): boolean {
  return table.cannotTell.some(([pattern]) => pattern.test(line));
}

function sign(order: number | undefined): string {
  return order === undefined ? '?' : order < 0 ? '<' : order > 0 ? '>' : '=';
}

test('maven: a word that is a name of what objects inherit is a word', () => {
  assert.ok(compareMaven('1-constructor1', '1-d1')! < 0);
  assert.ok(compareMaven('1-valueof1', '1-w1')! < 0);
});
