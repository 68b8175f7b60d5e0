// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noData, testDataFile } from '../../../testing/data.ts';
import { decodeCurlVulnerability } from './curl-vulns.ts';

/** As https://curl.se/docs/CVE-2023-38545.html states it. */
const socks = {
  cve: 'CVE-2023-38545',
  first_vulnerable: '7.69.0',
  last_vulnerable: '8.3.0',
  title: 'SOCKS5 heap buffer overflow',
  announced: '20231011',
  severity: 'high',
};

test('curl: a record becomes an advisory about both of its versions and all between', () => {
  assert.deepEqual(decodeCurlVulnerability(socks), {
    id: 'CVE-2023-38545',
    aliases: [],
    upstream: [],
    related: [],
    summary: 'SOCKS5 heap buffer overflow',
    published: '2023-10-11',
    severities: [],
    severityLevel: 'high',
    references: ['https://curl.se/docs/CVE-2023-38545.html'],
    affected: [
      {
        ecosystem: 'generic',
        name: 'curl',
        ranges: [
          { type: 'ECOSYSTEM', events: [{ introduced: '7.69.0' }, { lastAffected: '8.3.0' }] },
        ],
        versions: [],
        status: 'affected',
      },
    ],
  });
});

for (const [name, change] of [
  ['no CVE', { cve: undefined }],
  ['a CVE that is none', { cve: 'CVE-2023-38545/../../x' }],
  ['a number for a CVE', { cve: 7 }],
  ['no first version', { first_vulnerable: undefined }],
  ['no last version', { last_vulnerable: null }],
  ['a version that is none', { last_vulnerable: ['8.3.0'] }],
] as const)
  test(`curl: refused: ${name}`, () =>
    assert.equal(decodeCurlVulnerability({ ...socks, ...change }), undefined));

test('curl: what is optional may be missing or wrong', () => {
  const { cve, first_vulnerable, last_vulnerable } = socks;
  for (const rest of [{}, { title: 1, announced: 'soon', severity: 'terrible' }]) {
    const advisory = decodeCurlVulnerability({ cve, first_vulnerable, last_vulnerable, ...rest })!;
    for (const absent of ['summary', 'published', 'severityLevel'])
      assert.ok(!(absent in advisory), absent);
  }
});

test('curl: the published list is read whole', { skip: noData }, () => {
  const text = testDataFile('advisories', 'curl/curl-vulns.json').toString();
  const list = JSON.parse(text) as readonly (typeof socks)[];
  assert.ok(list.length > 200);
  for (const record of list) {
    const advisory = decodeCurlVulnerability(record)!;
    assert.equal(advisory.id, record.cve);
    assert.equal(advisory.severityLevel, record.severity);
    assert.equal(advisory.published?.replaceAll('-', ''), record.announced);
  }
  const { cve, first_vulnerable, last_vulnerable, severity } = list.find(
    (one) => one.cve === socks.cve,
  )!;
  assert.deepEqual(
    { cve, first_vulnerable, last_vulnerable, severity },
    { cve: socks.cve, first_vulnerable: '7.69.0', last_vulnerable: '8.3.0', severity: 'high' },
  );
});

test('curl: any JSON is survived', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      decodeCurlVulnerability(value);
      decodeCurlVulnerability({ ...socks, first_vulnerable: value, severity: other });
    }),
  );
});
