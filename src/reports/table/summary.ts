// SPDX-License-Identifier: Apache-2.0
// The last lines: how many findings, how bad, what can be done, and the verdict.
import type { Assessment } from '../../model/assessment.ts';
import { countFindings, type FindingCounts } from '../finding-counts.ts';
import type { ReportVerdict } from '../report.ts';
import { counted, grouped, nothingFound, severityList } from '../wording.ts';
import type { Page } from '../page.ts';

export function* summary(assessment: Assessment, page: Page): Iterable<string> {
  const counts = countFindings(assessment.findings);
  yield page.heading('Summary');
  yield page.paragraph(totalText(counts, assessment), 2, 'bold');
  for (const line of remarks(counts)) yield page.paragraph(line, 2);
  const { verdict } = page.options;
  if (verdict !== undefined) yield* verdictLines(verdict, page);
}

function totalText(counts: FindingCounts, { coverage }: Assessment): string {
  if (counts.total > 0) {
    const different = counted(counts.vulnerabilities, 'vulnerability', 'vulnerabilities');
    return `${counted(counts.total, 'finding')} (${different}): ${severityList(counts)}`;
  }
  return nothingFound(coverage.level);
}

function remarks(counts: FindingCounts): readonly string[] {
  const { total, fixable, knownExploited, bySeverity, hidden, ignored } = counts;
  const lines: string[] = [];
  if (total > 0) lines.push(`${grouped(fixable)} of them can be fixed by an update`);
  if (knownExploited > 0)
    lines.push(`${grouped(knownExploited)} known to be exploited (CISA's catalogue)`);
  if (bySeverity.unknown > 0)
    lines.push(`${grouped(bySeverity.unknown)} could not be graded: nobody states a severity`);
  if (hidden > 0) lines.push(`${grouped(hidden)} more in packages that are only in earlier layers`);
  if (ignored > 0) lines.push(`${grouped(ignored)} suppressed by an ignore file`);
  return lines;
}

const verdictTexts = {
  0: { text: 'passed', style: 'green' },
  1: { text: 'over the bar', style: 'boldRed' },
  2: { text: 'cannot tell', style: 'yellow' },
} as const;

function* verdictLines({ exitCode, reasons }: ReportVerdict, page: Page): Iterable<string> {
  const { text, style } = verdictTexts[exitCode];
  yield page.paragraph(`Verdict: ${text} (exit code ${exitCode})`, 2, style);
  for (const reason of reasons) yield page.paragraph(reason, 4);
}
