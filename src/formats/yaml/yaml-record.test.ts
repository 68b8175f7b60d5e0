// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IssueList } from '../../model/issue.ts';
import { nestsTooDeep, yamlNestingMax } from './yaml-nesting.ts';
import { readYamlRecord, yamlSizeBytesMax } from './yaml-record.ts';

const max = yamlNestingMax;

for (const [name, text, isTooDeep] of [
  ['lists', '['.repeat(max) + ']'.repeat(max), false],
  ['lists', '['.repeat(max + 1), true],
  ['maps', '{a: '.repeat(max + 1), true],
  ['both', '[{a: '.repeat(max / 2 + 1), true],
  ['items in a line', `${'- '.repeat(max)}x`, false],
  ['items in a line', `${'- '.repeat(max + 1)}x`, true],
  ['keys in a line', `${'? '.repeat(max + 1)}x`, true],
  ['lists beside each other', '- [a]\n'.repeat(max * 2), false],
  ['lists in a list', `[${'[a], '.repeat(max * 2)}]`, false],
  ['a map of many keys', `{${'a: b, '.repeat(max * 2)}}`, false],
  ['items of lines', '- a\n'.repeat(max * 2), false],
  ['what a text says', `a: "${'['.repeat(max * 2)}"\nb: |\n  ${'- '.repeat(max * 2)}\n`, false],
  ['what a plain text says', `a: x${'['.repeat(max * 2)}\n`, false],
] as const)
  test(`YAML: ${name}, ${text.length} characters, nest ${isTooDeep ? 'too deep' : 'well'}`, () =>
    assert.equal(nestsTooDeep(text), isTooDeep));

test('YAML: the largest text that only nests is refused without being parsed', () => {
  for (const unit of ['[', '{a: ', '- ', '? ']) {
    const issues = new IssueList();
    const text = unit.repeat(yamlSizeBytesMax / unit.length);
    assert.equal(readYamlRecord(Buffer.from(text), 'x.yml', issues), undefined);
    const [issue] = issues.toArray();
    assert.match(issue!.message, /nests more than 100 deep/);
    assert.deepEqual([issue!.fatal, issue!.where], [true, 'x.yml']);
  }
});
