// SPDX-License-Identifier: Apache-2.0
// Runs the tests. `*.test.ts` are units: one process, no network permission, together a few seconds.
// `*.system.test.ts` use real servers and programs or go through whole published databases: one
// process per file, two at once. Arguments that are no flags choose files by a part of their path.
// `--unit` leaves the system tests out. The last line is the sum: `plimsoll: 9 passed, 0 failed, ...`.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestTotals } from './totals-reporter.ts';

const root = join(import.meta.dirname, '..');
const folders = ['src', 'test', 'testing', 'tools'];

function testFiles(pattern: string, filters: readonly string[]): readonly string[] {
  return globSync(
    folders.map((folder) => `${folder}/**/${pattern}`),
    { cwd: root },
  )
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
}

/** `--permission` warns of what it was told to allow; that is meant. */
const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning'];
/** Property tests draw the same cases in each run when a seed is set. */
const seeded = process.env['PLIMSOLL_FUZZ_SEED'] ? ['--import=./testing/property-seed.ts'] : [];

const nothing: TestTotals = { passed: 0, failed: 0, skipped: 0 };
/** Of a run that ended without a sum: it was killed, or did not start. */
const noResult: TestTotals = { passed: 0, failed: 1, skipped: 0 };

function run(args: readonly string[], files: readonly string[]): TestTotals {
  if (files.length === 0) return nothing;
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-totals-'));
  const totals = join(folder, 'totals.json');
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./tools/totals-reporter.ts',
    '--test-reporter-destination=stderr',
  ];
  try {
    const { status } = spawnSync(
      process.execPath,
      [...quiet, ...seeded, ...args, '--test', ...reporters, ...files],
      { cwd: root, stdio: 'inherit', env: { ...process.env, PLIMSOLL_TEST_TOTALS: totals } },
    );
    const text = existsSync(totals) ? readFileSync(totals, 'utf8') : '';
    const found = text === '' ? noResult : (JSON.parse(text) as TestTotals);
    // What fails beside the tests (an error after the last one) counts, too.
    return status !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const isSystem = (file: string): boolean => file.endsWith('.system.test.ts');
const units = testFiles('*.test.ts', filters).filter((file) => !isSystem(file));
const systems = flags.includes('--unit') ? [] : testFiles('*.system.test.ts', filters);
if (units.length + systems.length === 0) {
  console.error(`no test file matches ${filters.join(' ')}`);
  process.exit(1);
}
const unitArgs = [
  '--permission',
  '--allow-fs-read=*',
  '--allow-fs-write=*',
  '--allow-child-process',
  '--allow-worker',
  '--test-isolation=none',
];
const runs = [run(unitArgs, units), run(['--test-concurrency=2'], systems)];
const sum = (name: keyof TestTotals): number => runs.reduce((total, one) => total + one[name], 0);
console.log(
  `plimsoll: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`,
);
process.exitCode = sum('failed') === 0 ? 0 : 1;
