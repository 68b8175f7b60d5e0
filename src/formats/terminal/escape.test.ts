// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeProse, escapeForTerminal } from './escape.ts';

const cases: readonly (readonly [name: string, text: string, want: string])[] = [
  ['plain text stays', 'libssl3 3.0.11-1~deb12u1 (amd64)', 'libssl3 3.0.11-1~deb12u1 (amd64)'],
  ['letters of any script stay', 'bücher 漢字 пакет', 'bücher 漢字 пакет'],
  ['clear screen', '\x1b[2J', '\\x1b[2J'],
  ['hyperlink, OSC 8', '\x1b]8;;http://x\x07', '\\x1b]8;;http://x\\x07'],
  ['C1 control sequence introducer', '\x9b31m', '\\x9b31m'],
  ['back to the start of the line', 'a\rb\nc\td\be', 'a\\rb\\nc\\td\\x08e'],
  ['bidirectional override', 'a\u202ecod.exe', 'a\\u{202e}cod.exe'],
  ['bidirectional isolates', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['zero width space and joiner', 'a\u200bb\u200dc', 'a\\u{200b}b\\u{200d}c'],
  ['line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
  ['no-break space looks like a blank', 'a\u00a0b', 'a\\xa0b'],
  ['Hangul filler looks like nothing', 'a\u3164b', 'a\\u{3164}b'],
  ['a byte that is not UTF-8', 'a\udcff', 'a\\xff'],
  ['a lone surrogate from JSON', 'a\ud83d', 'a\\u{d83d}'],
  ['a pair of surrogates is a character', '😀', '😀'],
  ['delete', 'a\x7f', 'a\\x7f'],
  ['accents on one letter', 'a\u0301\u0301\u0301\u0301\u0301', 'a\u0301\u0301\u0301\u0301\\u{301}'],
];

for (const [name, text, want] of cases)
  test(`escape: ${name}`, () => assert.equal(escapeForTerminal(text), want));

test('escape: prose goes on one line', () => {
  assert.equal(escapeProse('  a\n\n  b\tc \r\n'), 'a b c');
});

test('escape: no control, format or surrogate character is ever left, and twice is once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeForTerminal(text);
      assert.doesNotMatch(escaped, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.equal(escapeForTerminal(escaped), escaped);
      assert.ok(escaped.isWellFormed());
    }),
  );
});
