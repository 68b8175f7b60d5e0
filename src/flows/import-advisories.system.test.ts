// SPDX-License-Identifier: Apache-2.0
// Imports published data whole, in a process of little memory.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataFolder, noData, testData } from '../../testing/data.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { buildZip } from '../../testing/zip-archive.ts';
import { AdvisoryStore } from '../vulnerability/store/advisory-store.ts';
import { databaseStatus } from './database-status.ts';
import { importAdvisories, type ImportResult } from './import-advisories.ts';

function outcomes({ sources }: ImportResult): readonly string[] {
  return sources.map(({ feed, key, outcome }) => `${feed} ${key} ${outcome}`);
}

function record(id: string, modified: string, ecosystem: string, name: string): string {
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }];
  return JSON.stringify({ id, modified, affected: [{ package: { ecosystem, name }, ranges }] });
}

test('all published advisories, in little memory', { skip: noData }, async (t) => {
  const file = join(temporaryFolder(t), 'advisories.db');
  const module = JSON.stringify(join(import.meta.dirname, 'import-advisories.ts'));
  const folder = testData('advisories');
  const script = `
    const { importAdvisories } = await import(${module});
    const { sources, issues, unrecognised } = await importAdvisories({
      file: ${JSON.stringify(file)}, paths: ${JSON.stringify([folder])}, name: 'kit',
    });
    console.log(JSON.stringify({ sources, issues, unrecognised }));`;
  // The records as a whole are 130 MB of text.
  const flags = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=96'];
  const output = execFileSync(process.execPath, [...flags, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const result = JSON.parse(output) as ImportResult;
  assert.deepEqual(outcomes(result).toSorted(), [
    'curl all updated',
    'kev all updated',
    'openssl import:kit updated',
    'osv import:kit updated',
    'php-advisories import:kit updated',
    'rubysec import:kit updated',
  ]);
  assert.deepEqual(result.issues, []);
  const reader = AdvisoryStore.reader(file)!;
  t.after(() => reader.close());
  // Counted again from the files, by nothing but JSON.parse.
  for (const [ecosystem, publisher] of [
    ['Go', 'golang'],
    ['crates.io', 'rustsec-osv'],
    ['AlmaLinux:8', 'alma'],
    ['AlmaLinux:9', 'alma'],
    ['Bitnami', 'bitnami'],
  ] as const) {
    const counted = countRecords(kitFile(publisher), ecosystem);
    const [source] = reader.sources(ecosystem);
    assert.equal(source!.advisories, counted, ecosystem);
    assert.ok(counted > 500);
  }
  const [malicious] = reader
    .lookup('RubyGems', 'rest-client')
    .filter(({ advisory }) => advisory.id === 'CVE-2019-15224');
  assert.equal(malicious!.feed, 'rubysec');
  assert.equal(reader.enrichment('CVE-2021-44228')!.kev!.ransomware, true);
});

interface RawRecord {
  readonly id: string;
  readonly withdrawn?: string;
  readonly affected?: readonly { readonly package?: { readonly ecosystem: string } }[];
}

function countRecords(folder: string, ecosystem: string): number {
  const records = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RawRecord);
  // Some records of Java packages have entries of other ecosystems.
  const maven = readFileSync(join(kitFile('ghsa-subset'), 'maven-356-from-osv.json'), 'utf8');
  records.push(...(JSON.parse(maven) as { readonly vulns: readonly RawRecord[] }).vulns);
  const counted = records.filter(
    ({ withdrawn, affected = [] }) =>
      withdrawn === undefined && affected.some((entry) => entry.package?.ecosystem === ecosystem),
  );
  // AlmaLinux has some records in the folders of two releases.
  return new Set(counted.map(({ id }) => id)).size;
}

function kitFile(publisher: string): string {
  return join(testData('advisories'), publisher);
}

test(
  'a dated branch of Alpine takes the place of an older one only',
  { skip: noData },
  async (t) => {
    const file = join(temporaryFolder(t), 'advisories.db');
    const secdb = join(testData('alpine-secdb'), 'secdb');
    const load = (date: string, allowOlder = false): Promise<ImportResult> =>
      importAdvisories({ file, paths: [join(secdb, `edge-${date}`)], allowOlder });
    const main = async (): Promise<string | undefined> => {
      const { sources } = await databaseStatus(file);
      return sources.find(({ key }) => key === 'edge/main')!.asOf;
    };
    assert.deepEqual(outcomes(await load('20250601')), [
      'alpine-secdb edge/community updated',
      'alpine-secdb edge/main updated',
    ]);
    await load('20260822');
    assert.equal(await main(), '2026-08-22T00:00:00.000Z');
    assert.deepEqual(outcomes(await load('20240924')), [
      'alpine-secdb edge/community older',
      'alpine-secdb edge/main older',
    ]);
    assert.equal(await main(), '2026-08-22T00:00:00.000Z');
    await load('20240924', true);
    assert.equal(await main(), '2024-09-24T00:00:00.000Z');
    const reader = AdvisoryStore.reader(file)!;
    t.after(() => reader.close());
    assert.deepEqual(reader.ecosystems('Alpine'), ['Alpine:edge']);
  },
);

test('severities and changelogs of the data kit', { skip: noData }, async (t) => {
  const file = join(temporaryFolder(t), 'advisories.db');
  const result = await importAdvisories({
    file,
    paths: [
      join(dataFolder, 'cve-severity-vulnrichment-20241024.jsonl.zst'),
      join(testData('debian12'), 'bookworm-changelog-osv.json'),
    ],
  });
  assert.deepEqual(outcomes(result), [
    'vulnrichment all updated',
    'osv import:bookworm-changelog-osv.json updated',
  ]);
  const [severities, debian] = result.sources;
  assert.equal(severities!.source!.asOf, '2024-10-24T00:00:00.000Z');
  assert.equal(debian!.source!.advisories, 6258);
  const reader = AdvisoryStore.reader(file)!;
  t.after(() => reader.close());
  assert.deepEqual(reader.enrichment('CVE-1999-0006')!.severities, [
    { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
  ]);
  const ids = reader.lookup('Debian:12', 'glibc').flatMap(({ advisory }) => advisory.upstream);
  assert.ok(ids.includes('CVE-2023-4911'));
});

test('an archive of one ecosystem is what an update would fetch; loose files are not', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'advisories.db');
  const both = JSON.parse(record('GHSA-2', '2026-01-02T00:00:00Z', 'npm', 'b')) as object;
  const mixed = {
    ...both,
    affected: [
      { package: { ecosystem: 'npm', name: 'b' }, versions: ['1'] },
      { package: { ecosystem: 'PyPI', name: 'b' }, versions: ['1'] },
    ],
  };
  const zip = buildZip([
    { name: 'GHSA-1.json', content: record('GHSA-1', '2026-01-01T00:00:00Z', 'npm', 'a') },
    { name: 'GHSA-2.json', content: JSON.stringify(mixed) },
  ]);
  writeFileSync(join(folder, 'all.zip'), zip);
  mkdirSync(join(folder, 'own'));
  writeFileSync(
    join(folder, 'own', 'one.json'),
    record('OWN-1', '2026-01-01T00:00:00Z', 'npm', 'a'),
  );
  writeFileSync(join(folder, 'own', 'notes.txt'), 'nothing');
  writeFileSync(join(folder, 'own', 'broken.json'), '{"id": "OWN-2", "modified": "2026');
  const result = await importAdvisories({
    file,
    paths: [join(folder, 'all.zip'), join(folder, 'own')],
  });
  assert.deepEqual(outcomes(result), ['osv npm updated', 'osv import:own updated']);
  assert.deepEqual(result.unrecognised, ['own/notes.txt']);
  assert.equal(result.unrecognisedTotal, 1);
  assert.deepEqual(
    result.issues.map(({ where }) => where),
    ['own/broken.json'],
  );
  const reader = AdvisoryStore.reader(file)!;
  t.after(() => reader.close());
  const idsOf = (ecosystem: string, name: string): readonly string[] =>
    reader.lookup(ecosystem, name).map(({ advisory }) => advisory.id);
  assert.deepEqual(idsOf('npm', 'a'), ['GHSA-1', 'OWN-1']);
  assert.deepEqual(idsOf('npm', 'b'), ['GHSA-2']);
  assert.deepEqual(idsOf('PyPI', 'b'), []);
});

test('damage of one file does not cost the others', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'set'));
  const zip = buildZip([
    { name: 'a.json', content: record('A', '2026-01-01T00:00:00Z', 'npm', 'a') },
  ]);
  writeFileSync(join(folder, 'set', 'cut.zip'), zip.subarray(0, zip.length - 9));
  cpSync(join(folder, 'set', 'cut.zip'), join(folder, 'set', 'again.zip'));
  writeFileSync(join(folder, 'set', 'kev.json'), '{"catalogVersion": "1", "vulnerabilities": [');
  writeFileSync(join(folder, 'set', 'z.json'), record('Z', '2026-01-01T00:00:00Z', 'npm', 'z'));
  const file = join(folder, 'advisories.db');
  const result = await importAdvisories({ file, paths: [join(folder, 'set')] });
  assert.deepEqual(outcomes(result), ['osv import:set updated']);
  assert.deepEqual(
    result.issues.map(({ where, fatal }) => `${where} ${fatal}`),
    ['set/again.zip true', 'set/cut.zip true', 'set/kev.json true'],
  );
  await assert.rejects(importAdvisories({ file, paths: [join(folder, 'absent')] }), {
    code: 'not-found',
  });
});
