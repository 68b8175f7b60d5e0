// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { noData, testData } from '../../../testing/data.ts';
import type { Advisory } from '../../model/advisory.ts';
import { IssueList } from '../../model/issue.ts';
import { decodeOpensslVulnerability } from './openssl-vulns.ts';

/** In the form of https://github.com/CVEProject/cve-schema, as OpenSSL fills it. */
function record(cna: object, metadata: object = {}): object {
  return {
    dataType: 'CVE_RECORD',
    cveMetadata: { cveId: 'CVE-2023-5363', state: 'PUBLISHED', ...metadata },
    containers: {
      cna: {
        affected: [{ product: 'OpenSSL', vendor: 'OpenSSL', versions: [] }],
        datePublic: '2023-10-24T00:00:00.000Z',
        ...cna,
      },
    },
  };
}

function versions(...list: readonly unknown[]): object {
  return { affected: [{ product: 'OpenSSL', versions: list }] };
}

const issues = new IssueList();

function decoded(value: unknown): Advisory {
  const own = new IssueList();
  const advisory = decodeOpensslVulnerability(value, 'x.json', own);
  assert.deepEqual(own.toArray(), []);
  return advisory!;
}

for (const [name, version, want] of [
  [
    'up to a fix',
    { version: '3.0.0', lessThan: '3.0.12' },
    [{ introduced: '3.0.0' }, { fixed: '3.0.12' }],
  ],
  [
    'up to a last one',
    { version: '1.0.2', lessThanOrEqual: '1.0.2zh' },
    [{ introduced: '1.0.2' }, { lastAffected: '1.0.2zh' }],
  ],
  ['without an end', { version: '3.0.0', lessThan: '*' }, [{ introduced: '3.0.0' }]],
] as const)
  test(`openssl: a range ${name}`, () => {
    const advisory = decoded(record(versions({ status: 'affected', ...version })));
    assert.deepEqual(advisory.affected, [
      {
        ecosystem: 'generic',
        name: 'openssl',
        ranges: [{ type: 'ECOSYSTEM', events: want }],
        versions: [],
        status: 'affected',
      },
    ]);
  });

test('openssl: a version alone is that version', () => {
  const [affected] = decoded(record(versions({ status: 'affected', version: '0.9.6b' }))).affected;
  assert.deepEqual([affected!.versions, affected!.ranges], [['0.9.6b'], []]);
});

test('openssl: versions that are not affected are no ranges', () => {
  const list = [
    { status: 'unaffected', version: '1.1.1' },
    { status: 'unknown', version: '1', lessThan: '2' },
  ];
  const [affected] = decoded(record(versions(...list))).affected;
  assert.deepEqual([affected!.versions, affected!.ranges], [[], []]);
});

test('openssl: texts, grade and links', () => {
  const advisory = decoded(
    record({
      title: 'Lengths are processed too late',
      descriptions: [
        { lang: 'de', value: 'Längen' },
        { lang: 'en', value: 'Lengths' },
      ],
      metrics: [
        { format: 'other', other: { type: 'x', content: { text: 'Moderate' } } },
        { other: { content: { text: 'Critical' } } },
      ],
      references: [{ url: 'https://openssl-library.org/' }, { name: 'no address' }],
    }),
  );
  const { summary, details, severityLevel, references, published } = advisory;
  assert.deepEqual(
    { summary, details, severityLevel, references, published },
    {
      summary: 'Lengths are processed too late',
      details: 'Lengths',
      severityLevel: 'medium',
      references: ['https://openssl-library.org/'],
      published: '2023-10-24T00:00:00.000Z',
    },
  );
});

test('openssl: what was rejected is withdrawn', () => {
  assert.equal(decoded(record({}, { state: 'REJECTED' })).withdrawn, '2023-10-24T00:00:00.000Z');
  assert.equal(
    decoded(record({ datePublic: undefined }, { state: 'REJECTED' })).withdrawn,
    'rejected',
  );
});

for (const [name, value, why] of [
  ['no record', 'text', /names no CVE/],
  ['no CVE', record({}, { cveId: undefined }), /names no CVE/],
  ['a name that is no CVE', record({}, { cveId: '../CVE-2023-5363' }), /names no CVE/],
  [
    'an affected version that is none: leaving it out would call it safe',
    record(versions({ status: 'affected', lessThan: '3' })),
    /version is not understood/,
  ],
] as const)
  test(`openssl: refused: ${name}`, () => {
    const own = new IssueList();
    assert.equal(decodeOpensslVulnerability(value, 'x.json', own), undefined);
    const [issue, ...others] = own.toArray();
    assert.deepEqual(others, []);
    assert.match(issue!.message, why);
    assert.deepEqual([issue!.fatal, issue!.where], [true, 'x.json']);
  });

test('openssl: the published records are read whole', { skip: noData }, () => {
  const folder = join(testData('advisories', 'openssl'), 'openssl', 'secjson');
  const files = readdirSync(folder).filter((name) => name.startsWith('CVE-'));
  assert.ok(files.length > 250);
  let graded = 0;
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const advisory = decoded(JSON.parse(text));
    assert.equal(`${advisory.id}.json`, file);
    const [affected] = advisory.affected;
    // Each object of a version has one status, and OpenSSL lists what is affected.
    const wanted = [...text.matchAll(/"status":\s*"affected"/g)].length;
    assert.equal(affected!.ranges.length + affected!.versions.length, wanted, file);
    const isGraded = /"text":\s*"(low|moderate|high|critical)"/i.test(text);
    assert.equal(advisory.severityLevel !== undefined, isGraded, file);
    if (isGraded) graded++;
  }
  assert.ok(graded > 150, String(graded));
});

test('openssl: any JSON is survived', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      decodeOpensslVulnerability(value, 'x', issues);
      decodeOpensslVulnerability(record({ affected: value, metrics: other }), 'x', issues);
      decodeOpensslVulnerability(record(versions(value, other)), 'x', issues);
    }),
  );
});
