// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEpss, epssDate } from './epss.ts';

test('lines of the published file', () => {
  const comment = '#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z';
  assert.equal(epssDate(comment), '2026-11-20T12:55:00Z');
  assert.equal(epssDate('cve,epss,percentile'), undefined);
  assert.deepEqual(decodeEpss('CVE-2021-44228,0.94358,0.99958', 'd'), {
    cve: 'CVE-2021-44228',
    epss: { probability: 0.94358, percentile: 0.99958, date: 'd' },
  });
  assert.equal(decodeEpss('CVE-2021-44228,1e-05,0.1', 'd')!.epss!.probability, 0.00001);
  for (const wrong of [
    '',
    'CVE-2021-44228',
    'CVE-2021-44228,2,0.5',
    'CVE-2021-44228,0.5,-1',
    'x,0,0',
  ])
    assert.equal(decodeEpss(wrong, 'd'), undefined, wrong);
});
