// SPDX-License-Identifier: Apache-2.0
// Runs the tests. `*.test.ts` are units: one process, no network permission. `*.system.test.ts`
// use real servers and programs: one process per file. Arguments that are no flags choose files by
// a part of their path. `--unit` leaves the system tests out.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

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

function run(args: readonly string[], files: readonly string[]): boolean {
  if (files.length === 0) return true;
  const result = spawnSync(
    process.execPath,
    [...quiet, ...args, '--test', '--test-reporter=spec', ...files],
    { cwd: root, stdio: 'inherit' },
  );
  return result.status === 0;
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
const unitsPass = run(unitArgs, units);
const systemsPass = run(['--test-concurrency=2'], systems);
process.exitCode = unitsPass && systemsPass ? 0 : 1;
