// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IssueList } from '../../model/issue.ts';
import { decodeOsv } from './decode-osv.ts';
import { readOsvJson, readOsvYaml } from './read-osv.ts';

const named = { package: { ecosystem: 'Debian:12', name: 'zlib' } };

function decode(value: unknown) {
  const issues = new IssueList();
  return { advisory: decodeOsv(value, 'test', issues), issues };
}

test('a record is read with all that the model knows', () => {
  const { advisory, issues } = decode({
    id: 'GHSA-1',
    aliases: ['CVE-1', 'GHSA-1', 'CVE-1'],
    upstream: ['CVE-2'],
    related: ['CVE-3'],
    withdrawn: '2024-01-01T00:00:00Z',
    summary: ' text ',
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }],
    database_specific: { severity: 'MODERATE' },
    references: [{ type: 'WEB', url: 'https://example.org/' }, { url: 'javascript:alert(1)' }],
    affected: [
      {
        package: { ecosystem: 'npm', name: '@a/b', purl: 'pkg:npm/x' },
        severity: [{ type: 'Ubuntu', score: 'low' }],
        ranges: [
          { type: 'SEMVER', events: [{ introduced: '0' }, { last_affected: '1.0.0' }] },
          { type: 'GIT', repo: 'r', events: [{ introduced: '0' }, { limit: 'abc' }] },
        ],
        versions: ['1.0.0'],
      },
    ],
  });
  assert.deepEqual(issues.toArray(), []);
  assert.deepEqual(advisory, {
    id: 'GHSA-1',
    aliases: ['CVE-1'],
    upstream: ['CVE-2'],
    related: ['CVE-3'],
    summary: 'text',
    withdrawn: '2024-01-01T00:00:00Z',
    severities: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }],
    severityLevel: 'medium',
    references: ['https://example.org/'],
    affected: [
      {
        ecosystem: 'npm',
        name: '@a/b',
        ranges: [
          { type: 'SEMVER', events: [{ introduced: '0' }, { lastAffected: '1.0.0' }] },
          { type: 'GIT', events: [{ introduced: '0' }, { limit: 'abc' }] },
        ],
        versions: ['1.0.0'],
        status: 'affected',
        severities: [{ type: 'Ubuntu', score: 'low' }],
      },
    ],
  });
});

for (const [name, value] of [
  ['null', null],
  ['a list', []],
  ['no id', { affected: [] }],
  ['an id with a line feed', { id: 'A\nB' }],
  ['an id of a megabyte', { id: 'A'.repeat(1 << 20) }],
] as const)
  test(`refuses as a record: ${name}`, () => {
    const { advisory, issues } = decode(value);
    assert.equal(advisory, undefined);
    assert.ok(issues.hasFatal);
  });

for (const [name, entry] of [
  ['no object', 'zlib'],
  ['a package without a name', { package: { ecosystem: 'npm' } }],
  ['ranges that are no list', { ...named, ranges: {} }],
  ['an unknown kind of range', { ...named, ranges: [{ type: 'MOON', events: [] }] }],
  ['an empty event', { ...named, ranges: [{ type: 'ECOSYSTEM', events: [{}] }] }],
  [
    'a number as version',
    { ...named, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: 0 }] }] },
  ],
  ['no introduced', { ...named, ranges: [{ type: 'ECOSYSTEM', events: [{ fixed: '1' }] }] }],
  ['versions that are no texts', { ...named, versions: [1] }],
  ['two million versions', { ...named, versions: Array.from({ length: 2_000_000 }, () => '1') }],
] as const)
  test(`leaves out and reports an affected package: ${name}`, () => {
    const { advisory, issues } = decode({
      id: 'A-1',
      affected: [entry, { ...named, versions: ['1'] }],
    });
    assert.equal(advisory!.affected.length, 1, 'its neighbour stays');
    assert.ok(issues.hasFatal);
  });

for (const [urgency, status, severityLevel] of [
  ['not yet assigned', 'affected', undefined],
  ['low', 'affected', 'low'],
  ['high**', 'affected', 'high'],
  ['unimportant', 'unimportant', 'negligible'],
  ['end-of-life', 'end-of-life', undefined],
] as const)
  test(`Debian's urgency ${urgency} is ${status}`, () => {
    const entry = { ...named, ecosystem_specific: { urgency } };
    const [affected] = decode({ id: 'DEBIAN-CVE-1', affected: [entry] }).advisory!.affected;
    assert.deepEqual([affected!.status, affected!.severityLevel], [status, severityLevel]);
  });

test('a module is read from the summary only where a fix is a build of a module', () => {
  const ranges = (fixed: string) => [
    { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] },
  ];
  const module = (summary: string, fixed: string) =>
    decode({ id: 'ALSA-1', summary, affected: [{ ...named, ranges: ranges(fixed) }] }).advisory!
      .affected[0]!.module;
  assert.equal(module('Low: nodejs:14 security update', '1-1.module_el8.4.0+1+a'), 'nodejs:14');
  assert.equal(module('new module: maven:3.6', '1-1.module+el8.6.0+2+b'), 'maven:3.6');
  assert.equal(module('Important: pam:1.5.1 security update', '1.5.1-22.el9_5'), undefined);
  assert.equal(module('Important: 389-ds security update', '1-1.module_el8.4.0+1+a'), undefined);
});

test('Python names are brought to the form that lookups have', () => {
  const name = (ecosystem: string, stated: string): string | undefined =>
    decode({ id: 'X-1', affected: [{ package: { ecosystem, name: stated }, versions: ['1'] }] })
      .advisory?.affected[0]?.name;
  // PYSEC-2020-341 is about jw.util.
  assert.equal(name('PyPI', 'jw.util'), 'jw-util');
  assert.equal(name('PyPI', 'Zope__Interface'), 'zope-interface');
  assert.equal(name('npm', 'jw.util'), 'jw.util');
});

test('YAML scalars stay text', () => {
  const yaml = `id: PYSEC-1
affected:
- package: {name: a, ecosystem: PyPI}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: 1.10
      fixed: 1.20
  versions: [1.10, 1e3, 0x10, true, 2020-01-01]
`;
  const issues = new IssueList();
  const [affected] = readOsvYaml(yaml, 'test', issues)!.affected;
  assert.deepEqual(issues.toArray(), []);
  assert.deepEqual(affected!.versions, ['1.10', '1e3', '0x10', 'true', '2020-01-01']);
  assert.deepEqual(affected!.ranges[0]!.events, [{ introduced: '1.10' }, { fixed: '1.20' }]);
});

for (const [name, text] of [
  ['nothing', ''],
  ['truncated JSON', '{"id": "A'],
  ['deep nesting', '['.repeat(500_000)],
  ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['an alias bomb', 'id: &a [x,x,x]\nb: [*a,*a,*a]\n'],
  ['a self-referring alias', 'id: &a [*a]\n'],
  ['two megabytes', `id: ${'a'.repeat(2 << 20)}`],
] as const)
  test(`readers refuse without throwing: ${name}`, () => {
    for (const read of [readOsvJson, readOsvYaml]) {
      const issues = new IssueList();
      assert.equal(read(text, 'test', issues), undefined);
      assert.ok(issues.hasFatal);
    }
  });

test('no value makes the decoder throw', () => {
  const field = fc.constantFrom(
    'id',
    'affected',
    'package',
    'ranges',
    'events',
    'introduced',
    'severity',
    'ecosystem',
    'name',
    'versions',
    'references',
    'database_specific',
    'summary',
    '__proto__',
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 6 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(field, tie('any'), { maxKeys: 6 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (any) => {
      decode(any);
      decode({ id: 'A', affected: [{ ...named, ranges: any, versions: any, severity: any }] });
    }),
  );
});

test('a severity that is a name of what objects inherit is none', () => {
  for (const severity of ['constructor', 'toString', '__proto__', 'valueOf']) {
    const advisory = decodeOsv(
      { id: 'A-1', database_specific: { severity } },
      'x',
      new IssueList(),
    );
    assert.ok(!('severityLevel' in advisory!), severity);
  }
});

test('an alias that cannot be read does not take the others with it', () => {
  const issues = new IssueList();
  const record = { id: 'X-1', modified: '2024-01-01T00:00:00Z', affected: [] };
  const aliases = ['CVE-2024-1', 'a\u001b[2J', 5, null, 'CVE-2024-2', 'X-1'];
  const advisory = decodeOsv({ ...record, aliases }, 'test', issues);
  assert.deepEqual(advisory?.aliases, ['CVE-2024-1', 'CVE-2024-2']);
  assert.deepEqual(
    issues.toArray().map(({ code }) => code),
    ['bad-advisory-part'],
  );
});
