// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IssueList } from '../../model/issue.ts';
import { decodePhpAdvisory } from './php-advisories.ts';

const record = {
  title: 'XSS',
  link: 'https://example.org/',
  cve: 'CVE-2026-0001',
  reference: 'composer://Vendor/Name',
  branches: { '1.x': { versions: ['>=1.0', '<1.2'] }, '2.x': { versions: ['<=2.3.1'] } },
};

test('branches are ranges of the Composer package', () => {
  const advisory = decodePhpAdvisory(record, 'vendor/name/x.yaml', new IssueList())!;
  assert.equal(advisory.id, 'CVE-2026-0001');
  assert.deepEqual(advisory.affected, [
    {
      ecosystem: 'Packagist',
      name: 'vendor/name',
      ranges: [
        { type: 'ECOSYSTEM', events: [{ introduced: '1.0' }, { fixed: '1.2' }] },
        { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { lastAffected: '2.3.1' }] },
      ],
      versions: [],
      status: 'affected',
    },
  ]);
  const above = { ...record, branches: { x: { versions: ['>3.2', '<3.3.0'] } } };
  assert.deepEqual(decodePhpAdvisory(above, 'x', new IssueList())!.affected[0]!.ranges[0]!.events, [
    { introduced: '3.2.0.1' },
    { fixed: '3.3.0' },
  ]);
});

test('the newest fix of a branch is its date', () => {
  const branch = (time?: string) => ({ versions: ['<1'], ...(time === undefined ? {} : { time }) });
  const published = (branches: object) =>
    decodePhpAdvisory({ ...record, branches }, 'x', new IssueList())!.published;
  const times = { a: branch('2015-08-06 22:08:00'), b: branch('2016-01-02 03:04:05') };
  assert.equal(published(times), '2016-01-02T03:04:05Z');
  assert.equal(published({ a: branch('~'), b: branch() }), undefined);
});

test('without a CVE the file names it', () => {
  const nameless = { ...record, cve: '~' };
  const { id } = decodePhpAdvisory(nameless, 'php/vendor/name/2015-08-06.yaml', new IssueList())!;
  assert.equal(id, 'FriendsOfPHP:Vendor/Name/2015-08-06');
});

test('what is not understood is an issue, not a guess', () => {
  for (const wrong of [
    null,
    { ...record, branches: undefined },
    { ...record, reference: 'x' },
    { ...record, branches: { x: { versions: ['^1.0'] } } },
    { ...record, branches: { x: { versions: [] } } },
    { ...record, branches: { x: 7 } },
  ]) {
    const issues = new IssueList();
    assert.equal(decodePhpAdvisory(wrong, 'x', issues), undefined);
    assert.equal(issues.hasFatal, true);
  }
});
