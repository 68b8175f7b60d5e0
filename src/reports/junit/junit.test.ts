// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostileAssessment,
  hostileText,
  madeAssessment,
  madeFinding,
  madeInventory,
  madeReportOptions as options,
} from '../../../testing/assessments.ts';
import { canRun, missing } from '../../../testing/require.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { ReportOptions } from '../report.ts';
import { plugin } from './plugin.ts';
import { element, escapeXml } from './xml.ts';

function render(assessment: Assessment, given: Partial<ReportOptions> = {}): string {
  return [...plugin.render(assessment, { ...options, ...given })].join('');
}

/** An element as Python's parser (expat) reads it. */
interface Node {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Node[];
}

const parser = `
import json, sys, xml.etree.ElementTree as tree
def node(e): return dict(tag=e.tag, attributes=e.attrib, text=e.text or '', children=[node(c) for c in e])
json.dump([node(tree.fromstring(t.encode())) for t in json.load(sys.stdin)], sys.stdout)`;

const skip = missing('python', canRun('python3'));

function parse(documents: readonly string[]): readonly Node[] {
  const input = JSON.stringify(documents);
  const result = spawnSync('python3', ['-c', parser], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout) as readonly Node[];
}

function all(node: Node, tag: string): readonly Node[] {
  const below = node.children.flatMap((child) => all(child, tag));
  return node.tag === tag ? [node, ...below] : below;
}

const ignored = { reason: 'not "reachable" & known', until: '2027-01-01', source: 'x' };

test('junit: characters that XML cannot hold, and markup, become text', () => {
  for (const [text, want] of [
    ['a<b>&"\'', "a&lt;b&gt;&amp;&quot;'"],
    [']]>', ']]&gt;'],
    ['\0\x01\x08\x0b\x1f\x7f\x85', '\\x00\\x01\\x08\\x0b\\x1f\\x7f\\x85'],
    ['\t\n\r', '\\t\\n\\r'],
    ['\ud800', '\\u{d800}'],
    ['\udfff', '\\u{dfff}'],
    ['\udc80', '\\x80'],
    ['\ufffe\uffff', '\\u{fffe}\\u{ffff}'],
    ['\u202e', '\\u{202e}'],
    ['漢 é 😀', '漢 é 😀'],
  ] as const)
    assert.equal(escapeXml(text), want);
  assert.equal(element('a', { b: '"', c: undefined, d: 0 }), '<a b="&quot;" d="0"/>');
  assert.equal(element('a', {}, ['<', '&']), '<a>&lt;\n&amp;</a>');
});

test('junit: every UTF-16 code unit gives XML', { skip }, () => {
  const texts: string[] = [];
  for (let code = 0; code < 0x10000; code += 256)
    texts.push(String.fromCharCode(...Array.from({ length: 256 }, (_, at) => code + at)));
  const documents = texts.map((text) => element('a', { b: text }, [text]));
  for (const [at, node] of parse(documents).entries()) {
    assert.equal(node.attributes['b'], node.text, String(at));
    assert.ok(node.text.isWellFormed());
  }
});

test('junit: a case per package and vulnerability; the accepted are skipped', { skip }, () => {
  const assessment: Assessment = {
    ...madeAssessment,
    findings: [
      madeFinding(),
      madeFinding({ package: 'openssl', severity: 'low' }),
      madeFinding({ id: 'CVE-2030-0001', ignored }),
      madeFinding({ id: 'CVE-2030-0002', hidden: true }),
    ],
  };
  const [root] = parse([render(assessment)]);
  const [suite] = all(root!, 'testsuite');
  const cases = all(suite!, 'testcase');
  assert.deepEqual(
    cases.map(({ attributes, children: [outcome] }) => [
      attributes['classname'],
      attributes['name'],
      outcome!.tag,
      outcome!.attributes['type'] ?? outcome!.attributes['message'],
    ]),
    [
      ['Debian:12 libssl3', 'CVE-2024-5535: libssl3 3.0.11-1~deb12u1', 'failure', 'critical'],
      [
        'Debian:12 libssl3',
        'CVE-2030-0001: libssl3 3.0.11-1~deb12u1',
        'skipped',
        'not "reachable" & known (until 2027-01-01)',
      ],
      ['Debian:12 openssl', 'CVE-2024-5535: openssl 3.0.11-1~deb12u1', 'failure', 'low'],
    ],
  );
  const failure = all(suite!, 'failure')[0]!;
  assert.equal(
    failure.attributes['message'],
    'libssl3 3.0.11-1~deb12u1 has CVE-2024-5535 (critical): fixed in 3.0.15-1~deb12u1',
  );
  assert.match(failure.text, /Dockerfile line 3/);
  const { tests, failures, skipped } = suite!.attributes;
  assert.deepEqual([tests, failures, skipped], ['3', '2', '1']);
  const [shown] = parse([render(assessment, { showHidden: true })]);
  const messages = all(shown!, 'failure').map(({ attributes }) => attributes['message']!);
  assert.equal(messages.length, 3);
  assert.equal(messages.filter((message) => message.includes('earlier layer')).length, 1);
});

test('junit: figures are those of the cases', { skip }, () => {
  for (const root of parse([madeAssessment, emptyAssessment].map((one) => render(one))))
    for (const node of [root, ...all(root, 'testsuite')]) {
      const count = (tag: string): string => String(all(node, tag).length);
      const { tests, failures, errors, skipped } = node.attributes;
      assert.equal(tests, count('testcase'));
      assert.equal(failures, count('failure'));
      assert.equal(errors, count('error'));
      assert.equal(skipped, count('skipped'));
    }
});

test('junit: what cannot be told is an error, so that silence is not success', { skip }, () => {
  const [root] = parse([render(emptyAssessment)]);
  assert.deepEqual(
    all(root!, 'error').map(({ attributes }) => attributes['type']),
    ['no-package-database'],
  );
  const issue = { code: 'truncated-archive', message: 'x', where: '/a', fatal: true };
  const damaged = { ...madeAssessment, inventory: { ...madeInventory, issues: [issue] } };
  const [other] = parse([render(damaged)]);
  const names = all(other!, 'testcase')
    .filter(({ children }) => children.some(({ tag }) => tag === 'error'))
    .map(({ attributes }) => attributes['name']);
  assert.ok(names.includes('truncated-archive: /a'), names.join());
});

test('junit: the suite tells of what it is', { skip }, () => {
  const verdict = { exitCode: 1, reasons: ['2 findings of critical severity'] } as const;
  const [root] = parse([render(madeAssessment, { verdict })]);
  const properties = all(all(root!, 'testsuite')[0]!, 'property').map(({ attributes }) => [
    attributes['name'],
    attributes['value'],
  ]);
  for (const wanted of [
    ['source', 'registry.example/shop/web:1.4'],
    ['digest', madeInventory.image.digest],
    ['platform', 'linux/amd64'],
    ['distribution', 'Debian GNU/Linux 12 (bookworm)'],
    ['exit code', '1'],
    ['reason', '2 findings of critical severity'],
  ])
    assert.ok(
      properties.some((property) => property.join('=') === wanted.join('=')),
      wanted.join('='),
    );
  assert.equal(all(root!, 'testsuite')[0]!.attributes['timestamp'], '2026-11-25T12:00:00');
});

test('junit: hostile texts change no element', { skip }, () => {
  const documents: string[] = [];
  const shapes: string[] = [];
  fc.assert(
    fc.property(hostileAssessment, hostileText, (made, text) => {
      const findings = made.findings.map((finding, at) =>
        at % 2 === 0
          ? finding
          : { ...finding, ignored: { reason: text, until: text, source: text } },
      );
      const verdict = { exitCode: 1, reasons: [text] } as const;
      documents.push(render({ ...made, findings }, { verdict }));
      shapes.push(
        findings
          .map(({ ignored: one }) => (one ? 'skipped' : 'failure'))
          .sort()
          .join(),
      );
    }),
  );
  for (const [at, root] of parse(documents).entries()) {
    const outcomes = [...all(root, 'failure'), ...all(root, 'skipped')].map(({ tag }) => tag);
    assert.equal(outcomes.sort().join(), shapes[at]);
  }
});
