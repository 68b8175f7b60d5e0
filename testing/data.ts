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

/** Folder with the content of `<name>.tar.zst`, e.g. `testData('fixtures')`. Not to be written to. */
export function testData(name: string): string {
  const known = unpacked.get(name);
  if (known !== undefined) return known;
  const uid = process.getuid?.() ?? 'user';
  const folder = unpackOnce(name, ownFolder(join(tmpdir(), `plimsoll-test-data-${uid}`)));
  unpacked.set(name, folder);
  return folder;
}

/** One file of `<name>.tar.zst`, e.g. `testDataFile('advisories', 'curl/curl-vulns.json')`, without unpacking the rest. */
export function testDataFile(name: string, path: string): Buffer {
  const folder = unpacked.get(name);
  if (folder !== undefined) return readFileSync(join(folder, path));
  // Archives spell their members in one of two ways, and tar complains of the other.
  const names = [path, `./${path}`];
  const args = ['-I', 'zstd', '-xOf', join(dataFolder, `${name}.tar.zst`), ...names];
  const { stdout, stderr } = spawnSync('tar', args, { maxBuffer: fileBytesMax });
  if (stdout.length === 0)
    throw new Error(`Cannot unpack ${path} of ${name}: ${stderr.toString()}`);
  return stdout;
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

/** One process unpacks while others wait; what is there under its name is complete. */
function unpackOnce(name: string, home: string): string {
  const archive = join(dataFolder, `${name}.tar.zst`);
  const { size, mtimeMs } = statSync(archive);
  const today = Math.floor(Date.now() / dayMs);
  const folder = join(home, `${name}-${size}-${Math.floor(mtimeMs)}-${today}`);
  const lock = new DatabaseSync(join(home, 'lock'), { timeout: lockWaitMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    if (existsSync(folder)) return folder;
    removeOld(home, today);
    const unfinished = mkdtempSync(join(home, 'unfinished-'));
    const args = ['-I', 'zstd', '-xf', archive, '-C', unfinished];
    const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`Cannot unpack ${archive}: ${stderr}`);
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
