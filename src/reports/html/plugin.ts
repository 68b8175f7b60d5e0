// SPDX-License-Identifier: Apache-2.0
// One page to hand around: self-contained, without scripts, readable in any browser and on paper.
import type { Assessment } from '../../model/assessment.ts';
import type { Finding } from '../../model/finding.ts';
import { formatPlatform } from '../../model/platform.ts';
import { countFindings } from '../finding-counts.ts';
import { compareFindings } from '../group-findings.ts';
import type { Report, ReportOptions, ReportVerdict } from '../report.ts';
import { counted, lifecycleWarning, nothingFound, severityList } from '../wording.ts';
import { findingGroups } from './findings.ts';
import { markup, Markup } from './markup.ts';
import { coverageSection, filesSection, issuesSection } from './sections.ts';
import { contentSecurityPolicy, styleSheet } from './style.ts';

export const plugin: Report = {
  id: 'html',
  title: 'HTML page',
  mediaType: 'text/html; charset=utf-8',
  for: ['scan'],
  *render(assessment, options) {
    for (const part of pageOf(assessment, options)) yield part.toString();
  },
};

function* pageOf(assessment: Assessment, options: ReportOptions): Iterable<Markup> {
  const { inventory, findings, coverage } = assessment;
  yield markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width">
<title>${inventory.source}: Plimsoll</title>
<style>${Markup.constant(styleSheet)}</style>
</head>
<body>
<h1>${inventory.source}</h1>
${headline(assessment, options)}
${imageFacts(assessment)}
`;
  const open = findings.filter(({ ignored }) => !ignored);
  const effective = open.filter(({ hidden }) => !hidden);
  if (effective.length > 0) {
    yield markup`<h2>Findings</h2>
`;
    yield* findingGroups(effective, inventory);
  }
  const hidden = open.filter((finding) => finding.hidden);
  if (hidden.length > 0) {
    yield markup`<h2>Only in earlier layers: shipped with the image, not in what it runs</h2>
`;
    yield* findingGroups(hidden, inventory);
  }
  yield ignoredSection(findings.filter(({ ignored }) => ignored !== undefined));
  if (inventory.ownership !== undefined) yield filesSection(inventory.ownership);
  yield coverageSection(coverage, options.now);
  yield issuesSection(inventory.issues);
  yield markup`<p class="dim">Plimsoll ${options.toolVersion}, ${options.now.toISOString()}</p>
</body>
</html>
`;
}

function headline({ findings, coverage }: Assessment, { verdict }: ReportOptions): Markup {
  const counts = countFindings(findings);
  const different = counted(counts.vulnerabilities, 'vulnerability', 'vulnerabilities');
  const sum =
    counts.total === 0
      ? nothingFound(coverage.level)
      : `${counted(counts.total, 'finding')} (${different}): ${severityList(counts)}; ${counts.fixable} can be fixed by an update`;
  return markup`<p><strong>${sum}</strong></p>
${verdict && verdictLine(verdict)}`;
}

function verdictLine({ exitCode, reasons }: ReportVerdict): Markup {
  const words = { 0: 'passed', 1: 'over the bar', 2: 'cannot tell' } as const;
  const listed = reasons.map((reason) => markup`; ${reason}`);
  return markup`<p>Verdict: <strong>${words[exitCode]}</strong>${listed}</p>
`;
}

function imageFacts({ inventory }: Assessment): Markup {
  const { image, distribution, packages, hiddenPackages } = inventory;
  const facts: readonly (readonly [label: string, text: string | undefined])[] = [
    ['Digest', image.digest],
    ['Platform', image.platform && formatPlatform(image.platform)],
    ['Created', image.created],
    ['Layers', String(image.layers.length)],
    ['Distribution', distribution?.name ?? 'not recognised'],
    ['Packages', String(packages.length)],
    ['In earlier layers', hiddenPackages.length === 0 ? '' : String(hiddenPackages.length)],
  ];
  const rows = facts.map(([label, text]) =>
    text ? markup`<dt>${label}</dt><dd>${text}</dd>\n` : undefined,
  );
  const warning = distribution === undefined ? undefined : lifecycleWarning(distribution);
  return markup`<dl>
${rows}</dl>
${warning && markup`<p class="warning">${distribution!.name} is ${warning}</p>\n`}`;
}

function ignoredSection(ignored: readonly Finding[]): Markup {
  if (ignored.length === 0) return markup``;
  const rows = ignored
    .toSorted(compareFindings)
    .map(({ id, package: name, version, ignored: rule }) => {
      const { reason, until, source } = rule!;
      return markup`<tr><td>${id}</td><td>${name} ${version}</td><td>${reason}</td><td>${until ?? 'no expiry'}</td><td>${source}</td></tr>
`;
    });
  return markup`<h2>Suppressed by an ignore file</h2>
<table><tr><th>Id</th><th>Package</th><th>Reason</th><th>Until</th><th>By</th></tr>
${rows}</table>
`;
}
