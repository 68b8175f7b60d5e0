// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IssueList } from '../../model/issue.ts';
import { decodeSecdbPackage, splitSecfixIds } from './alpine-secdb.ts';

test('entries as maintainers write them', () => {
  // Spelled as in published databases; the last two are made up.
  for (const [entry, expected] of [
    ['CVE-2019-5747', 'CVE-2019-5747'],
    ['CVE-2018-3620 CVE-2018-3646 XSA-273', 'CVE-2018-3620~XSA-273 CVE-2018-3646~XSA-273'],
    ['CVE-2023-2603 TALOS-2023-1709', 'CVE-2023-2603=TALOS-2023-1709'],
    ['CVE-2022-36113 / GHSA-rfj2-q3h3-hm5j', 'CVE-2022-36113=GHSA-rfj2-q3h3-hm5j'],
    ['CVE-2021-33430 # (only affect windows)', 'CVE-2021-33430'],
    ['CVE-2020-12829 # no CVE-2020-99999', 'CVE-2020-12829'],
    ['CVE_2019-2426', 'CVE-2019-2426'],
    ['CVE 2025-48379', 'CVE-2025-48379'],
    ['CVE-2017-17434-1', 'CVE-2017-17434'],
    ['TS-2023-001', 'TS-2023-001'],
    ['wnpa-sec-2017-18', 'wnpa-sec-2017-18'],
    ['VSV00019', 'VSV00019'],
    ['CVE-46838', 'CVE-46838'],
    ['', ''],
    ['# nothing', ''],
  ] as const) {
    const found = splitSecfixIds(entry).map(({ id, aliases, related }) =>
      [id, ...aliases.map((one) => `=${one}`), ...related.map((one) => `~${one}`)].join(''),
    );
    assert.equal(found.join(' '), expected, entry);
  }
});

test('a package is affected below each fix, and not at all by what is under 0', () => {
  const issues = new IssueList();
  const secfixes = {
    '1.2-r1': ['CVE-2020-0001'],
    '1.0-r0': ['CVE-2020-0001'],
    0: ['CVE-2020-0002'],
  };
  const value = { pkg: { name: 'acl', secfixes } };
  const advisories = decodeSecdbPackage(value, 'v3.19', 'main.json', issues);
  assert.deepEqual(
    advisories.map(({ id, affected }) => [id, affected[0]!.status, affected[0]!.ranges]),
    [
      ['CVE-2020-0002', 'not-affected', []],
      [
        'CVE-2020-0001',
        'affected',
        [
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.2-r1' }] },
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.0-r0' }] },
        ],
      ],
    ],
  );
  assert.equal(advisories[0]!.affected[0]!.ecosystem, 'Alpine:v3.19');
  assert.deepEqual(issues.toArray(), []);
});

test('what is no package is an issue', () => {
  for (const wrong of [
    null,
    7,
    {},
    { pkg: [] },
    { pkg: { name: '' } },
    { pkg: { name: 'x', secfixes: [] } },
    { pkg: { name: 'x', secfixes: { '1-r0': 'CVE-2020-1111' } } },
    { pkg: { name: 'x', secfixes: { '1-r0': [7] } } },
    { pkg: { name: 'x', secfixes: { '1-r0': [''] } } },
  ]) {
    const issues = new IssueList();
    assert.deepEqual(decodeSecdbPackage(wrong, 'edge', 'w', issues), [], JSON.stringify(wrong));
    // A package may have no list at all.
    assert.equal(issues.hasFatal, true, JSON.stringify(wrong));
  }
  const issues = new IssueList();
  assert.deepEqual(decodeSecdbPackage({ pkg: { name: 'x' } }, 'edge', 'w', issues), []);
  assert.deepEqual(issues.toArray(), []);
});
