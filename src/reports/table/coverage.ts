// SPDX-License-Identifier: Apache-2.0
// What a result rests on and what it cannot tell: the data that judged each ecosystem, the gaps with
// what to do about them, the executables that no package accounts for, and damage in the input.
import type { Coverage, DataSource, DataUsed } from '../../model/coverage.ts';
import type { OwnershipSummary } from '../../model/inventory.ts';
import type { Issue } from '../../model/issue.ts';
import { groupExecutables, type ExecutableGroup } from '../executable-groups.ts';
import { groupGaps } from '../group-gaps.ts';
import { ageOf, counted, grouped } from '../wording.ts';
import type { Page } from '../page.ts';

/** Setuid ones come on top of these. */
const executableLines = 12;
const issuesShown = 10;

export function* coverageSection(coverage: Coverage, page: Page): Iterable<string> {
  if (coverage.data.length > 0) {
    yield page.heading('What this rests on');
    for (const used of coverage.data)
      yield page.paragraph(
        dataLine(used, page.options.now),
        2,
        used.feeds.length === 0 ? 'yellow' : undefined,
      );
  }
  if (coverage.gaps.length === 0) return;
  yield page.heading('What cannot be told');
  for (const gap of groupGaps(coverage.gaps)) {
    yield page.paragraph(`${gap.message} [${gap.code}]`, 2, gap.blocking ? 'yellow' : undefined);
    if (gap.hint !== undefined) yield page.paragraph(`hint: ${gap.hint}`, 4, 'dim');
  }
}

function dataLine({ ecosystem, packages, feeds }: DataUsed, now: Date): string {
  const judged =
    feeds.length === 0
      ? 'not judged, nobody has data for it here'
      : `judged by ${feeds.map((source) => sourceText(source, now)).join('; ')}`;
  return `${ecosystem}: ${counted(packages, 'package')} ${judged}`;
}

function sourceText({ feed, asOf, fetched, advisories }: DataSource, now: Date): string {
  const date = asOf ?? fetched;
  const age = date === undefined ? undefined : ageOf(date, now);
  const when =
    date === undefined
      ? 'age unknown'
      : `${asOf === undefined ? 'fetched' : 'of'} ${date.slice(0, 10)}${age === undefined ? '' : `, ${age}`}`;
  return `${feed} (${when}, ${counted(advisories, 'advisory', 'advisories')})`;
}

export function* ownershipSection(ownership: OwnershipSummary, page: Page): Iterable<string> {
  const { unownedExecutables, unownedExecutablesTotal, skippedMounts } = ownership;
  yield page.heading('Files');
  yield page.paragraph(
    `${grouped(ownership.files)} files, ${grouped(ownership.ownedByPackages)} belong to packages, ${grouped(ownership.unowned)} to none`,
    2,
  );
  if (ownership.languagePackagesOwnedByOs > 0)
    yield page.paragraph(
      `${counted(ownership.languagePackagesOwnedByOs, 'language package')} installed by the distribution: not listed a second time`,
      2,
    );
  if (skippedMounts.length > 0)
    yield page.paragraph(`not read, other file systems: ${skippedMounts.join(', ')}`, 2);
  if (unownedExecutablesTotal === 0) return;
  yield page.paragraph(
    `${counted(unownedExecutablesTotal, 'executable')} that no package accounts for:`,
    2,
    'yellow',
  );
  const groups = page.options.verbose
    ? unownedExecutables.map((file): ExecutableGroup => ({ kind: 'file', file }))
    : groupExecutables(unownedExecutables, executableLines);
  const setuid = unownedExecutables.filter((one) => one.setuid === true).length;
  const shown = page.options.verbose ? groups : groups.slice(0, setuid + 2 * executableLines);
  for (const group of shown) yield executableLine(group, page);
  const rest = unownedExecutablesTotal - shown.reduce((sum, group) => sum + countOf(group), 0);
  if (rest > 0) yield page.line({ text: `    and ${grouped(rest)} more`, style: 'dim' });
  if (shown.some(({ kind }) => kind === 'folder'))
    yield page.line({ text: '    --verbose lists them one by one', style: 'dim' });
}

function executableLine(group: ExecutableGroup, page: Page): string {
  const { path, layer } = group.kind === 'file' ? group.file : group;
  const what = group.kind === 'file' ? group.file.kind : counted(group.count, 'executable');
  const isSetuid = group.kind === 'file' && group.file.setuid === true;
  return page.line(
    { text: `    ${path}` },
    { text: `  ${what}${layer === undefined ? '' : `, layer ${layer}`}`, style: 'dim' },
    { text: isSetuid ? '  setuid' : '', style: 'boldRed' },
  );
}

function countOf(group: ExecutableGroup): number {
  return group.kind === 'file' ? 1 : group.count;
}

export function* issueSection(issues: readonly Issue[], page: Page): Iterable<string> {
  if (issues.length === 0) return;
  yield page.heading('Damage found on the way');
  const ordered = [...issues].sort((left, right) => Number(right.fatal) - Number(left.fatal));
  const shown = page.options.verbose ? ordered : ordered.slice(0, issuesShown);
  for (const { message, fatal, where } of shown) {
    const place = where === undefined || message.includes(where) ? '' : ` (${where})`;
    const lost = fatal ? '; part of the result is missing' : '';
    yield page.paragraph(`${message}${place}${lost}`, 2, fatal ? 'yellow' : undefined);
  }
  if (shown.length < ordered.length)
    yield page.line({ text: `  and ${grouped(ordered.length - shown.length)} more`, style: 'dim' });
}
