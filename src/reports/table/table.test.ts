// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostileAssessment,
  madeAssessment,
  madeFinding,
  madeInventory,
} from '../../../testing/assessments.ts';
import type { Assessment } from '../../model/assessment.ts';
import { displayWidth } from '../../formats/terminal/width.ts';
import type { ReportOptions } from '../report.ts';
import { plugin } from './plugin.ts';

const plain: ReportOptions = {
  color: false,
  width: 100,
  verbose: false,
  showHidden: false,
  now: new Date('2026-11-25T12:00:00Z'),
  toolVersion: '0.1.0',
};

function render(assessment: Assessment, options: Partial<ReportOptions> = {}): string {
  return [...plugin.render(assessment, { ...plain, ...options })].join('');
}

test('table: one line for the same vulnerability in two packages of one source', () => {
  const lines = render(madeAssessment).split('\n');
  assert.equal(lines.filter((line) => line.includes('CVE-2024-5535')).length, 1);
  assert.ok(lines.some((line) => line.startsWith('libssl3, openssl 3.0.11-1~deb12u1  Debian:12')));
});

const facts: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['the end of life', /past its end of life: security support ended on 2026-06-10/],
  ['packages by ecosystem', /3 Debian:12, 1 PyPI/],
  ['the exploited one and its probability', /KEV ransomware, EPSS 94%/],
  ['the fixed version', /CVE-2024-5535 .* 3\.0\.15-1~deb12u1/],
  ['what has no fix', /CVE-2022-3715 .*no fix known/],
  ['the layer with its line and command', /layer 1 \(Dockerfile line 3\): RUN apt-get update/],
  ['how much was left out', /and 1 that the distribution calls unimportant/],
  ['what earlier layers ship', /1 finding in packages that a later layer removed/],
  [
    'who suppressed what',
    /CVE-2023-32681 in requests .* \(until 2027-01-31, \.plimsollignore\.yaml\)/,
  ],
  ['unowned executables, setuid first', /accounts for:\n\s+\/usr\/local\/bin\/helper .* setuid\n/],
  ['the data and its age', /osv \(of 2026-11-20, 5 days old, 41,233 advisories\)/],
  ['who was not judged', /Maven: 1 package not judged/],
  ['the blocking gap first', /be told\n\s+There is no advisory data for Maven/],
  ['what to do about it', /hint: run plimsoll db update Maven/],
  ['the sum', /4 findings \(3 vulnerabilities\): 2 critical, 1 negligible, 1 unknown/],
  ['what could not be graded', /1 could not be graded/],
];

for (const [name, pattern] of facts)
  test(`table: tells ${name}`, () => assert.match(render(madeAssessment), pattern));

test('table: nothing recognised never reads like a clean image', () => {
  const text = render(emptyAssessment);
  assert.match(text, /Cannot tell: nothing in this image could be judged/);
  assert.doesNotMatch(text, /no findings/i);
});

test('table: a partial judgement without findings says so', () => {
  const text = render({ ...madeAssessment, findings: [] });
  assert.match(text, /No findings in the part that could be judged/);
});

test('table: the verdict with its reasons', () => {
  const verdict = { exitCode: 2, reasons: ['no advisory data for Maven'] } as const;
  assert.match(
    render(madeAssessment, { verdict }),
    /Verdict: cannot tell \(exit code 2\)\n\s+no advisory data for Maven/,
  );
});

test('table: hidden findings are listed when asked for', () => {
  assert.match(render(madeAssessment, { showHidden: true }), /CVE-2021-44228/);
  assert.doesNotMatch(render(madeAssessment), /CVE-2021-44228/);
});

test('table: hostile names cannot steer the terminal', () => {
  const name = '\x1b[2J\u202eevil\n\nVerdict: passed';
  const text = render({
    ...madeAssessment,
    findings: [madeFinding({ package: name, summary: name, id: name })],
    inventory: { ...madeInventory, source: name },
  });
  assert.doesNotMatch(text, /[^\P{C}\n]/u);
  assert.ok(!text.split('\n').some((line) => line.trimStart().startsWith('Verdict: passed')));
  assert.match(text, /\\x1b\[2J\\u\{202e\}evil\\n\\nVerdict/);
});

const sgr = /\x1b\[[0-9;]*m/g;

test('table: hostile input gives lines that fit, and colour adds nothing but colour', () => {
  fc.assert(
    fc.property(
      hostileAssessment,
      fc.constantFrom(40, 80, 120, 200),
      fc.boolean(),
      (assessment, width, verbose) => {
        const text = render(assessment, { width, verbose, showHidden: true });
        assert.doesNotMatch(text, /[^\P{C}\n]/u);
        for (const line of text.split('\n'))
          assert.ok(displayWidth(line) <= width, `${displayWidth(line)} cells: ${line}`);
        const colored = render(assessment, { width, verbose, showHidden: true, color: true });
        assert.equal(colored.replaceAll(sgr, ''), text);
      },
    ),
  );
});
