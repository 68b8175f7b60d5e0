// SPDX-License-Identifier: Apache-2.0
// `plimsoll scan`: what is in an image and what is wrong with it; the exit code is CI's answer.
import { existsSync, readFileSync } from 'node:fs';
import { PlimsollError, reasonOf } from '../../model/errors.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { ScanResult } from '../../flows/scan.ts';
import type { HttpClient } from '../../network/http.ts';
import type { Arguments, Command } from '../command.ts';
import { reportOf, reportOptions } from '../report-output.ts';
import { isOffline, statePaths, withHttp } from '../services.ts';
import {
  databaseOption,
  formatOf,
  formatOptions,
  offlineOption,
  parseDuration,
  plainHttpOption,
  platformOption,
} from '../shared-options.ts';
import { inventoryServices, noCacheOption, sourcePositional } from '../source-arguments.ts';
import type { Terminal } from '../terminal.ts';
import { writeOutput } from '../write-output.ts';

/** Looked for where the command runs. */
const ignoreFileName = '.plimsollignore.yaml';
const formats = ['table', 'json', 'sarif', 'cyclonedx', 'cyclonedx-1.7', 'html', 'junit'] as const;

export const command: Command = {
  path: ['scan'],
  summary: 'say what is in an image and what is wrong with it',
  description: [
    'Reads the image once, as a stream; accounts for its packages and for the executables that no package owns; matches the packages with the stored advisories, and fetches first what the store lacks for them.',
    'What cannot be told (no advisory data, an unknown distribution, a damaged layer) is part of the answer, and under --fail-on gives exit code 2. Being over the bar is certain whatever else is not known: 1 wins over 2, an error (3) over both.',
  ],
  positionals: [sourcePositional],
  options: [
    {
      name: 'fail-on',
      value: 'LIST',
      multiple: true,
      description:
        'the bar: critical, high, medium, low, negligible (each with all that is worse), unknown (not graded), kev (known to be exploited), fixable; separated by commas',
    },
    { name: 'only-fixed', description: 'leave out findings that no version fixes yet' },
    {
      name: 'ignore-file',
      value: 'FILE',
      description:
        'accepted findings, each with a reason (default: .plimsollignore.yaml, if there)',
    },
    {
      name: 'hidden',
      description: 'also list, and count under the bar, what only earlier layers hold',
    },
    {
      name: 'explain',
      value: 'ID',
      description: 'say why the finding is there: package, file, layer, range, comparison',
    },
    {
      name: 'dockerfile',
      value: 'FILE',
      description: 'the Dockerfile that made the image: findings name its lines',
    },
    {
      name: 'provenance',
      value: 'FILE',
      description:
        'in-toto statement of the image’s build (BuildKit, mode=max): findings name the Dockerfile’s lines; its signature is not verified',
    },
    {
      name: 'max-age',
      value: 'AGE',
      description: 'advisory data older than this cannot give a clean result: 36h, 7d, 2w',
    },
    { name: 'no-fetch', description: 'do not fetch advisories that the store lacks' },
    { name: 'verbose', short: 'v', description: 'shorten nothing and leave nothing out' },
    ...formatOptions(formats, 'table'),
    platformOption,
    databaseOption,
    offlineOption,
    plainHttpOption,
    noCacheOption,
  ],
  examples: [
    { command: 'plimsoll scan rootfs:/', says: 'this machine' },
    {
      command: 'plimsoll scan --platform linux/arm64 registry:docker.io/library/alpine:3.19',
      says: 'another platform of an image in a registry',
    },
    {
      command: 'plimsoll scan --fail-on high,kev --format sarif -o web.sarif docker:web:1.4',
      says: 'in CI, with a report for code scanning',
    },
    { command: 'plimsoll scan --explain CVE-2024-3094 web.tar', says: 'why that finding' },
  ],
  async run(args, terminal) {
    const format = formatOf(args, 'table');
    const bar = await barOf(args);
    const ignoreFile = await ignoreFileOf(args);
    const result = await withHttp(args, terminal, (http) => scanWith(args, terminal, http));
    const assessment = await applyOptions(result.assessment, args, terminal, ignoreFile);
    const { gate } = await import('../../policy/gate.ts');
    const verdict = gate(assessment, {
      ...(bar === undefined ? {} : { bar }),
      includeHidden: args.has('hidden'),
      knowsExploited: result.knowsExploited,
    });
    const explained = args.value('explain');
    if (explained !== undefined) return await explain(explained, assessment, args, terminal);
    const report = await reportOf(format, 'scan');
    const options = reportOptions(args, terminal);
    const pieces = report.render(assessment, bar === undefined ? options : { ...options, verdict });
    await writeOutput(pieces, args.value('output'), terminal);
    return verdict.exitCode;
  },
};

async function scanWith(
  args: Arguments,
  terminal: Terminal,
  http: HttpClient,
): Promise<ScanResult> {
  const maxAge = args.value('max-age');
  const maxAgeMs = maxAge === undefined ? undefined : parseDuration('max-age', maxAge);
  const { scan } = await import('../../flows/scan.ts');
  const { folder, database } = await statePaths(args, terminal);
  const dockerfile = args.value('dockerfile');
  const provenance = args.value('provenance');
  return await scan(
    {
      source: args.positionals[0]!,
      fetch: !args.has('no-fetch') && !isOffline(args, terminal),
      ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      ...(dockerfile === undefined ? {} : { dockerfile: readText(dockerfile) }),
      ...(provenance === undefined
        ? {}
        : { provenance: { file: provenance, bytes: readBytes(provenance) } }),
    },
    { ...inventoryServices(args, terminal, http), database, feedsFolder: folder },
  );
}

async function barOf(args: Arguments) {
  if (!args.has('fail-on')) return undefined;
  const { parseBar } = await import('../../policy/bar.ts');
  return parseBar(args.values('fail-on').join(','));
}

async function ignoreFileOf(args: Arguments) {
  const named = args.value('ignore-file');
  if (named === undefined && !existsSync(ignoreFileName)) return undefined;
  const { parseIgnoreFile } = await import('../../policy/ignore-file.ts');
  const file = named ?? ignoreFileName;
  return parseIgnoreFile(readText(file), file);
}

function readText(file: string): string {
  return readBytes(file).toString('utf8');
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new PlimsollError(
      isAbsent ? 'not-found' : 'io',
      `Cannot read ${JSON.stringify(file)}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

async function applyOptions(
  assessment: Assessment,
  args: Arguments,
  terminal: Terminal,
  ignoreFile: Awaited<ReturnType<typeof ignoreFileOf>>,
): Promise<Assessment> {
  let { findings } = assessment;
  if (args.has('only-fixed'))
    findings = findings.filter(({ fixedVersion }) => fixedVersion !== undefined);
  if (ignoreFile === undefined) return { ...assessment, findings };
  const { applyIgnores } = await import('../../policy/apply-ignores.ts');
  const applied = applyIgnores(findings, ignoreFile, terminal.now);
  for (const [entries, said] of [
    [applied.expired, 'has expired'],
    [applied.unused, 'is about no finding'],
  ] as const)
    for (const { id, line } of entries)
      terminal.note(`${ignoreFile.source}, line ${line}: the entry for ${id} ${said}`);
  return { ...assessment, findings: applied.findings };
}

async function explain(
  id: string,
  assessment: Assessment,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const { explainFindings, findingsNamed } = await import('../../reports/explain.ts');
  const findings = findingsNamed(assessment.findings, id);
  if (findings.length === 0)
    throw new PlimsollError('not-found', `no finding is called ${JSON.stringify(id)}`, {
      hint: 'plimsoll scan without --explain lists the findings; --only-fixed leaves some out',
    });
  const pieces = explainFindings(findings, assessment, reportOptions(args, terminal));
  await writeOutput(pieces, args.value('output'), terminal);
  return 0;
}
