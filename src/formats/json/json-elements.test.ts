// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonElements, type JsonElement } from './json-elements.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function elements(
  text: string,
  size = 3,
  descend: readonly string[] = [],
  elementBytesMax = 1000,
): Promise<readonly JsonElement[]> {
  return Array.fromAsync(jsonElements(inPieces(text, size), { descend, elementBytesMax }));
}

test('the elements are those that JSON.parse gives, wherever the chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0, 1),
      async (value, size, indent) => {
        const text = JSON.stringify(value, null, indent);
        const expected = Array.isArray(value)
          ? (JSON.parse(text) as unknown[]).map((one) => ({ value: one }))
          : Object.entries(JSON.parse(text) as object).map(([key, one]) => ({ key, value: one }));
        // Names like 1 sort first in an object and not in its text.
        const sorted = (list: readonly JsonElement[]): readonly JsonElement[] =>
          list.toSorted((a, b) => (a.key ?? '').localeCompare(b.key ?? ''));
        const found = await elements(text, size, [], 100_000);
        assert.deepEqual(sorted(found), sorted(expected));
      },
    ),
  );
});

test('named members of the root are read element by element', async () => {
  const text = '{"a": 1, "list": [ {"x": [1, "]"]}, 2 ], "map": {"k": "v"}, "b": {"list": [3]}}';
  for (const size of [1, 2, 5, 100])
    assert.deepEqual(await elements(text, size, ['list', 'map']), [
      { key: 'a', value: 1 },
      { within: 'list', value: { x: [1, ']'] } },
      { within: 'list', value: 2 },
      { within: 'map', key: 'k', value: 'v' },
      { key: 'b', value: { list: [3] } },
    ]);
});

test('what is no JSON document is refused', async () => {
  for (const wrong of [
    '',
    ' ',
    '7',
    '"x"',
    '<html>',
    '[1',
    '[1}',
    '{"a":}',
    '{"a"}',
    '{1:2}',
    '[1 2]',
    '[1]]',
    '[1] x',
    '{"a":[1}',
    '["',
    '[{"a":1]',
    '{"a":1',
  ])
    await assert.rejects(elements(wrong, 2, ['a']), { code: 'invalid' }, wrong);
  await assert.rejects(elements(`["${'x'.repeat(2000)}"]`), { code: 'limit' });
  await assert.rejects(elements(`["${'x'.repeat(2000)}`), { code: 'limit' });
});
