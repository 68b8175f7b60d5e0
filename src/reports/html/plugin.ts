// SPDX-License-Identifier: Apache-2.0
// One page to hand around: self-contained, without scripts, readable in any browser and on paper.
import type { Assessment } from '../../model/assessment.ts';
import type { Finding } from '../../model/finding.ts';
import { formatPlatform } from '../../model/platform.ts';
import { countFindings } from '../finding-counts.ts';
import { compareFindings } from '../group-findings.ts';
import type { Report, ReportOptions } from '../report.ts';
import { counted, lifecycleWarning, severityList } from '../wording.ts';
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
  const nothing =
    coverage.level === 'none'
      ? 'Cannot tell: nothing in this image could be judged'
      : coverage.level === 'partial'
        ? 'No findings in the part that could be judged'
        : 'No findings';
  const sum =
    counts.total === 0
      ? nothing
      : `${counted(counts.total, 'finding')} (${counted(counts.vulnerabilities, 'vulnerability', 'vulnerabilities')}): ${severityList(counts)}; ${counts.fixable} can be fixed by an update`;
  const words = { 0: 'passed', 1: 'over the bar', 2: 'cannot tell' } as const;
  return markup`<p><strong>${sum}</strong></p>
    ${
      verdict &&
      markup`<p>
        Verdict: <strong>${words[verdict.exitCode]}</strong>${verdict.reasons.map(
          (reason) => markup`; ${reason}`,
        )}
      </p>`
    }`;
}

function imageFacts({ inventory }: Assessment): Markup {
  const { image, distribution, packages, hiddenPackages } = inventory;
  const fact = (label: string, text: string | undefined): Markup | undefined =>
    text === undefined || text === ''
      ? undefined
      : markup`<dt>${label}</dt>
          <dd>${text}</dd>`;
  const warning = distribution === undefined ? undefined : lifecycleWarning(distribution);
  return markup`<dl>
      ${fact('Digest', image.digest)}${fact(
        'Platform',
        image.platform && formatPlatform(image.platform),
      )}${fact('Created', image.created)}${fact('Layers', String(image.layers.length))}${fact(
        'Distribution',
        distribution?.name ?? 'not recognised',
      )}${fact('Packages', String(packages.length))}${
        hiddenPackages.length > 0
          ? fact('In earlier layers', String(hiddenPackages.length))
          : undefined
      }
    </dl>
    ${warning && markup`<p class="warning">${distribution!.name} is ${warning}</p>`}`;
}

function ignoredSection(ignored: readonly Finding[]): Markup {
  if (ignored.length === 0) return markup``;
  const rows = ignored
    .toSorted(compareFindings)
    .map(({ id, package: name, version, ignored: rule }) => {
      const { reason, until, source } = rule!;
      return markup`<tr>
        <td>${id}</td>
        <td>${name} ${version}</td>
        <td>${reason}</td>
        <td>${until ?? 'no expiry'}</td>
        <td>${source}</td>
      </tr> `;
    });
  return markup`<h2>Suppressed by an ignore file</h2>
    <table>
      <tr>
        <th>Id</th>
        <th>Package</th>
        <th>Reason</th>
        <th>Until</th>
        <th>By</th>
      </tr>
      ${rows}
    </table> `;
}
