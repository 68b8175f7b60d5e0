// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  emptyAssessment,
  hostileAssessment,
  madeAssessment,
  madeFinding,
  madeInventory,
  madeReportOptions as options,
} from '../../../testing/assessments.ts';
import type { Assessment } from '../../model/assessment.ts';
import { escapeHtml, link, markup } from './markup.ts';
import { plugin } from './plugin.ts';

function render(assessment: Assessment): string {
  return [...plugin.render(assessment, options)].join('');
}

/** Names of the elements in the page, open and closed ones, in order; the style is skipped. */
function tags(page: string): readonly string[] {
  const body = page.replace(/<style>[^<]*<\/style>/, '');
  return [...body.matchAll(/<(!?\/?[a-z0-9]+)[^<>]*>/g)].map((match) => match[1]!);
}

test('html: insertions are escaped, markup and lists of it are not', () => {
  assert.equal(
    markup`<p title="${'"\'&'}">${'<b>'}${markup`<i>${1}</i>`}${[markup`<u>`, '&']}${undefined}</p>`.toString(),
    '<p title="&quot;&#39;&amp;">&lt;b&gt;<i>1</i><u>&amp;</p>',
  );
  assert.equal(escapeHtml('a\u202eb'), 'a\\u{202e}b');
});

test('html: only web addresses become links', () => {
  assert.equal(link('javascript:alert(1)').toString(), 'javascript:alert(1)');
  assert.equal(link('data:text/html,x').toString(), 'data:text/html,x');
  assert.match(
    link('https://x.example/"onclick=1').toString(),
    /^<a href="https:\/\/x\.example\/%22onclick=1" rel=/,
  );
});

test('html: the policy allows the page its own style and nothing else', () => {
  const page = render(madeAssessment);
  const style = /<style>([^<]*)<\/style>/.exec(page)![1]!;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
  assert.equal(
    policy,
    `default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
  );
  assert.doesNotMatch(page, /<script|<img|<link|style="|\son\w+=/);
});

test('html: every element that needs an end has one', () => {
  for (const page of [render(madeAssessment), render(emptyAssessment)]) {
    const open: string[] = [];
    for (const tag of tags(page)) {
      if (tag.startsWith('/')) assert.equal(open.pop(), tag.slice(1));
      else if (!['!doctype', 'meta', 'br'].includes(tag)) open.push(tag);
    }
    assert.deepEqual(open, []);
  }
});

test('html: tells what the table tells', () => {
  const page = render(madeAssessment);
  for (const pattern of [
    /4 findings \(3 vulnerabilities\): 2 critical/,
    /past its end of life/,
    /<h3>libssl3, openssl 3\.0\.11-1~deb12u1<\/h3>/,
    /3\.0\.15-1~deb12u1/,
    /exploited, ransomware/,
    /Only in earlier layers/,
    /no proxy in use/,
    /There is no advisory data for Maven/,
    /setuid/,
  ])
    assert.match(page, pattern);
  assert.match(render(emptyAssessment), /Cannot tell: nothing in this image could be judged/);
});

test('html: a hostile name stays text', () => {
  const name = '</title><script>alert(1)</script>"onmouseover="x';
  const page = render({
    ...madeAssessment,
    inventory: { ...madeInventory, source: name },
    findings: [madeFinding({ id: name, package: name, summary: name, references: [name] })],
  });
  assert.doesNotMatch(page, /<script/);
  assert.match(page, /&lt;script&gt;alert\(1\)/);
});

test('html: hostile texts change the elements of the page no more than plain ones do', () => {
  const plain = (assessment: Assessment): Assessment =>
    JSON.parse(
      JSON.stringify(assessment, (_, value: unknown) =>
        typeof value === 'string' ? value.replace(/[^a-z0-9:/.-]/gi, 'x') : value,
      ),
    ) as Assessment;
  fc.assert(
    fc.property(hostileAssessment, (assessment) => {
      const page = render(assessment);
      assert.doesNotMatch(page, /[^\P{C}\n]/u);
      const expected = new Set(tags(render(plain(assessment))));
      for (const tag of tags(page))
        assert.ok(expected.has(tag) || tag === 'a' || tag === '/a', tag);
    }),
  );
});
