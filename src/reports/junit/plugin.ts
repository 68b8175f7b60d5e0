// SPDX-License-Identifier: Apache-2.0
// JUnit's XML for what shows test results: a test case per package and vulnerability, which fails;
// one that an ignore file accepts is skipped; what could not be told is an error, so that a report
// without failures is not read as a clean image. No standard defines the format: the elements are
// those that https://github.com/testmoapp/junitxml collects from tools and readers.
import type { Assessment } from '../../model/assessment.ts';
import type { CoverageGap } from '../../model/coverage.ts';
import type { Finding } from '../../model/finding.ts';
import type { Issue } from '../../model/issue.ts';
import { formatPlatform } from '../../model/platform.ts';
import { compareListed } from '../group-findings.ts';
import { describeLayer } from '../layer-command.ts';
import type { Report, ReportOptions } from '../report.ts';
import { withoutFixedVersion } from '../wording.ts';
import { element, startTag, type Attributes } from './xml.ts';

/** Of one finding; the JSON report has them all. */
const pathsMax = 20;
const referencesMax = 5;

export const plugin: Report = {
  id: 'junit',
  title: 'JUnit XML',
  mediaType: 'application/xml',
  for: ['scan'],
  *render(assessment, options) {
    const findings = assessment.findings
      .filter(({ hidden }) => options.showHidden || !hidden)
      .sort(compareListed);
    const errors = errorsOf(assessment);
    const skipped = findings.filter(({ ignored }) => ignored !== undefined).length;
    const failures = findings.length - skipped;
    const judged = { tests: findings.length, failures, errors: 0, skipped };
    // One that passes: some readers take a suite without test cases for a failed run.
    const told = { tests: errors.length + 1, failures: 0, errors: errors.length, skipped: 0 };
    const all = { ...judged, tests: judged.tests + told.tests, errors: told.errors };
    yield '<?xml version="1.0" encoding="UTF-8"?>\n';
    yield `${startTag('testsuites', { name: 'plimsoll', ...all, time: 0 })}>\n`;
    yield* suite('vulnerabilities', judged, assessment, options);
    for (const finding of findings) yield* testCase(finding, assessment);
    yield '  </testsuite>\n';
    yield* suite('coverage', told, assessment, options);
    yield `    ${element('testcase', { classname: 'coverage', name: 'scan', time: 0 })}\n`;
    for (const error of errors) yield* errorCase(error);
    yield `  </testsuite>\n</testsuites>\n`;
  },
};

function* suite(
  name: string,
  counts: Attributes,
  { inventory, coverage }: Assessment,
  options: ReportOptions,
): Iterable<string> {
  const timestamp = options.now.toISOString().slice(0, 19);
  const title = `${inventory.source}: ${name}`;
  yield `  ${startTag('testsuite', { name: title, ...counts, time: 0, timestamp })}>\n`;
  const { image, distribution } = inventory;
  const properties: readonly (readonly [string, string | undefined])[] = [
    ['plimsoll', options.toolVersion],
    ['source', inventory.source],
    ['digest', image.digest],
    ['platform', image.platform === undefined ? undefined : formatPlatform(image.platform)],
    ['distribution', distribution?.name ?? distribution?.id],
    ['packages', String(inventory.packages.length)],
    ['coverage', coverage.level],
    ['exit code', options.verdict === undefined ? undefined : String(options.verdict.exitCode)],
    ...(options.verdict?.reasons ?? []).map((reason) => ['reason', reason] as const),
  ];
  yield '    <properties>\n';
  for (const [key, value] of properties)
    if (value !== undefined) yield `      ${element('property', { name: key, value })}\n`;
  yield '    </properties>\n';
}

/** Name and class stay the same until the package's version changes. */
function* testCase(finding: Finding, { inventory }: Assessment): Iterable<string> {
  const { id, package: name, version, ecosystem, locations, ignored, severity } = finding;
  const place = { classname: `${ecosystem} ${name}`, name: `${id}: ${name} ${version}` };
  const file = locations[0]?.path;
  yield `    ${startTag('testcase', { ...place, file, time: 0 })}>\n`;
  if (ignored === undefined)
    yield `      ${element('failure', { message: sentence(finding), type: severity }, detailsOf(finding, inventory.image.layers))}\n`;
  else {
    const until = ignored.until === undefined ? '' : ` (until ${ignored.until})`;
    yield `      ${element('skipped', { message: `${ignored.reason}${until}` })}\n`;
  }
  yield '    </testcase>\n';
}

function sentence(finding: Finding): string {
  const { id, severity, package: name, version, fixedVersion, status, hidden } = finding;
  const fix = fixedVersion === undefined ? withoutFixedVersion[status] : `fixed in ${fixedVersion}`;
  const grade = severity === 'unknown' ? 'severity unknown' : severity;
  return `${name} ${version} has ${id} (${grade}): ${fix}${hidden ? ', only in an earlier layer' : ''}`;
}

function detailsOf(
  finding: Finding,
  layers: Assessment['inventory']['image']['layers'],
): readonly string[] {
  const { summary, purl, score, vector, kev, locations, references } = finding;
  const layer = describeLayer(layers, finding.layer);
  return [
    ...(summary === undefined ? [] : [summary]),
    purl,
    ...(score === undefined ? [] : [`score ${score}${vector === undefined ? '' : ` ${vector}`}`]),
    ...(kev === undefined ? [] : [`known to be exploited, in CISA's catalogue since ${kev.added}`]),
    ...(layer === '' ? [] : [layer]),
    ...locations.slice(0, pathsMax).map(({ path }) => path),
    ...references.slice(0, referencesMax),
  ];
}

interface Untold {
  readonly name: string;
  readonly message: string;
  readonly type: string;
  readonly lines: readonly string[];
}

/** What keeps the rest from being the whole truth: blocking gaps, parts that could not be read. */
function errorsOf({ inventory, coverage }: Assessment): readonly Untold[] {
  const fromGap = ({ code, message, subject, hint }: CoverageGap): Untold => {
    const name = subject === undefined ? code : `${code}: ${subject}`;
    return { name, message, type: code, lines: hint === undefined ? [] : [hint] };
  };
  const fromIssue = ({ code, message, where }: Issue): Untold => {
    return {
      name: where === undefined ? code : `${code}: ${where}`,
      message,
      type: code,
      lines: [],
    };
  };
  return [
    ...coverage.gaps.filter(({ blocking }) => blocking).map(fromGap),
    ...inventory.issues.filter(({ fatal }) => fatal).map(fromIssue),
  ];
}

function* errorCase({ name, message, type, lines }: Untold): Iterable<string> {
  yield `    ${startTag('testcase', { classname: 'coverage', name, time: 0 })}>\n`;
  yield `      ${element('error', { message, type }, lines)}\n`;
  yield '    </testcase>\n';
}
