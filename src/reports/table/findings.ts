// SPDX-License-Identifier: Apache-2.0
// The findings, grouped as people mend them: a package with its version and layer, under it one
// line per vulnerability.
import type { Finding } from '../../model/finding.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Severity } from '../../model/severity.ts';
import type { Style } from '../../formats/terminal/style.ts';
import { escapeForTerminal } from '../../formats/terminal/escape.ts';
import { displayWidth } from '../../formats/terminal/width.ts';
import { groupFindings, type FindingGroup, type FindingRow } from '../group-findings.ts';
import { describeLayer } from '../layer-command.ts';
import { counted, withoutFixedVersion } from '../wording.ts';
import type { Page, Span } from '../page.ts';

export const severityStyle: Readonly<Record<Severity, Style>> = {
  critical: 'boldRed',
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  negligible: 'dim',
  unknown: 'magenta',
};

/** In the top tenth of all CVEs by probability of exploitation: worth a word in the line. */
const highEpssPercentile = 0.9;
const namesShown = 4;
const titleCellsMin = 16;
const gap = 2;

interface Columns {
  /** Long where there is room: `KEV ransomware, EPSS 94%`, else `KEV` or `EPSS`. */
  readonly longMarks: boolean;
  readonly id: number;
  readonly marks: number;
  readonly fixed: number;
  /** 0 where there is no room for it. */
  readonly title: number;
}

const indentCells = 2;
const severityCells = 'negligible'.length + gap;

/** All given findings; the caller has sorted out which belong in this section. */
export function* findingTable(
  findings: readonly Finding[],
  inventory: Inventory,
  page: Page,
): Iterable<string> {
  const packages = [...inventory.packages, ...inventory.hiddenPackages];
  const groups = groupFindings(findings, packages);
  const columns = measure(findings, page.width);
  yield page.line(
    ...row(columns, [
      { text: 'SEVERITY', style: 'dim' },
      { text: 'ID', style: 'dim' },
      { text: columns.marks === 0 ? '' : 'RISK', style: 'dim' },
      { text: 'FIXED IN', style: 'dim' },
      { text: 'TITLE', style: 'dim' },
    ]),
  );
  for (const group of groups) yield* groupLines(group, columns, inventory, page);
}

function measure(findings: readonly Finding[], width: number): Columns {
  const widest = (texts: Iterable<string>, least: number, most: number): number => {
    let cells = least;
    for (const text of texts) cells = Math.max(cells, displayWidth(escapeForTerminal(text)));
    return Math.min(cells, most) + gap;
  };
  const id = widest(
    findings.map((finding) => finding.id),
    2,
    24,
  );
  const fixed = widest(findings.map(fixedText), 'FIXED IN'.length, width < 100 ? 22 : 34);
  const columns = (longMarks: boolean): Columns => {
    const texts = findings.map((finding) => marksOf(finding, longMarks));
    const marks = texts.every((text) => text === '') ? 0 : widest(texts, 'RISK'.length, 24);
    const rest = width - indentCells - severityCells - id - marks - fixed;
    return { longMarks, id, marks, fixed, title: rest < titleCellsMin ? 0 : rest };
  };
  const wide = columns(true);
  return wide.title > 0 ? wide : columns(false);
}

function row(columns: Columns, cells: readonly [Span, Span, Span, Span, Span]): readonly Span[] {
  const [severity, id, marks, fixed, title] = cells;
  return [
    { text: ' '.repeat(indentCells) },
    { ...severity, cells: severityCells },
    { ...id, cells: columns.id },
    ...(columns.marks === 0 ? [] : [{ ...marks, cells: columns.marks }]),
    { ...fixed, cells: columns.fixed },
    ...(columns.title === 0 ? [] : [title]),
  ];
}

function* groupLines(
  group: FindingGroup,
  columns: Columns,
  inventory: Inventory,
  page: Page,
): Iterable<string> {
  yield '\n';
  yield page.line(
    { text: shortList(group.packages, page.options.verbose), style: 'bold' },
    { text: ` ${group.version}` },
    { text: `  ${group.ecosystem}${sourceOf(group)}`, style: 'dim' },
  );
  const where = placeOf(group, inventory);
  if (where !== '') yield page.line({ text: '  ' }, { text: where, style: 'dim' });
  const shown = group.rows.filter(({ finding }) => page.options.verbose || !isTrifle(finding));
  for (const item of shown) yield* rowLines(item, group, columns, page);
  const trifles = group.rows.length - shown.length;
  if (trifles > 0)
    yield page.line(
      { text: '  ' },
      {
        text: `and ${trifles} that the distribution calls unimportant (--verbose lists them)`,
        style: 'dim',
      },
    );
}

/** Affects no sane use, by the distribution's judgement, and nobody is known to exploit it. */
function isTrifle(finding: Finding): boolean {
  return finding.status === 'unimportant' && finding.kev === undefined;
}

function* rowLines(
  { finding, packages }: FindingRow,
  group: FindingGroup,
  columns: Columns,
  page: Page,
): Iterable<string> {
  const only = packages.length === group.packages.length ? '' : `[${packages.join(', ')}] `;
  const title = `${only}${finding.summary ?? ''}`.replace(/\s+/g, ' ').trim();
  yield page.line(
    ...row(columns, [
      { text: finding.severity, style: severityStyle[finding.severity] },
      { text: finding.id },
      { text: marksOf(finding, columns.longMarks), style: 'boldRed' },
      { text: fixedText(finding), style: finding.fixedVersion === undefined ? 'dim' : 'green' },
      { text: title },
    ]),
  );
  if (!page.options.verbose) return;
  if (displayWidth(escapeForTerminal(title)) > columns.title) yield page.paragraph(title, 4, 'dim');
  if (finding.note !== undefined) yield page.paragraph(`note: ${finding.note}`, 4, 'dim');
  if (finding.aliases.length > 0)
    yield page.paragraph(`also known as ${finding.aliases.join(', ')}`, 4, 'dim');
}

/** `KEV` (CISA's catalogue of exploited vulnerabilities) and a high EPSS probability. */
function marksOf({ kev: listed, epss }: Finding, long: boolean): string {
  const high = epss !== undefined && epss.percentile >= highEpssPercentile;
  if (!long) return listed !== undefined ? 'KEV' : high ? 'EPSS' : '';
  const kev = listed === undefined ? '' : listed.ransomware ? 'KEV ransomware' : 'KEV';
  if (!high) return kev;
  const probability = `EPSS ${Math.round(epss.probability * 100)}%`;
  return kev === '' ? probability : `${kev}, ${probability}`;
}

function fixedText(finding: Finding): string {
  return finding.fixedVersion ?? withoutFixedVersion[finding.status];
}

function sourceOf({ source, packages }: FindingGroup): string {
  return source === undefined || packages.includes(source) ? '' : `, source ${source}`;
}

function placeOf(group: FindingGroup, inventory: Inventory): string {
  const { layers } = inventory.image;
  // The only layer, of which nothing more is known, says nothing.
  const [only] = layers;
  const told = layers.length > 1 || (only?.createdBy ?? only?.dockerfileLine) !== undefined;
  const layer = told ? describeLayer(layers, group.layer) : '';
  // A distribution's packages are all in its one database: that path says nothing.
  if (group.ecosystem === inventory.distribution?.ecosystem) return layer;
  const [path, ...others] = group.paths;
  if (path === undefined) return layer;
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'more place')}`;
  return layer === '' ? `${path}${more}` : `${path}${more}, ${layer}`;
}

function shortList(names: readonly string[], whole: boolean): string {
  if (whole || names.length <= namesShown) return names.join(', ');
  return `${names.slice(0, namesShown).join(', ')} and ${names.length - namesShown} more`;
}
