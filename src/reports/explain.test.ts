// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileAssessment, madeAssessment, madeFinding } from '../../testing/assessments.ts';
import type { RangeEvent } from '../model/advisory.ts';
import { displayWidth } from '../formats/terminal/width.ts';
import { explainFindings, findingsNamed, intervals } from './explain.ts';
import type { ReportOptions } from './report.ts';

const options: ReportOptions = {
  color: false,
  width: 100,
  verbose: false,
  showHidden: false,
  now: new Date('2026-11-25T12:00:00Z'),
  toolVersion: '0.1.0',
};

function explain(name: string): string {
  const findings = findingsNamed(madeAssessment.findings, name);
  return [...explainFindings(findings, madeAssessment, options)].join('');
}

test('explain: a finding is known by its id and its aliases', () => {
  assert.equal(findingsNamed(madeAssessment.findings, 'cve-2024-5535').length, 2);
  assert.equal(findingsNamed(madeAssessment.findings, 'GHSA-j8r2-6x86-q33q').length, 1);
  assert.equal(findingsNamed(madeAssessment.findings, 'CVE-2024-553').length, 0);
});

const facts: readonly (readonly [name: string, id: string, pattern: RegExp])[] = [
  ['package', 'CVE-2024-5535', /Package +pkg:deb\/debian\/libssl3@.* \(Debian:12\)/],
  ['source', 'CVE-2024-5535', /Source +openssl 3\.0\.11-1~deb12u1/],
  ['file', 'CVE-2023-32681', /File +\/app\/lib\/python3\.11\/site-packages\/requests/],
  ['layer', 'CVE-2024-5535', /Layer +layer 1 \(Dockerfile line 3\): RUN apt-get update/],
  ['grade', 'CVE-2024-5535', /Severity +critical, score 9\.1, CVSS:3\.1\/.*, graded by osv/],
  ['no grade', 'CVE-2022-3715', /Severity +unknown: nobody states one/],
  [
    'exploitation',
    'CVE-2024-5535',
    /since 2024-07-01, to be fixed by 2024-07-22, used by ransomware/,
  ],
  ['probability', 'CVE-2024-5535', /94\.3% of being exploited/],
  ['fix', 'CVE-2024-5535', /Status +fixable: fixed in 3\.0\.15-1~deb12u1/],
  ["publisher's reason", 'CVE-2025-27587', /unimportant; timing side channel/],
  ['advisory', 'CVE-2024-5535', /DEBIAN-CVE-2024-5535, from osv, is about openssl in Debian:12:/],
  ['range', 'CVE-2024-5535', /version < 3\.0\.15-1~deb12u1\n/],
  [
    'comparison',
    'CVE-2024-5535',
    /openssl 3\.0\.11-1~deb12u1, which libssl3 is built from, lies within/,
  ],
  ['age', 'CVE-2024-5535', /data of osv as of 2026-11-20 \(5 days old\)/],
  [
    'suppression',
    'CVE-2023-32681',
    /Suppressed +no proxy in use \(until 2027-01-31, by \.plimsollignore\.yaml\)/,
  ],
  ['hidden', 'CVE-2021-44228', /Hidden +only in an earlier layer/],
];

for (const [name, id, pattern] of facts)
  test(`explain: tells the ${name}`, () => assert.match(explain(id), pattern));

const ranges: readonly (readonly [events: readonly RangeEvent[], want: readonly string[]])[] = [
  [[{ introduced: '0' }, { fixed: '2' }], ['version < 2']],
  [[{ introduced: '1' }, { lastAffected: '2' }], ['1 <= version <= 2']],
  [[{ introduced: '0' }], ['every version']],
  [[{ introduced: '3' }], ['3 <= version']],
  [[{ introduced: '1' }, { limit: '2' }], ['1 <= version < 2']],
  [
    [{ introduced: '0' }, { fixed: '1.2' }, { introduced: '2.0' }, { fixed: '2.1' }],
    ['version < 1.2', '2.0 <= version < 2.1'],
  ],
  [[], []],
];

for (const [events, want] of ranges)
  test(`explain: ${JSON.stringify(events)}`, () => assert.deepEqual(intervals(events), want));

test('explain: evidence by an enumerated version or a status', () => {
  const [evidence] = madeFinding().evidence;
  const withMatched = (matched: (typeof evidence & {})['matched']): string => {
    const finding = madeFinding({ evidence: [{ ...evidence!, matched }] });
    return [...explainFindings([finding], madeAssessment, options)].join('');
  };
  assert.match(withMatched({ kind: 'version', version: '3.0.11' }), /it lists 3\.0\.11; openssl/);
  assert.match(withMatched({ kind: 'status', status: 'deferred' }), /calls the package deferred/);
});

test('explain: hostile texts give lines that fit and steer no terminal', () => {
  fc.assert(
    fc.property(hostileAssessment, fc.constantFrom(40, 80, 200), (assessment, width) => {
      const text = [
        ...explainFindings(assessment.findings, assessment, { ...options, width }),
      ].join('');
      assert.doesNotMatch(text, /[^\P{C}\n]/u);
      for (const line of text.split('\n')) assert.ok(displayWidth(line) <= width, line);
    }),
  );
});
