// SPDX-License-Identifier: Apache-2.0
// The published data that tests work on, found through PLIMSOLL_TEST_DATA. The largest archive has
// 29,000 files, so each is unpacked once for all processes and runs, into a folder under the
// system's temporary one. In there anybody may make files: the folder is this user's alone, or it
// is not used. Folders are made anew each day, before programs that tidy up take files out of them.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { missing } from './require.ts';

const root = resolve(import.meta.dirname, '..');
export const dataFolder = resolve(root, process.env['PLIMSOLL_TEST_DATA'] ?? '../shared/data');

/** For a test's `skip`. */
export const noData = missing('data', existsSync(join(dataFolder, 'README.md')));

/** Unpacking takes up to a minute on a busy machine, and others may be before us. */
const lockWaitMs = 10 * 60 * 1000;
/** The largest file has 8 MB. */
const fileBytesMax = 64 * 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1000;

const unpacked = new Map<string, string>();

/**
 * Folder with the content of `<name>.tar.zst`, e.g. `testData('fixtures')`; of `part`, a path in it,
 * at least that is there. Not to be written to.
 */
export function testData(name: string, part?: string): string {
  const key = part === undefined ? name : `${name}-${part.replaceAll('/', '-')}`;
  const known = unpacked.get(name) ?? unpacked.get(key);
  if (known !== undefined) return known;
  const uid = process.getuid?.() ?? 'user';
  const home = ownFolder(join(tmpdir(), `plimsoll-test-data-${uid}`));
  const folder = unpackOnce(home, key, name, part ?? '.');
  unpacked.set(key, folder);
  return folder;
}

/** One file of it, without unpacking the rest: `testDataFile('advisories', 'curl/curl-vulns.json')`. */
export function testDataFile(name: string, path: string): Buffer {
  const folder = unpacked.get(name);
  if (folder !== undefined) return readFileSync(join(folder, path));
  return untar(name, path, ['-O']);
}

/**
 * The folder when nobody else could have put anything there: a folder and no link, ours, closed to
 * others. Else a new one for this process.
 */
export function ownFolder(path: string): string {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const { uid, mode } = lstatSync(path);
  // The type and all permission bits at once: drwx------.
  if (uid === (process.getuid?.() ?? uid) && (mode & 0o170777) === 0o040700) return path;
  const folder = mkdtempSync(`${path}-`);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What tar writes to its output. Archives name their members with or without `./`. */
function untar(name: string, part: string, options: readonly string[]): Buffer {
  const archive = join(dataFolder, `${name}.tar.zst`);
  let why = '';
  for (const member of part === '.' ? [[]] : [[`./${part}`], [part]]) {
    const args = ['-I', 'zstd', '-xf', archive, ...options, ...member];
    const { status, stdout, stderr } = spawnSync('tar', args, { maxBuffer: fileBytesMax });
    if (status === 0) return stdout;
    why ||= String(stderr);
  }
  throw new Error(`Cannot unpack ${part} of ${archive}: ${why}`);
}

/** One process unpacks while others wait; what is there under its name is complete. */
function unpackOnce(home: string, key: string, name: string, part: string): string {
  const { size, mtimeMs } = statSync(join(dataFolder, `${name}.tar.zst`));
  const today = Math.floor(Date.now() / dayMs);
  const folder = join(home, `${key}-${size}-${Math.floor(mtimeMs)}-${today}`);
  const lock = new DatabaseSync(join(home, 'lock'), { timeout: lockWaitMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    if (existsSync(folder)) return folder;
    removeOld(home, today);
    const unfinished = mkdtempSync(join(home, 'unfinished-'));
    untar(name, part, ['-C', unfinished]);
    renameSync(unfinished, folder);
    return folder;
  } finally {
    lock.close();
  }
}

/** What was unpacked yesterday may still be read by a run that began before midnight. */
function removeOld(home: string, today: number): void {
  for (const name of readdirSync(home)) {
    const day = /-(\d+)$/.exec(name)?.[1];
    if (name.startsWith('unfinished-') || (day !== undefined && Number(day) < today - 1))
      rmSync(join(home, name), { recursive: true, force: true });
  }
}
