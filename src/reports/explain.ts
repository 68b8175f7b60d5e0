// SPDX-License-Identifier: Apache-2.0
// `scan --explain ID`: why a finding is there. Everything that led to it, in the order in which one
// would doubt it: the package and its place, the advisory and its age, the comparison, the grade,
// and what suppressed it.
import type { Assessment } from '../model/assessment.ts';
import type { RangeEvent } from '../model/advisory.ts';
import type { DataSource } from '../model/coverage.ts';
import type { Evidence, Finding } from '../model/finding.ts';
import { compareListed } from './group-findings.ts';
import { describeLayer } from './layer-command.ts';
import { Page } from './page.ts';
import type { ReportOptions } from './report.ts';
import { ageOf, withoutFixedVersion } from './wording.ts';

/**
 * Findings of that name: their id or one of their aliases, in any case. Those that are only related
 * are others. Empty: nothing to explain, for the caller to say.
 */
export function findingsNamed(findings: readonly Finding[], name: string): readonly Finding[] {
  const wanted = name.trim().toLowerCase();
  return findings
    .filter(({ id, aliases }) => [id, ...aliases].some((known) => known.toLowerCase() === wanted))
    .toSorted(compareListed);
}

/** One section per finding. */
export function* explainFindings(
  findings: readonly Finding[],
  assessment: Assessment,
  options: ReportOptions,
): Iterable<string> {
  const page = new Page(options);
  let first = true;
  for (const finding of findings) {
    if (!first) yield '\n';
    first = false;
    yield* explainFinding(finding, assessment, page);
  }
}

function* explainFinding(finding: Finding, assessment: Assessment, page: Page): Iterable<string> {
  yield page.line({
    text: `${finding.id} in ${finding.package} ${finding.version}`,
    style: 'bold',
  });
  if (finding.summary !== undefined) yield page.paragraph(finding.summary, 2);
  yield '\n';
  for (const [label, text] of facts(finding, assessment)) yield page.field(label, text);
  if (finding.ignored !== undefined) {
    const { reason, until, source } = finding.ignored;
    const expiry = until === undefined ? 'without an expiry' : `until ${until}`;
    yield page.field('Suppressed', `${reason} (${expiry}, by ${source})`, 'yellow');
  }
  for (const evidence of finding.evidence) {
    yield '\n';
    yield* explainEvidence(evidence, finding, assessment, page);
  }
  if (finding.references.length === 0) return;
  yield '\n';
  for (const reference of finding.references) yield page.paragraph(reference, 2, 'dim');
}

type Fact = readonly [label: string, text: string];

function* facts(finding: Finding, { inventory }: Assessment): Iterable<Fact> {
  if (finding.aliases.length > 0) yield ['Also known as', finding.aliases.join(', ')];
  if (finding.related.length > 0) yield ['Related', finding.related.join(', ')];
  yield ['Package', `${finding.purl} (${finding.ecosystem})`];
  const source = [...inventory.packages, ...inventory.hiddenPackages].find(
    ({ purl }) => purl === finding.purl,
  )?.source;
  if (source !== undefined) yield ['Source', `${source.name} ${source.version}`];
  for (const { path } of finding.locations) yield ['File', path];
  const layer = describeLayer(inventory.image.layers, finding.layer);
  if (layer !== '') yield ['Layer', layer];
  if (finding.layerDigest !== undefined) yield ['Layer digest', finding.layerDigest];
  if (finding.hidden)
    yield ['Hidden', 'only in an earlier layer: shipped with the image, not in what it runs'];
  yield ['Severity', severityText(finding)];
  yield* risk(finding);
  yield ['Status', statusText(finding)];
}

function severityText({ severity, score, vector, severitySource }: Finding): string {
  if (severity === 'unknown') return 'unknown: nobody states one';
  const parts = [
    severity,
    score === undefined ? '' : `score ${score.toFixed(1)}`,
    vector ?? '',
    severitySource === undefined ? '' : `graded by ${severitySource}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function* risk({ kev, epss }: Finding): Iterable<Fact> {
  if (kev !== undefined) {
    const due = kev.due === undefined ? '' : `, to be fixed by ${kev.due}`;
    const ransomware = kev.ransomware ? ', used by ransomware' : '';
    yield ['Exploited', `in CISA's catalogue since ${kev.added}${due}${ransomware}`];
  }
  if (epss === undefined) return;
  const probability = (epss.probability * 100).toFixed(1);
  const percentile = (epss.percentile * 100).toFixed(1);
  yield [
    'Probability',
    `${probability}% of being exploited within 30 days, more than ${percentile}% of all (EPSS of ${epss.date})`,
  ];
}

function statusText({ status, fixedVersion, note }: Finding): string {
  const fix = fixedVersion === undefined ? withoutFixedVersion[status] : `fixed in ${fixedVersion}`;
  return note === undefined ? `${status}: ${fix}` : `${status}: ${fix}; ${note}`;
}

function* explainEvidence(
  { advisory, feed, ecosystem, name, version, matched }: Evidence,
  finding: Finding,
  { coverage }: Assessment,
  page: Page,
): Iterable<string> {
  yield page.paragraph(`${advisory}, from ${feed}, is about ${name} in ${ecosystem}:`, 2, 'bold');
  const compared =
    name === finding.package
      ? `${name} ${version}`
      : `${name} ${version}, which ${finding.package} is built from,`;
  if (matched.kind === 'status')
    yield page.paragraph(`it names no versions and calls the package ${matched.status}`, 4);
  else if (matched.kind === 'version')
    yield page.paragraph(`it lists ${matched.version}; ${compared} is that version`, 4);
  else {
    const ranges = intervals(matched.events);
    for (const range of ranges) yield page.paragraph(range, 4);
    const within = ranges.length === 1 ? 'lies within' : 'lies within one of these';
    yield page.paragraph(`${compared} ${within}, in the order of ${ecosystem} versions`, 4);
  }
  const data = coverage.data
    .find((used) => used.ecosystem === ecosystem)
    ?.feeds.find((source) => source.feed === feed);
  if (data !== undefined) yield page.paragraph(dataText(data, page.options.now), 4, 'dim');
}

function dataText({ asOf, fetched, feed }: DataSource, now: Date): string {
  const date = asOf ?? fetched;
  if (date === undefined) return `how old the data of ${feed} is cannot be told`;
  const age = ageOf(date, now);
  return `data of ${feed} as of ${date.slice(0, 10)}${age === undefined ? '' : ` (${age})`}`;
}

/** The sorted events as inequalities, one per interval. */
export function intervals(events: readonly RangeEvent[]): readonly string[] {
  const found: string[] = [];
  let from: string | undefined;
  for (const event of events) {
    if ('introduced' in event) {
      from ??= event.introduced;
      continue;
    }
    const end =
      'lastAffected' in event
        ? `version <= ${event.lastAffected}`
        : `version < ${'fixed' in event ? event.fixed : event.limit}`;
    found.push(from === undefined || from === '0' ? end : `${from} <= ${end}`);
    from = undefined;
  }
  if (from !== undefined) found.push(from === '0' ? 'every version' : `${from} <= version`);
  return found;
}
