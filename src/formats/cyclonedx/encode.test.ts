// SPDX-License-Identifier: Apache-2.0
// The oracle is the strict schema of CycloneDX itself, as its own library bundles it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostileAssessment,
  madeAssessment,
  madeFinding,
  madeInventory,
  madePackage,
} from '../../../testing/assessments.ts';
import type { Assessment } from '../../model/assessment.ts';
import { jsonText } from '../json/stream.ts';
import { encodeCycloneDx, type CycloneDxOptions, type CycloneDxVersion } from './encode.ts';

const versions = ['1.6', '1.7'] as const;
const options: CycloneDxOptions = {
  version: '1.6',
  now: new Date('2026-11-25T12:00:00Z'),
  toolVersion: '0.1.0',
  withHidden: false,
};

const validators = {
  '1.6': new Validation.JsonStrictValidator(Spec.Version.v1dot6),
  '1.7': new Validation.JsonStrictValidator(Spec.Version.v1dot7),
};

function write(assessment: Assessment, more: Partial<CycloneDxOptions> = {}): string {
  return [...jsonText(encodeCycloneDx(assessment, { ...options, ...more }), 2)].join('');
}

interface Bom {
  readonly serialNumber: string;
  readonly components: readonly { readonly 'bom-ref': string; readonly name: string }[];
  readonly compositions: readonly { readonly aggregate: string }[];
  readonly vulnerabilities?: readonly {
    readonly id: string;
    readonly affects: readonly { readonly ref: string; readonly versions: readonly object[] }[];
  }[];
}

function read(assessment: Assessment, more: Partial<CycloneDxOptions> = {}): Bom {
  return JSON.parse(write(assessment, more)) as Bom;
}

async function assertValid(text: string, version: CycloneDxVersion): Promise<void> {
  const problem = await validators[version].validate(text);
  assert.equal(problem, null, JSON.stringify(problem)?.slice(0, 2000));
}

for (const version of versions) {
  test(`cyclonedx ${version}: documents are valid`, async () => {
    await assertValid(write(madeAssessment, { version }), version);
    await assertValid(write(madeAssessment, { version, withHidden: true }), version);
    await assertValid(write(emptyAssessment, { version }), version);
    await assertValid(write({ ...madeAssessment, findings: [] }, { version }), version);
  });

  test(`cyclonedx ${version}: the validator would refuse a wrong document`, async () => {
    const bom = JSON.parse(write(madeAssessment, { version })) as object;
    assert.notEqual(
      await validators[version].validate(JSON.stringify({ ...bom, surprise: 1 })),
      null,
    );
  });

  test(`cyclonedx ${version}: hostile texts give a valid document`, async () => {
    await fc.assert(
      fc.asyncProperty(hostileAssessment, fc.boolean(), async (assessment, withHidden) => {
        await assertValid(write(assessment, { version, withHidden }), version);
      }),
      { numRuns: 40 },
    );
  });
}

test('cyclonedx: the same input at the same time gives the same bytes', () => {
  assert.equal(write(madeAssessment), write(structuredClone(madeAssessment)));
});

test('cyclonedx: another content or time gives another serial number', () => {
  const serial = read(madeAssessment).serialNumber;
  assert.match(
    serial,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const inventory = { ...madeInventory, packages: madeInventory.packages.slice(1) };
  assert.notEqual(read({ ...madeAssessment, inventory }).serialNumber, serial);
  assert.notEqual(read(madeAssessment, { now: new Date(0) }).serialNumber, serial);
});

test('cyclonedx: references are unique though packages share a purl', () => {
  const same = [madePackage(), madePackage({ version: '2' }), madePackage(), madePackage()];
  const { components } = read({
    ...madeAssessment,
    inventory: { ...madeInventory, packages: same },
  });
  const references = components.map((component) => component['bom-ref']);
  assert.equal(new Set(references).size, references.length);
});

test('cyclonedx: a vulnerability stands once, with all that it affects and what mends it', () => {
  const { vulnerabilities } = read(madeAssessment);
  const found = vulnerabilities!.filter(({ id }) => id === 'CVE-2024-5535');
  assert.equal(found.length, 1);
  assert.deepEqual(
    found[0]!.affects.map(({ ref }) => ref),
    [
      'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12',
      'pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12',
    ],
  );
  assert.deepEqual(found[0]!.affects[0]!.versions, [
    { version: '3.0.11-1~deb12u1', status: 'affected' },
    { version: '3.0.15-1~deb12u1', status: 'unaffected' },
  ]);
});

test('cyclonedx: every affected reference exists', () => {
  const stray = madeFinding({ purl: 'pkg:generic/nowhere@1' });
  const bom = read(
    { ...madeAssessment, findings: [...madeAssessment.findings, stray] },
    { withHidden: true },
  );
  const references = new Set(['image', ...bom.components.map((component) => component['bom-ref'])]);
  for (const { affects } of bom.vulnerabilities!)
    for (const { ref } of affects) assert.ok(references.has(ref), ref);
});

test('cyclonedx: completeness is claimed only for what is accounted for', () => {
  const aggregate = (inventory: typeof madeInventory): string =>
    read({ ...madeAssessment, inventory }).compositions[0]!.aggregate;
  assert.equal(aggregate(madeInventory), 'incomplete');
  const { ownership: _, ...accounted } = madeInventory;
  assert.equal(aggregate(accounted), 'complete');
  const gap = { code: 'x', message: 'x', blocking: true };
  assert.equal(aggregate({ ...accounted, gaps: [gap] }), 'incomplete');
  assert.equal(aggregate({ ...accounted, packages: [] }), 'incomplete');
});

test('cyclonedx: hidden packages are left out or out of scope', () => {
  const names = (withHidden: boolean): readonly string[] =>
    read(madeAssessment, { withHidden }).components.map(({ name }) => name);
  assert.ok(!names(false).includes('log4j-core'));
  assert.ok(names(true).includes('log4j-core'));
});
