// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileAssessment, madeFinding, madePackage } from '../../testing/assessments.ts';
import { countFindings } from './finding-counts.ts';
import { groupFindings } from './group-findings.ts';

const source = { name: 'openssl', version: '3.0.11-1~deb12u1' };
const names = ['libssl3', 'openssl', 'libssl-dev', 'libcrypto3-udeb', 'openssl-doc'];
const packages = names.map((name) => madePackage(name === 'openssl' ? { name } : { name, source }));
const findings = packages.map(({ name, purl }) => madeFinding({ package: name, purl }));

test('one vulnerability in five binary packages of one source is one row', () => {
  const groups = groupFindings(findings, packages);
  assert.equal(groups.length, 1);
  assert.equal(groups[0]!.source, 'openssl');
  assert.equal(groups[0]!.rows.length, 1);
  assert.deepEqual(groups[0]!.rows[0]!.packages, names.toSorted());
});

test('a row of a part of the group names that part', () => {
  const other = { ...findings[0]!, id: 'CVE-2024-0001' };
  const [group] = groupFindings([...findings, other], packages);
  assert.deepEqual(
    group!.rows.map((row) => [row.finding.id, row.packages.length]),
    [
      ['CVE-2024-0001', 1],
      ['CVE-2024-5535', 5],
    ],
  );
});

test('the same package in another layer or version is another group', () => {
  const layers = [madeFinding({ layer: 0 }), madeFinding({ layer: 1 })];
  assert.equal(groupFindings(layers, packages).length, 2);
  const versions = [madeFinding({ version: '1' }), madeFinding({ version: '2' })];
  assert.equal(groupFindings(versions, packages).length, 2);
});

test('the worst comes first, of equals the exploited one, unknown last unless exploited', () => {
  const kev = { added: '2024-01-01', ransomware: false };
  const rows = groupFindings(
    [
      madeFinding({ id: 'CVE-1', severity: 'unknown' }),
      madeFinding({ id: 'CVE-2', severity: 'low' }),
      madeFinding({ id: 'CVE-3', severity: 'high' }),
      madeFinding({ id: 'CVE-4', severity: 'high', kev }),
      madeFinding({ id: 'CVE-5', severity: 'critical' }),
      madeFinding({ id: 'CVE-6', severity: 'unknown', kev }),
    ],
    packages,
  )[0]!.rows;
  assert.deepEqual(
    rows.map((row) => row.finding.id),
    ['CVE-6', 'CVE-5', 'CVE-4', 'CVE-3', 'CVE-2', 'CVE-1'],
  );
});

test('every finding is in exactly one row, whatever the names', () => {
  fc.assert(
    fc.property(hostileAssessment, ({ inventory, findings }) => {
      const rows = groupFindings(findings, inventory.packages).flatMap((group) => group.rows);
      const keyOf = (id: string, name: string): string => JSON.stringify([id, name]);
      const inRows = new Set(
        rows.flatMap((row) => row.packages.map((name) => keyOf(row.finding.id, name))),
      );
      for (const finding of findings) assert.ok(inRows.has(keyOf(finding.id, finding.package)));
    }),
  );
});

test('suppressed and hidden findings are counted apart', () => {
  const ignored = { reason: 'x', source: 'y' };
  const counts = countFindings([
    madeFinding(),
    madeFinding({ package: 'openssl' }),
    madeFinding({ ignored }),
    madeFinding({ hidden: true }),
    madeFinding({ hidden: true, ignored }),
  ]);
  assert.equal(counts.total, 2);
  assert.equal(counts.vulnerabilities, 1);
  assert.equal(counts.bySeverity.critical, 2);
  assert.equal(counts.ignored, 2);
  assert.equal(counts.hidden, 1);
});
