// SPDX-License-Identifier: Apache-2.0
// Every published OSV record in the data kit decodes without an issue, source by source. The counts
// are those of the kit's README (Rust: its files; the README says one more).
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../../../testing/data.ts';
import type { Advisory } from '../../model/advisory.ts';
import { IssueList } from '../../model/issue.ts';
import { decodeOsv } from './decode-osv.ts';
import { readOsvJson, readOsvYaml } from './read-osv.ts';

const sources = [
  { name: 'AlmaLinux', files: 'alma/advisories/**/*.json', records: 5680 },
  { name: 'Bitnami', files: 'bitnami/data/**/*.json', records: 7444 },
  { name: 'Go', files: 'golang/data/osv/*.json', records: 4291 },
  { name: 'CPython', files: 'psf/advisories/**/*.json', records: 132 },
  { name: 'Rust', files: 'rustsec-osv/crates/*.json', records: 1206 },
  { name: 'PyPI', files: 'pypa/vulns/**/*.yaml', records: 2661 },
  { name: 'OSS-Fuzz', files: 'oss-fuzz/vulns/**/*.yaml', records: 4026 },
];

for (const { name, files, records } of sources)
  test(`every ${name} record decodes`, { skip: noData }, () => {
    const folder = testData('advisories');
    const issues = new IssueList();
    const decoded: Advisory[] = [];
    for (const file of globSync(files, { cwd: folder })) {
      const read = file.endsWith('.json') ? readOsvJson : readOsvYaml;
      const advisory = read(readFileSync(join(folder, file)), file, issues);
      if (advisory !== undefined) decoded.push(advisory);
    }
    assert.deepEqual(issues.toArray(), []);
    assert.equal(decoded.length, records);
    expectations[name]?.(decoded);
  });

test(
  'every record derived from a Debian changelog decodes and names its CVE upstream',
  { skip: noData },
  () => {
    const file = join(testData('debian12'), 'bookworm-changelog-osv.json');
    const advisories = decodeAll(JSON.parse(readFileSync(file, 'utf8')) as unknown[]);
    assert.equal(advisories.length, 6258);
    assert.ok(advisories.every((one) => one.upstream.length === 1 && one.affected.length === 1));
  },
);

test('every Maven record of GHSA decodes', { skip: noData }, () => {
  const file = join(testData('advisories'), 'ghsa-subset/maven-356-from-osv.json');
  const { vulns } = JSON.parse(readFileSync(file, 'utf8')) as { vulns: unknown[] };
  const advisories = decodeAll(vulns);
  assert.equal(advisories.length, 356);
  assert.ok(advisories.every((one) => one.severityLevel !== undefined));
});

function decodeAll(values: readonly unknown[]): readonly Advisory[] {
  const issues = new IssueList();
  const found = values.map((value, index) => decodeOsv(value, String(index), issues));
  assert.deepEqual(issues.toArray(), []);
  return found.filter((one) => one !== undefined);
}

function count(advisories: readonly Advisory[], wanted: (one: Advisory) => boolean): number {
  return advisories.filter(wanted).length;
}

/** Facts counted in the kit with another program (Python's json and yaml). */
const expectations: Readonly<Record<string, (advisories: readonly Advisory[]) => void>> = {
  AlmaLinux: (all) => {
    // Security notices are graded in their summaries, and 4,479 of 4,480 carry the word.
    assert.equal(
      count(all, (one) => one.severityLevel !== undefined),
      4479,
    );
    assert.equal(
      count(all, (one) => one.affected.some((entry) => entry.module !== undefined)),
      706,
    );
    const notice = all.find((one) => one.id === 'ALSA-2021:2363')!;
    assert.deepEqual(notice.related, ['CVE-2021-33516']);
    assert.deepEqual([notice.aliases, notice.upstream], [[], []]);
    assert.equal(notice.severityLevel, 'high');
  },
  Bitnami: (all) => {
    assert.equal(
      count(all, (one) => one.affected[0]!.severities !== undefined),
      7433,
    );
  },
  Go: (all) => {
    assert.equal(
      count(all, (one) => one.withdrawn !== undefined),
      17,
    );
  },
  CPython: (all) => {
    assert.equal(
      count(all, (one) => one.affected.length > 0),
      0,
      'commits are no packages',
    );
  },
  Rust: (all) => {
    assert.equal(
      count(all, (one) => one.affected[0]!.status === 'unimportant'),
      273,
    );
    assert.equal(
      count(all, (one) => one.withdrawn !== undefined),
      13,
    );
  },
  PyPI: (all) => {
    const events = all.find((one) => one.id === 'PYSEC-2018-104')!.affected[0]!.ranges[0]!.events;
    assert.deepEqual(events.slice(2, 4), [{ introduced: '0' }, { fixed: '3.8.1' }]);
  },
  'OSS-Fuzz': (all) => {
    const zstd = all.find((one) => one.id === 'OSV-2022-110')!.affected[0]!;
    assert.equal(zstd.severityLevel, 'high');
    assert.equal(zstd.ranges[0]!.type, 'GIT');
  },
};
