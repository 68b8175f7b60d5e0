// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostileAssessment,
  madeAssessment,
  madeReportOptions as options,
} from '../../../testing/assessments.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { ReportOptions } from '../report.ts';
import { plugin } from './plugin.ts';
import { scanSchema, scanSchemaText, type ScanDocument } from './schema.ts';

const ajv = new Ajv2020({ strict: true, allErrors: true, strictTypes: false });
ajvFormats.default(ajv);
const validate = ajv.compile(scanSchema);

function render(assessment: Assessment, more: Partial<ReportOptions> = {}): ScanDocument {
  const text = [...plugin.render(assessment, { ...options, ...more })].join('');
  assert.ok(text.endsWith('}\n') && text.isWellFormed());
  return JSON.parse(text) as ScanDocument;
}

function assertValid(document: unknown): void {
  assert.ok(validate(document), ajv.errorsText(validate.errors));
}

test('json: the published schema is the one in the code (npm run gen writes it)', () => {
  const file = join(import.meta.dirname, '../../../docs/schema/scan-1.schema.json');
  assert.equal(readFileSync(file, 'utf8'), scanSchemaText());
});

test('json: the published schema takes our documents, and those of later versions', () => {
  const published = new Ajv2020({ strict: true, strictTypes: false });
  ajvFormats.default(published);
  const accepts = published.compile(JSON.parse(scanSchemaText()) as object);
  const document = render(madeAssessment);
  assert.ok(accepts(document), published.errorsText(accepts.errors));
  assert.ok(accepts({ ...document, schemaVersion: '1.7', added: 1 }));
  assert.equal(accepts({ ...document, schemaVersion: '2.0' }), false);
  assert.equal(accepts({ ...document, findings: [{}] }), false);
});

test('json: documents are valid by the schema', () => {
  assertValid(render(madeAssessment));
  assertValid(render(emptyAssessment));
  assertValid(render(madeAssessment, { verdict: { exitCode: 2, reasons: ['x'] } }));
});

test('json: the schema refuses what it does not name', () => {
  const document = render(madeAssessment);
  assert.equal(validate({ ...document, extra: 1 }), false);
  const { fixedVersion: _, ...rest } = document.findings[0]!;
  assert.equal(validate({ ...document, findings: [rest] }), false);
  assert.equal(validate({ ...document, image: { ...document.image, digest: 'sha256:x' } }), false);
});

test('json: what is always there and unknown is null', () => {
  const document = render(emptyAssessment);
  assert.equal(document.image.digest, null);
  assert.equal(document.image.platform, null);
  assert.equal(document.distribution, null);
  assert.equal(document.ownership, null);
  assert.equal(document.verdict, null);
  const unfixed = render(madeAssessment).findings.find(({ id }) => id === 'CVE-2022-3715');
  assert.equal(unfixed!.fixedVersion, null);
});

test('json: lists and their counts agree', () => {
  const document = render(madeAssessment);
  const { findings } = document.summary;
  assert.equal(document.findings.length, findings.total);
  assert.equal(document.hiddenFindings.length, findings.hidden);
  assert.equal(document.ignoredFindings.length, findings.ignored);
  assert.deepEqual([findings.total, findings.hidden, findings.ignored], [4, 1, 1]);
  assert.equal(document.packages.length, document.summary.packages);
});

test('json: findings are in a fixed order, whatever order they come in', () => {
  const turned = { ...madeAssessment, findings: madeAssessment.findings.toReversed() };
  assert.deepEqual(render(turned), render(madeAssessment));
});

test('json: a path that is not UTF-8 keeps its bytes', () => {
  const [first] = madeAssessment.inventory.packages;
  const item = { ...first!, locations: [{ path: '/a\udcffb', layer: 0 }] };
  const inventory = { ...madeAssessment.inventory, packages: [item] };
  const [location] = render({ ...madeAssessment, inventory }).packages[0]!.locations;
  assert.equal(location!.path, '/a\ufffdb');
  assert.deepEqual([...Buffer.from(location!.pathBase64!, 'base64')], [0x2f, 0x61, 0xff, 0x62]);
});

test('json: hostile texts give a valid document', () => {
  fc.assert(fc.property(hostileAssessment, (assessment) => assertValid(render(assessment))));
});
