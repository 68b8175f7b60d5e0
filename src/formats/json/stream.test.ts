// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonText } from './stream.ts';

function text(value: unknown, levels = 2): string {
  return [...jsonText(value, levels)].join('');
}

test('json: members of the outer levels stand on lines of their own', () => {
  assert.equal(
    text({ a: 1, b: [{ c: 2, d: [3] }, 4], e: [], f: {}, g: undefined, h: null }),
    '{\n  "a": 1,\n  "b": [\n    {"c":2,"d":[3]},\n    4\n  ],\n  "e": [],\n  "f": {},\n  "h": null\n}',
  );
});

test('json: a generator is an array, consumed as it is written', () => {
  let made = 0;
  function* numbers(): Iterable<number> {
    for (let at = 0; at < 3; at++) {
      made++;
      yield at;
    }
  }
  const pieces = jsonText({ a: numbers() }, 2)[Symbol.iterator]();
  let seen = '';
  while (!seen.includes('0')) seen += String(pieces.next().value);
  assert.equal(made, 1);
  assert.equal(text({ a: numbers() }, 1), '{\n  "a": [0,1,2]\n}');
});

test('json: a date is its text at every level', () => {
  assert.equal(text({ at: new Date(0) }), '{\n  "at": "1970-01-01T00:00:00.000Z"\n}');
});

test('json: a lone surrogate becomes U+FFFD, a backslash before letters stays', () => {
  assert.equal(
    JSON.parse(text({ a: 'x\udcff\\udc80\\\\ud800' }).trim()).a,
    'x\ufffd\\udc80\\\\ud800',
  );
});

test('json: what terminals obey or hide is escaped, and reads back as itself', () => {
  const hostile = 'a\u001b[2J\u009b2J\u007f\u202e\u2066\u200b\u2028\ufeff\u061c\u0085é漢😀';
  const written = text({ [hostile]: hostile });
  assert.doesNotMatch(
    written,
    /[^\P{Cc}\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u,
  );
  assert.match(written, /é漢😀/);
  assert.deepEqual(JSON.parse(written), { [hostile]: hostile });
});

test('json: every value reads back as itself, well-formed', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.nat(4), (value, levels) => {
      const written = text(value, levels);
      assert.ok(written.isWellFormed());
      assert.deepEqual(JSON.parse(written), JSON.parse(wellFormed(value)));
    }),
  );
});

function wellFormed(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' ? member.toWellFormed() : member,
  );
}
