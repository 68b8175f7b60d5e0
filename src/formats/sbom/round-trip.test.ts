// SPDX-License-Identifier: Apache-2.0
// What we write reads back as it was, in every format.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostilePackage,
  hostileText,
  madeAssessment,
  madeImage,
  madeInventory,
} from '../../../testing/assessments.ts';
import type { Inventory } from '../../model/inventory.ts';
import { IssueList } from '../../model/issue.ts';
import { packageKey, type Package } from '../../model/package.ts';
import { encodeCycloneDx } from '../cyclonedx/encode.ts';
import { jsonLine, jsonText } from '../json/stream.ts';
import { encodeSpdx } from '../spdx/encode.ts';
import { decodeSbom } from './decode-sbom.ts';
import type { DecodedSbom, SbomContext } from './sbom.ts';

const options = { now: new Date('2026-11-25T12:00:00Z'), toolVersion: '0.1.0', withHidden: true };

const writers: Readonly<Record<string, (inventory: Inventory) => object>> = {
  'CycloneDX 1.6': (inventory) =>
    encodeCycloneDx({ ...madeAssessment, findings: [], inventory }, { ...options, version: '1.6' }),
  'CycloneDX 1.7': (inventory) =>
    encodeCycloneDx({ ...madeAssessment, inventory }, { ...options, version: '1.7' }),
  'SPDX 2.3': (inventory) => encodeSpdx(inventory, options),
};

function readBack(write: (inventory: Inventory) => object, inventory: Inventory): DecodedSbom {
  const issues = new IssueList();
  const context: SbomContext = {
    describe: () => ({ lifecycle: madeInventory.distribution!.lifecycle }),
    issues,
  };
  const bytes = Buffer.from([...jsonText(write(inventory), 2)].join(''));
  const decoded = decodeSbom(bytes, context);
  assert.deepEqual(issues.toArray(), []);
  return decoded;
}

for (const [format, write] of Object.entries(writers)) {
  test(`${format}: an inventory reads back`, () => {
    const decoded = readBack(write, madeInventory);
    assert.equal(decoded.format, format);
    assert.equal(decoded.subject, madeInventory.source);
    assert.match(decoded.generator!, /^plimsoll.0\.1\.0$/);
    assert.deepEqual(decoded.packages, madeInventory.packages);
    assert.deepEqual(decoded.hiddenPackages, madeInventory.hiddenPackages);
    assert.deepEqual(decoded.distribution, madeInventory.distribution);
    assert.deepEqual(decoded.gaps, []);
    const { digest, identity, platform, created } = madeImage;
    assert.deepEqual(
      [decoded.image.digest, decoded.image.identity, decoded.image.platform, decoded.image.created],
      [digest, identity, platform, created],
    );
    assert.deepEqual(
      decoded.image.layers.map(({ diffId, createdBy }) => [diffId, createdBy]),
      madeImage.layers.map(({ diffId, createdBy }) => [diffId, createdBy]),
    );
  });

  test(`${format}: an empty inventory reads back as one that cannot be judged`, () => {
    const decoded = readBack(write, emptyAssessment.inventory);
    assert.deepEqual(decoded.packages, []);
    assert.deepEqual(
      decoded.gaps.map(({ code, blocking }) => [code, blocking]),
      [['no-packages', true]],
    );
  });

  test(`${format}: packages with any texts read back`, () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(hostilePackage, { selector: wellFormedKey, maxLength: 5 }),
        fc.option(fc.dictionary(hostileText, hostileText)),
        (packages, detail) => {
          const given = packages.map((item) => (detail ? { ...item, detail } : item));
          const decoded = readBack(write, { ...madeInventory, packages: given });
          assert.deepEqual(decoded.packages.map(exactly), given.map(wellFormed).map(exactly));
        },
      ),
    );
  });
}

test('a path that is not UTF-8 reads back as its bytes', () => {
  const item = { ...madeInventory.packages[0]!, locations: [{ path: '/a\udcff%41', layer: 0 }] };
  for (const write of Object.values(writers)) {
    const [read] = readBack(write, { ...madeInventory, packages: [item] }).packages;
    assert.equal(read!.locations[0]!.path, '/a\udcff%41');
  }
});

/** As a document can hold it: text of lone surrogates is none, except in paths. */
function wellFormed(item: Package): Package {
  const { locations, detail, ...rest } = item;
  const texts = JSON.parse(
    JSON.stringify({ rest, detail }, (_, value: unknown) =>
      typeof value === 'string' ? value.toWellFormed() : value,
    ),
  ) as { readonly rest: Omit<Package, 'locations'> };
  return { ...texts.rest, ...(detail === undefined ? {} : { detail }), locations };
}

function wellFormedKey(item: Package): string {
  return packageKey(wellFormed(item));
}

/** Without what counts as absent when it is empty, and what formats limit. */
function exactly({ license, vendor, version, detail, ...rest }: Package): object {
  return {
    ...rest,
    version: version.slice(0, 1024),
    license: license || undefined,
    vendor: vendor || undefined,
    detail: detail && jsonLine(detail),
  };
}
