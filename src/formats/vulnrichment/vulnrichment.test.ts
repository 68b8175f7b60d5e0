// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeVulnrichment } from './vulnrichment.ts';

test('vectors by who gives them', () => {
  const cvss = [
    ['cvssV3_1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'adp'],
    ['cvssV4_0', 'CVSS:4.0/AV:N', 9, 'cna'],
    ['cvssV2_0', 'AV:N/AC:L/Au:N/C:P/I:P/A:P', 7.5, 'cna'],
    ['other', 'x', 1, 'cna'],
    // What every object inherits is no metric.
    ['constructor', 'x', 1, 'cna'],
  ];
  const record = { cve: 'CVE-1999-0006', state: 'PUBLISHED', cvss };
  assert.deepEqual(
    decodeVulnrichment(record)!.severities!.map(({ type }) => type),
    ['CVSS_V3', 'CVSS_V4', 'CVSS_V2'],
  );
  for (const wrong of [
    null,
    { ...record, state: 'REJECTED' },
    { ...record, cvss: [] },
    { ...record, cvss: [7] },
    { ...record, cve: 'x' },
  ])
    assert.equal(decodeVulnrichment(wrong), undefined);
});
