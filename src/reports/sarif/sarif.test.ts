// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  hostileAssessment,
  madeAssessment,
  madeFinding,
  madeReportOptions as options,
} from '../../../testing/assessments.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Finding } from '../../model/finding.ts';
import type { ReportOptions } from '../report.ts';
import { plugin } from './plugin.ts';
import { securitySeverity } from './rules.ts';
import { artifactUri, messageText, webAddress } from './text.ts';

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly { readonly justification: string }[];
}

interface SarifRule {
  readonly id: string;
  readonly properties: { readonly tags: readonly string[]; readonly 'security-severity'?: string };
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly SarifRule[] } };
  readonly results: readonly SarifResult[];
  readonly invocations: readonly {
    readonly toolExecutionNotifications: readonly {
      readonly descriptor: { readonly id: string };
    }[];
  }[];
}

function run(assessment: Assessment, more: Partial<ReportOptions> = {}): SarifRun {
  const text = [...plugin.render(assessment, { ...options, ...more })].join('');
  return (JSON.parse(text) as { readonly runs: readonly [SarifRun] }).runs[0];
}

function runOf(findings: readonly Finding[]): SarifRun {
  return run({ ...madeAssessment, findings });
}

test('sarif: a rule per vulnerability, a result per package and vulnerability', () => {
  const { tool, results } = run(madeAssessment);
  const { rules } = tool.driver;
  assert.deepEqual(
    rules.map(({ id }) => id),
    ['CVE-2024-5535', 'CVE-2023-32681', 'CVE-2025-27587', 'CVE-2022-3715'],
  );
  assert.equal(results.length, 5);
  for (const { ruleId, ruleIndex } of results) assert.equal(rules[ruleIndex]!.id, ruleId);
});

test('sarif: what was suppressed says why, the rest says that it was not', () => {
  const { results } = run(madeAssessment);
  const texts = results.map(({ suppressions }) => suppressions[0]?.justification ?? '');
  assert.deepEqual(
    texts.filter((text) => text !== ''),
    ['no proxy in use (until 2027-01-31)'],
  );
});

test('sarif: the message tells version, fix, layer and command', () => {
  assert.equal(
    run(madeAssessment).results[0]!.message.text,
    'libssl3 3.0.11-1~deb12u1 has CVE-2024-5535 (critical): fixed in 3.0.15-1~deb12u1; from layer 1 (Dockerfile line 3): RUN apt-get update && apt-get install -y openssl python3-pip',
  );
});

test('sarif: gaps and damage are notifications', () => {
  const ids = run({ ...madeAssessment, findings: [] }).invocations[0]!.toolExecutionNotifications;
  assert.deepEqual(
    ids.map(({ descriptor }) => descriptor.id),
    ['stale-data', 'no-advisory-data', 'truncated-archive'],
  );
});

test('sarif: the run says which data judged it, and how old that is', () => {
  const { properties } = run(madeAssessment) as { properties?: { advisoryData?: unknown } };
  assert.deepEqual(properties?.advisoryData, madeAssessment.coverage.data);
});

test('sarif: hidden findings only when asked for', () => {
  assert.equal(run(madeAssessment, { showHidden: true }).results.length, 6);
});

test('sarif: a fingerprint outlives an update, and tells packages and places apart', () => {
  const print = (finding: Finding): string =>
    runOf([finding]).results[0]!.partialFingerprints['plimsollFinding/v1']!;
  const first = print(madeFinding());
  assert.equal(
    print(madeFinding({ version: '3.0.13-1', ecosystem: 'Debian:13', layer: 4 })),
    first,
  );
  assert.notEqual(print(madeFinding({ package: 'openssl' })), first);
  assert.notEqual(print(madeFinding({ id: 'CVE-2' })), first);
  assert.notEqual(print(madeFinding({ locations: [{ path: '/elsewhere' }] })), first);
  const both = runOf([madeFinding(), madeFinding({ layer: 2 })]).results;
  assert.equal(
    new Set(both.map((result) => result.partialFingerprints['primaryLocationLineHash'])).size,
    2,
  );
});

test('sarif: the figure of the severity never contradicts the word', () => {
  assert.equal(securitySeverity(madeFinding({ severity: 'critical', score: 9.8 })), '9.8');
  assert.equal(securitySeverity(madeFinding({ severity: 'low', score: 9.8 })), '2.0');
  assert.equal(securitySeverity(madeFinding({ severity: 'unknown' })), undefined);
});

test('sarif: paths are URIs of their exact bytes that stay below the root', () => {
  for (const [path, uri] of [
    ['/usr/lib/libssl.so.3', 'usr/lib/libssl.so.3'],
    ['/a b/100%/ü#?', 'a%20b/100%25/%C3%BC%23%3F'],
    ['/a\udcff', 'a%FF'],
    ['/../../etc/./x', 'etc/x'],
    ['/a/../b//c/', 'b/c'],
    ['/app.jar!/lib/x.jar', 'app.jar!/lib/x.jar'],
    ['//c:/x', 'c%3A/x'],
    ['/', '.'],
  ] as const)
    assert.equal(artifactUri(path), uri, path);
});

const segment = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.constantFrom('..', '.', '', '%2e%2e', '.%2E', 'c:', '~', '?', '#', '\\\\host', '...'),
);

test('sarif: every path stays below the root, and decodes to what it names there', () => {
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const path = `/${segments.join('/')}`;
      const uri = artifactUri(path);
      const resolved = new URL(uri, 'file:///root/');
      assert.ok(resolved.href.startsWith('file:///root/'), resolved.href);
      const named = posix.normalize(path).replace(/^\/+|\/+$/g, '');
      assert.equal(decodeURIComponent(uri), named || '.');
    }),
  );
});

test('sarif: foreign text is neither a placeholder nor a link', () => {
  assert.equal(messageText('a{0}b'), 'a{{0}}b');
  assert.equal(messageText('[update](https://evil.example)'), '[update] (https://evil.example)');
  assert.equal(messageText(' '), '-');
});

test('sarif: help leads to a web address only', () => {
  assert.equal(
    webAddress(['javascript:alert(1)', 'ftp://x', 'https://a b', 'https://x.example/ü']),
    'https://x.example/%C3%BC',
  );
  assert.equal(webAddress(['file:///etc/passwd']), undefined);
});

test('sarif: hostile texts give a log whose results point at their rules', () => {
  fc.assert(
    fc.property(hostileAssessment, (assessment) => {
      const { tool, results } = run(assessment);
      assert.equal(results.length, assessment.findings.length);
      for (const { ruleId, ruleIndex, message } of results) {
        assert.equal(tool.driver.rules[ruleIndex]!.id, ruleId);
        assert.ok(message.text.length > 0);
      }
    }),
  );
});
