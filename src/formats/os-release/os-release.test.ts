// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseOsRelease } from './os-release.ts';

const lines: readonly (readonly [name: string, line: string, want: string])[] = [
  ['bare word', 'K=debian', 'debian'],
  ['double quotes', 'K="Debian GNU/Linux"', 'Debian GNU/Linux'],
  ['single quotes', 'K=\'a "b" \\c\'', 'a "b" \\c'],
  ['escapes in double quotes', 'K="a \\"b\\" \\$c \\` \\\\ \\n"', 'a "b" $c ` \\ \\n'],
  ['escapes outside of quotes', 'K=a\\ b\\"c', 'a b"c'],
  ['parts of a word', 'K="a b"\'c d\'e', 'a bc de'],
  ['empty', 'K=', ''],
  ['empty quotes', 'K=""', ''],
  ['a hash in a word', 'K=a#b', 'a#b'],
  ['equals signs', 'K="a=b"', 'a=b'],
];

for (const [name, line, want] of lines) {
  test(`os-release: ${name}`, () => {
    assert.equal(parseOsRelease(line).get('K'), want);
    const shell = spawnSync('sh', ['-c', `${line}\nprintf %s "$K"`], { encoding: 'utf8' });
    assert.equal(shell.stdout, want, 'the shell disagrees');
  });
}

test('comments, blank lines and what is no assignment are passed over; the last one wins', () => {
  const values = parseOsRelease('# ID=no\n\nID=a\r\nnonsense\nexport X=1\nID="b"\r\n=c\n');
  assert.deepEqual([...values], [['ID', 'b']]);
});

test('an open quote and any bytes end somewhere', () => {
  assert.equal(parseOsRelease('K="abc').get('K'), 'abc');
  fc.assert(fc.property(fc.string(), (text) => parseOsRelease(`K=${text}`).size >= 0));
});
