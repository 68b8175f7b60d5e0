// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Assessment } from '../model/assessment.ts';
import type { CoverageGap } from '../model/coverage.ts';
import type { Finding } from '../model/finding.ts';
import type { Issue } from '../model/issue.ts';
import { severities } from '../model/severity.ts';
import { applyIgnores } from './apply-ignores.ts';
import { parseBar } from './bar.ts';
import { gate, worstExitCode } from './gate.ts';
import { parseIgnoreFile } from './ignore-file.ts';

function finding(parts: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2024-1',
    aliases: ['GHSA-1'],
    related: [],
    package: 'openssl',
    version: '1',
    ecosystem: 'Debian:12',
    purl: 'pkg:deb/debian/openssl@1',
    severity: 'high',
    status: 'affected',
    references: [],
    locations: [{ path: '/opt/vendor/lib/x' }],
    evidence: [],
    ...parts,
  };
}

function assessment(
  findings: readonly Finding[],
  parts: { gaps?: readonly CoverageGap[]; issues?: readonly Issue[]; level?: 'none' } = {},
): Assessment {
  const image = { identity: { diffIds: [], names: [] }, layers: [] };
  const { gaps = [], issues = [], level = 'complete' } = parts;
  return {
    inventory: { source: 's', image, packages: [], hiddenPackages: [], gaps: [], issues },
    findings,
    coverage: { level, gaps, data: [] },
  };
}

const blocking: CoverageGap = { code: 'no-advisory-data', message: 'No data', blocking: true };
const kev = { added: '2024-01-01', ransomware: false };

test('a bar is read in any order and case, and refused with the words that there are', () => {
  assert.deepEqual(parseBar('kev, HIGH,critical,high'), ['critical', 'high', 'kev']);
  for (const wrong of ['', ',', 'hi', 'high;low', 'all'])
    assert.throws(() => parseBar(wrong), { code: 'usage' }, wrong);
});

test('a severity means itself and worse; unknown only itself', () => {
  for (const wanted of severities)
    for (const severity of severities) {
      const { exitCode } = gate(assessment([finding({ severity })]), { bar: parseBar(wanted) });
      const worse =
        wanted === 'unknown' || severity === 'unknown'
          ? wanted === severity
          : severities.indexOf(severity) <= severities.indexOf(wanted);
      assert.equal(exitCode, worse ? 1 : 0, `${severity} under ${wanted}`);
    }
});

for (const [name, parts, bar, exitCode] of [
  ['known exploited', { kev, severity: 'low' }, 'kev', 1],
  ['not known exploited', {}, 'kev', 0],
  ['with a fix', { fixedVersion: '2', severity: 'low' }, 'fixable', 1],
  ['without a fix', {}, 'fixable', 0],
  ['any condition is enough', { fixedVersion: '2', severity: 'low' }, 'critical,fixable', 1],
  ['ignored', { ignored: { reason: 'r', source: 'f' } }, 'high', 0],
  ['hidden', { hidden: true }, 'high', 0],
] as const)
  test(`gate: a finding ${name} under ${bar}`, () => {
    assert.equal(gate(assessment([finding(parts)]), { bar: parseBar(bar) }).exitCode, exitCode);
  });

test('hidden findings count when asked for', () => {
  const hidden = assessment([finding({ hidden: true })]);
  assert.equal(gate(hidden, { bar: ['high'], includeHidden: true }).exitCode, 1);
});

test('without a bar everything passes', () => {
  assert.deepEqual(gate(assessment([finding()], { gaps: [blocking] })), {
    exitCode: 0,
    reasons: [],
    over: [],
  });
});

test('what cannot be told is no pass, and over the bar is certain', () => {
  const bar = parseBar('critical');
  const issue: Issue = { code: 'truncated', message: 'm', fatal: true };
  assert.equal(gate(assessment([], { gaps: [blocking] }), { bar }).exitCode, 2);
  assert.deepEqual(gate(assessment([], { gaps: [blocking] }), { bar }).reasons, ['No data']);
  assert.equal(
    gate(assessment([], { gaps: [{ ...blocking, blocking: false }] }), { bar }).exitCode,
    0,
  );
  assert.equal(gate(assessment([], { issues: [issue] }), { bar }).exitCode, 2);
  assert.equal(gate(assessment([], { issues: [{ ...issue, fatal: false }] }), { bar }).exitCode, 0);
  assert.equal(gate(assessment([], { level: 'none' }), { bar }).exitCode, 2);
  assert.equal(gate(assessment([]), { bar: ['kev'], knowsExploited: false }).exitCode, 2);
  assert.equal(gate(assessment([]), { bar, knowsExploited: false }).exitCode, 0);
  const both = gate(assessment([finding({ severity: 'critical' })], { gaps: [blocking] }), { bar });
  assert.equal(both.exitCode, 1);
  assert.deepEqual(both.reasons, ['1 finding of critical severity', 'No data']);
});

test('findings that nobody graded are told of', () => {
  const verdict = gate(assessment([finding({ severity: 'unknown' })]), { bar: ['critical'] });
  assert.equal(verdict.exitCode, 0);
  assert.match(verdict.reasons[0]!, /^1 finding could not be graded/);
});

test('of several exit codes 3 counts before 1, 1 before 2, 2 before 0', () => {
  assert.equal(worstExitCode([]), 0);
  assert.equal(worstExitCode([0, 2]), 2);
  assert.equal(worstExitCode([2, 1, 0]), 1);
  assert.equal(worstExitCode([1, 3, 2]), 3);
});

const now = new Date('2026-11-25T12:00:00Z');

function ignore(yaml: string, findings: readonly Finding[] = [finding()]) {
  return applyIgnores(findings, parseIgnoreFile(yaml, 'f.yaml'), now);
}

for (const [name, entry, ignored] of [
  ['its id', 'id: CVE-2024-1', true],
  ['an alias', 'id: GHSA-1', true],
  ['another id', 'id: CVE-2024-12', false],
  ['id and package', 'id: CVE-2024-1\n  package: openssl', true],
  ['another package', 'id: CVE-2024-1\n  package: openssl-dev', false],
  ['a folder', 'id: CVE-2024-1\n  path: /opt/vendor/', true],
  ['a file', 'id: CVE-2024-1\n  path: /opt/vendor/lib/x', true],
  ['the beginning of a name', 'id: CVE-2024-1\n  path: /opt/ven', false],
  ['today as its last day', 'id: CVE-2024-1\n  expires: 2026-11-25', true],
  ['yesterday as its last day', 'id: CVE-2024-1\n  expires: 2026-11-24', false],
] as const)
  test(`ignore file: ${name}`, () => {
    const { findings, expired, unused } = ignore(`- ${entry}\n  reason: r`);
    assert.equal(findings[0]!.ignored !== undefined, ignored);
    assert.equal(expired.length, Number(name.startsWith('yesterday')));
    assert.equal(unused.length, Number(!ignored && expired.length === 0));
  });

test('an ignored finding says why, until when and where that is written', () => {
  const { findings } = ignore(
    '# list\n- id: CVE-2024-1\n  reason: not reachable\n  expires: 2027-01-01\n',
  );
  assert.deepEqual(findings[0]!.ignored, {
    reason: 'not reachable',
    until: '2027-01-01',
    source: 'f.yaml:2',
  });
});

test('with a path, a package that is elsewhere too is not accepted', () => {
  const locations = [{ path: '/opt/vendor/lib/x' }, { path: '/usr/lib/x' }];
  const yaml = '- id: CVE-2024-1\n  path: /opt/vendor/\n  reason: r';
  assert.equal(ignore(yaml, [finding({ locations })]).findings[0]!.ignored, undefined);
  assert.equal(ignore(yaml, [finding({ locations: [] })]).findings[0]!.ignored, undefined);
});

for (const [name, yaml, message] of [
  ['no list', 'id: CVE-1', /line 1: want a list/],
  ['no reason', '- id: CVE-1', /line 1: the entry for "CVE-1" has no `reason`/],
  ['no id', '\n- reason: r', /line 2: the entry has no `id`/],
  [
    'a misspelled field',
    '- id: CVE-1\n  reason: r\n  expire: 2027-01-01',
    /line 3: "expire" is no field/,
  ],
  ['no date', '- id: CVE-1\n  reason: r\n  expires: soon', /line 3: want a date/],
  [
    'no day of the calendar',
    '- id: CVE-1\n  reason: r\n  expires: 2027-02-30',
    /line 3: want a date/,
  ],
  ['a pattern', '- id: "CVE-*"\n  reason: r', /line 1: want one identifier/],
  ['a relative path', '- id: A\n  reason: r\n  path: opt', /line 3: want an absolute path/],
  ['an empty reason', '- id: A\n  reason: ""', /line 2: want a text as `reason`/],
  ['a list as reason', '- id: A\n  reason: [a]', /line 2: want a text as `reason`/],
  ['no YAML', '- id: "', /line 1/],
  ['a field twice', '- id: A\n  id: B\n  reason: r', /line 2/],
  ['deep nesting', '['.repeat(100_000), /nested too deep/],
  ['an alias', '- id: &a A\n  reason: *a', /line 2: want a text as `reason`/],
  ['a word', 'CVE-1', /line 1: want a list/],
  ['a list of words', '- CVE-1', /line 1: want an entry/],
] as const)
  test(`ignore file: refuses ${name}`, () => {
    assert.throws(() => parseIgnoreFile(yaml, 'f.yaml'), { code: 'usage', message });
  });

test('an empty ignore file ignores nothing', () => {
  for (const text of ['', '# nothing yet\n', '[]'])
    assert.deepEqual(parseIgnoreFile(text, 'f').entries, []);
  assert.throws(() => parseIgnoreFile(' '.repeat(2 << 20), 'f'), { code: 'limit' });
});
