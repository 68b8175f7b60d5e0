// SPDX-License-Identifier: Apache-2.0
// Oracles: the scores that CNAs and CISA published with their vectors (39,000 of them), and the
// examples of FIRST's specifications.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { dataFolder, noData } from '../../../testing/data.ts';
import { scoreCvssVector } from './cvss.ts';
import { macroVectorScores } from './cvss4-tables.ts';

/** Vectors that are only published with a score that the specification does not give. */
const publishedWrongly: Readonly<Record<string, number>> = {
  'CVSS:3.0/AV:N/AC:L/PR:L/UI:R/S:U/C:L/I:N/A:N': 4.6,
  'CVSS:3.1/AV:L/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:N': 7.8,
  'CVSS:3.1/AV:P/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H': 7.4,
  // Ties that calculators before November 2024 rounded down: 5.65 and 5.05.
  'CVSS:4.0/AV:N/AC:H/AT:P/PR:H/UI:A/VC:L/VI:H/VA:N/SC:N/SI:N/SA:N': 5.6,
  'CVSS:4.0/AV:N/AC:L/AT:P/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:H/SA:N/RE:L/U:Green': 5,
};

/** How often each score was published for each vector. */
function publishedScores(): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const file = join(dataFolder, 'cve-severity-vulnrichment-20241024.jsonl.zst');
  const published = new Map<string, Map<number, number>>();
  for (const line of zstdDecompressSync(readFileSync(file)).toString('utf8').split('\n')) {
    if (line === '') continue;
    const { cvss } = JSON.parse(line) as { cvss?: [string, string, number, string][] };
    for (const [metric, vector, score] of cvss ?? []) {
      // With temporal metrics of version 3, publishers state the temporal score at times.
      if (metric.startsWith('cvssV3') && vector.split('/').length > 9) continue;
      const scores = published.get(vector) ?? new Map<number, number>();
      published.set(vector, scores.set(score, (scores.get(score) ?? 0) + 1));
    }
  }
  return published;
}

test('every published vector has the score that most publishers gave it', { skip: noData }, () => {
  const published = publishedScores();
  assert.equal(published.size, 2206);
  for (const [vector, scores] of published) {
    const score = scoreCvssVector(vector)?.score ?? -1;
    const most = Math.max(...scores.values());
    if (scores.get(score) === most) continue;
    assert.deepEqual([...scores.keys()], [publishedWrongly[vector]], vector);
  }
});

for (const [vector, score] of [
  // https://www.first.org/cvss/v2/guide section 3.3
  ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
  ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
  // https://www.first.org/cvss/v3.1/examples
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
  ['CVSS:3.1/AV:L/AC:H/PR:H/UI:N/S:C/C:H/I:H/A:H', 7.5],
  // https://www.first.org/cvss/v4.0/examples
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A', 7.3],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
  // No impact at all.
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
  ['(AV:L/AC:H/Au:N/C:N/I:N/A:N)', 0],
] as const)
  test(`${vector} is ${score}`, () => {
    assert.equal(scoreCvssVector(vector)?.score, score);
  });

for (const text of [
  '',
  'HIGH',
  'CVSS:3.1/AV:N',
  'CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Q',
  'CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:S',
  'CVSS:3.1/constructor:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  `CVSS:3.1/${'A'.repeat(100_000)}`,
])
  test(`no score for ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.equal(scoreCvssVector(text), undefined);
  });

test('each of the 270 MacroVectors has a score, and a lower level never a higher one', () => {
  assert.equal(macroVectorScores.size, 270);
  for (const [vector, score] of macroVectorScores)
    for (let at = 0; at < 6; at++) {
      const lower = Array.from(vector)
        .map((digit, index) => Number(digit) + Number(index === at))
        .join('');
      assert.ok((macroVectorScores.get(lower) ?? 0) <= score, `${vector} ${lower}`);
    }
});

test('any text has an answer', () => {
  const part = fc.constantFrom(
    'CVSS:4.0',
    'CVSS:3.1',
    'AV:N',
    'AC:L',
    'PR:N',
    'S:C',
    '/',
    ':',
    'E:X',
  );
  fc.assert(
    fc.property(
      fc.array(part).map((parts) => parts.join('/')),
      (text) => {
        const { score } = scoreCvssVector(text) ?? { score: 0 };
        assert.ok(score >= 0 && score <= 10);
      },
    ),
  );
});
