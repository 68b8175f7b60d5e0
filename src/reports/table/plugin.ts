// SPDX-License-Identifier: Apache-2.0
// The report that people read in a terminal, top to bottom: what this is, what is wrong, what is
// only shipped in earlier layers, what nobody accounts for, what the result rests on, the sum.
import type { Assessment } from '../../model/assessment.ts';
import type { Finding } from '../../model/finding.ts';
import { compareFindings } from '../group-findings.ts';
import type { Report, ReportOptions } from '../report.ts';
import { counted } from '../wording.ts';
import { coverageSection, issueSection, ownershipSection } from './coverage.ts';
import { findingTable } from './findings.ts';
import { header } from './header.ts';
import { Page } from '../page.ts';
import { summary } from './summary.ts';

export const plugin: Report = {
  id: 'table',
  title: 'Table for a terminal',
  mediaType: 'text/plain',
  for: ['scan'],
  render,
};

function* render(assessment: Assessment, options: ReportOptions): Iterable<string> {
  const page = new Page(options);
  const { inventory, findings, coverage } = assessment;
  yield* header(inventory, page);
  const open = findings.filter((finding) => !finding.ignored);
  const effective = open.filter(({ hidden }) => !hidden);
  if (effective.length > 0) {
    yield page.heading('Findings');
    yield* findingTable(effective, inventory, page);
  }
  yield* hiddenSection(
    open.filter(({ hidden }) => hidden),
    assessment,
    page,
  );
  yield* ignoredSection(
    findings.filter(({ ignored }) => ignored !== undefined),
    page,
  );
  if (inventory.ownership !== undefined) yield* ownershipSection(inventory.ownership, page);
  yield* coverageSection(coverage, page);
  yield* issueSection(inventory.issues, page);
  yield* summary(assessment, page);
}

function* hiddenSection(
  hidden: readonly Finding[],
  { inventory }: Assessment,
  page: Page,
): Iterable<string> {
  if (hidden.length === 0) return;
  yield page.heading('Only in earlier layers: shipped with the image, not in what it runs');
  if (page.options.showHidden) yield* findingTable(hidden, inventory, page);
  else
    yield page.paragraph(
      `${counted(hidden.length, 'finding')} in packages that a later layer removed (--hidden lists them)`,
      2,
    );
}

/** Each with who suppressed it and until when: an ignore file must not work in the dark. */
function* ignoredSection(ignored: readonly Finding[], page: Page): Iterable<string> {
  if (ignored.length === 0) return;
  yield page.heading('Suppressed by an ignore file');
  for (const finding of [...ignored].sort(compareFindings)) {
    const { reason, until, source } = finding.ignored!;
    const expiry = until === undefined ? 'without an expiry' : `until ${until}`;
    yield page.paragraph(
      `${finding.id} in ${finding.package} ${finding.version}: ${reason} (${expiry}, ${source})`,
      2,
    );
  }
}
