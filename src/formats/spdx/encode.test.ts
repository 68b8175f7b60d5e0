// SPDX-License-Identifier: Apache-2.0
// No schema of SPDX 2.3 ships with a package that we use: these are the specification's rules, by
// clause of https://spdx.github.io/spdx-spec/v2.3/. (pyspdxtools agreed when this was written.)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostileAssessment,
  madeInventory,
  madePackage,
} from '../../../testing/assessments.ts';
import type { Inventory } from '../../model/inventory.ts';
import { jsonText } from '../json/stream.ts';
import { encodeSpdx, type SpdxOptions } from './encode.ts';

const options: SpdxOptions = {
  now: new Date('2026-11-25T12:00:00.123Z'),
  toolVersion: '0.1.0',
  withHidden: false,
};

interface SpdxDocument {
  readonly SPDXID: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string };
  readonly documentDescribes: readonly string[];
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly name: string;
    readonly licenseDeclared?: string;
    readonly externalRefs?: readonly { readonly referenceLocator: string }[];
  }[];
  readonly hasExtractedLicensingInfos: readonly {
    readonly licenseId: string;
    readonly extractedText: string;
  }[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relatedSpdxElement: string;
    readonly relationshipType: string;
  }[];
}

function write(inventory: Inventory, more: Partial<SpdxOptions> = {}): SpdxDocument {
  const text = [...jsonText(encodeSpdx(inventory, { ...options, ...more }), 2)].join('');
  return JSON.parse(text) as SpdxDocument;
}

function assertRules(document: SpdxDocument): void {
  const ids = document.packages.map(({ SPDXID }) => SPDXID);
  // 7.2: letters, digits, `.` and `-`; unique in the document.
  for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
  const known = new Set([...ids, document.SPDXID]);
  assert.equal(known.size, ids.length + 1);
  // 6.5: an absolute URI without `#`.
  assert.match(document.documentNamespace, /^urn:uuid:[0-9a-f-]{36}$/);
  // 6.9: no fractions of seconds.
  assert.match(document.creationInfo.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  // 11: both ends exist; every package is reached.
  for (const { spdxElementId, relatedSpdxElement } of document.relationships)
    assert.ok(known.has(spdxElementId) && known.has(relatedSpdxElement));
  const reached = new Set(document.relationships.map((item) => item.relatedSpdxElement));
  for (const id of ids) assert.ok(reached.has(id), id);
  // 10.1: each reference to a licence that is not on SPDX's list is defined, once.
  const defined = document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId);
  assert.equal(new Set(defined).size, defined.length);
  for (const { licenseDeclared } of document.packages)
    for (const reference of licenseDeclared?.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [])
      assert.ok(defined.includes(reference), reference);
}

test('spdx: documents keep the rules', () => {
  assertRules(write(madeInventory));
  assertRules(write(madeInventory, { withHidden: true }));
  assertRules(write(emptyAssessment.inventory));
});

test('spdx: hostile texts keep the rules', () => {
  fc.assert(fc.property(hostileAssessment, ({ inventory }) => assertRules(write(inventory))));
});

test('spdx: an expression stands as it is, other texts are defined', () => {
  const licenses = [
    'MIT OR Apache-2.0',
    'GPLv3+',
    'GPLv3+',
    'LicenseRef-own AND MIT',
    'public domain',
    'LicenseRef-plimsoll-1',
  ];
  const packages = licenses.map((license, at) => madePackage({ name: `p${at}`, license }));
  const document = write({ ...madeInventory, packages });
  assert.deepEqual(
    document.packages.slice(2).map(({ licenseDeclared }) => licenseDeclared),
    [
      'MIT OR Apache-2.0',
      'LicenseRef-plimsoll-1',
      'LicenseRef-plimsoll-1',
      'LicenseRef-own AND MIT',
      'LicenseRef-plimsoll-2',
      'LicenseRef-plimsoll-3',
    ],
  );
  assert.deepEqual(
    document.hasExtractedLicensingInfos.map(({ extractedText }) => extractedText),
    ['GPLv3+', 'LicenseRef-own', 'public domain', 'LicenseRef-plimsoll-1'],
  );
});

test('spdx: the same input gives the same namespace, another content or time another', () => {
  const namespace = write(madeInventory).documentNamespace;
  assert.equal(write(structuredClone(madeInventory)).documentNamespace, namespace);
  assert.notEqual(write(madeInventory, { now: new Date(0) }).documentNamespace, namespace);
  assert.notEqual(write({ ...madeInventory, packages: [] }).documentNamespace, namespace);
});

test('spdx: the purl is where readers look for it', () => {
  const found = write(madeInventory).packages.find(({ name }) => name === 'requests');
  assert.deepEqual(found!.externalRefs, [
    {
      referenceCategory: 'PACKAGE-MANAGER',
      referenceType: 'purl',
      referenceLocator: 'pkg:pypi/requests@2.30.0',
    },
  ]);
});
