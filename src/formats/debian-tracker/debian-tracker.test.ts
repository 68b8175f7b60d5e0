// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IssueList } from '../../model/issue.ts';
import { decodeTrackerPackage } from './debian-tracker.ts';

function decode(state: object, codename = 'bookworm'): unknown {
  const issues = new IssueList();
  const value = { 'CVE-2026-0001': { description: 'text', releases: { [codename]: state } } };
  const [advisory] = [...decodeTrackerPackage('acl', value, 'json', issues)];
  if (issues.hasFatal) return 'issue';
  if (advisory === undefined) return 'nothing';
  const { ecosystem, status, note, severityLevel, ranges } = advisory.affected[0]!;
  const events = ranges.flatMap((range) => range.events.map((event) => Object.values(event)[0]));
  return [ecosystem, status, note ?? '', severityLevel ?? '', events.join(' ')].join('|');
}

test('the states of a release', () => {
  const none = 'not yet assigned';
  for (const [state, expected] of [
    [{ status: 'resolved', fixed_version: '1.2-3', urgency: none }, 'Debian:12|affected|||0 1.2-3'],
    [
      { status: 'resolved', fixed_version: '0', urgency: 'unimportant' },
      'Debian:12|not-affected|||',
    ],
    [{ status: 'resolved', fixed_version: '1', urgency: 'low' }, 'Debian:12|affected||low|0 1'],
    [{ status: 'resolved', fixed_version: '1', urgency: 'high**' }, 'Debian:12|affected||high|0 1'],
    [
      { status: 'resolved', fixed_version: '1', urgency: 'unimportant' },
      'Debian:12|unimportant||negligible|0 1',
    ],
    [{ status: 'open', urgency: none }, 'Debian:12|affected|||0'],
    [{ status: 'open', urgency: 'end-of-life' }, 'Debian:12|end-of-life|||0'],
    [{ status: 'open', urgency: 'unimportant' }, 'Debian:12|unimportant||negligible|0'],
    [
      { status: 'open', urgency: 'low', nodsa: 'Minor issue', nodsa_reason: '' },
      'Debian:12|deferred|no-dsa: Minor issue|low|0',
    ],
    [
      { status: 'open', urgency: none, nodsa: 'Minor issue', nodsa_reason: 'postponed' },
      'Debian:12|deferred|postponed: Minor issue||0',
    ],
    [
      { status: 'open', urgency: 'unimportant', nodsa: 'x', nodsa_reason: 'ignored' },
      'Debian:12|unimportant|ignored: x|negligible|0',
    ],
    [{ status: 'undetermined', urgency: none }, 'nothing'],
    [{ status: 'resolved', urgency: none }, 'issue'],
    [{ status: 'something new' }, 'issue'],
  ] as const)
    assert.equal(decode(state), expected, JSON.stringify(state));
});

test('releases by name; unstable has no number', () => {
  const open = { status: 'open' };
  assert.equal(decode(open, 'trixie'), 'Debian:13|affected|||0');
  assert.equal(decode(open, 'sid'), 'nothing');
  assert.equal(decode(open, 'unheard-of'), 'issue');
});

test('what is no package is an issue', () => {
  for (const wrong of [
    null,
    [],
    7,
    { 'CVE-1': 7 },
    { 'CVE-1': {} },
    { 'CVE-1': { releases: [] } },
  ]) {
    const issues = new IssueList();
    assert.deepEqual([...decodeTrackerPackage('acl', wrong, 'json', issues)], []);
    assert.equal(issues.hasFatal, true, JSON.stringify(wrong));
  }
});
