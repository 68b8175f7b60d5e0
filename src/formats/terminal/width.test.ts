// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeForTerminal } from './escape.ts';
import { displayWidth, pad, truncate, wrap } from './width.ts';

const printable = fc.string({ unit: 'grapheme' }).map(escapeForTerminal);

test('width: wide characters take two cells, marks none', () => {
  for (const [text, cells] of [
    ['', 0],
    ['abc', 3],
    ['漢字', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['😀', 2],
    ['각', 2],
    ['\u1100\u1161\u11a8', 2],
    ['…', 1],
  ] as const)
    assert.equal(displayWidth(text), cells, JSON.stringify(text));
});

test('width: agrees with the Unicode data that Python carries', (context) => {
  // Every assigned character from U+0300 on that is neither invisible nor private.
  const program = `
import unicodedata, json
json.dump([c for c in range(0x300, 0x110000)
  if unicodedata.category(chr(c)) not in ('Cn', 'Co', 'Cs', 'Cf', 'Mn', 'Mc', 'Me')
  and unicodedata.east_asian_width(chr(c)) in 'WF'], __import__('sys').stdout)`;
  const python = spawnSync('python3', ['-c', program], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (python.status !== 0) return context.skip('python3 is not here');
  const wide = JSON.parse(python.stdout) as readonly number[];
  assert.ok(wide.length > 100_000);
  const wrong = wide.filter((code) => displayWidth(String.fromCodePoint(code)) !== 2);
  assert.deepEqual(
    wrong.map((code) => code.toString(16)),
    [],
  );
});

test('width: a truncated text fits and is a beginning of the whole', () => {
  fc.assert(
    fc.property(printable, fc.nat(40), (text, cells) => {
      const short = truncate(text, cells);
      assert.ok(displayWidth(short) <= cells);
      if (short !== text && cells > 0)
        assert.ok(short.endsWith('…') && text.startsWith(short.slice(0, -1).trimEnd()));
    }),
  );
});

test('width: wrapped lines fit and lose nothing but blanks', () => {
  fc.assert(
    fc.property(printable, fc.integer({ min: 2, max: 40 }), (text, cells) => {
      const lines = wrap(text, cells);
      for (const line of lines) assert.ok(displayWidth(line) <= cells, JSON.stringify(line));
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    }),
  );
});

test('width: words are kept whole where they fit', () => {
  assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
  assert.deepEqual(wrap('extraordinary', 5), ['extra', 'ordin', 'ary']);
  assert.deepEqual(wrap('', 5), ['']);
});

test('width: figures are set to the right', () => {
  assert.equal(pad('7', 3, 'right'), '  7');
  assert.equal(pad('漢', 3), '漢 ');
});
