// SPDX-License-Identifier: Apache-2.0
// The published data that tests work on, found through PLIMSOLL_TEST_DATA. Archives are unpacked
// once per process into a temporary folder that is removed at exit.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { missing } from './require.ts';

const root = resolve(import.meta.dirname, '..');
export const dataFolder = resolve(root, process.env['PLIMSOLL_TEST_DATA'] ?? '../shared/data');

/** For a test's `skip`. */
export const noData = missing('data', existsSync(join(dataFolder, 'README.md')));

const unpacked = new Map<string, string>();

/** Folder with the content of `<name>.tar.zst`, e.g. `testData('fixtures')`. Not to be written to. */
export function testData(name: string): string {
  const known = unpacked.get(name);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), `plimsoll-data-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const archive = join(dataFolder, `${name}.tar.zst`);
  const result = spawnSync('tar', ['-I', 'zstd', '-xf', archive, '-C', folder], {
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`Cannot unpack ${archive}: ${result.stderr}`);
  unpacked.set(name, folder);
  return folder;
}
