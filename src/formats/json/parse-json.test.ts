// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonDepthMax, jsonValuesMax, parseJson } from './parse-json.ts';

function nested(open: string, close: string, depth: number): string {
  return open.repeat(depth) + close.repeat(depth);
}

test('parse json: what nests too deeply is refused before it costs memory', () => {
  assert.ok(parseJson(nested('[', ']', jsonDepthMax)));
  for (const text of [
    nested('[', ']', jsonDepthMax + 1),
    '['.repeat(1e6),
    `{"a":[${nested('{"b":[', ']}', jsonDepthMax)}]}`,
  ])
    assert.throws(() => parseJson(text), { code: 'limit' });
});

test('parse json: too many values are refused', () => {
  assert.throws(() => parseJson(`[${'[],'.repeat(jsonValuesMax / 2 + 1)}1]`), { code: 'limit' });
  assert.throws(() => parseJson('[1,2,3]', 2), { code: 'limit' });
  assert.deepEqual(parseJson('[1,2,3]', 3), [1, 2, 3]);
});

test('parse json: brackets in strings do not count, however quotes are escaped', () => {
  for (const content of ['['.repeat(1000), `\\"${'{'.repeat(1000)}`, '\\\\', '\\\\\\"[', '"', '']) {
    const text = JSON.stringify({ a: content, b: ['x'] });
    assert.deepEqual(parseJson(text), { a: content, b: ['x'] });
  }
  assert.throws(() => parseJson(`"\\\\"${'['.repeat(1000)}`), { code: 'limit' });
});

test('parse json: everything else is what JSON.parse says', () => {
  const outcome = (parse: (text: string) => unknown, text: string): unknown => {
    try {
      return parse(text);
    } catch (error) {
      return (error as Error).name;
    }
  };
  const texts = fc.oneof(
    fc.json(),
    fc.string({ unit: fc.constantFrom(...Array.from('[]{}",:\\1ax ')) }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.deepEqual(outcome(parseJson, text), outcome(JSON.parse, text));
    }),
  );
});
