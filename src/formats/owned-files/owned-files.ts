// SPDX-License-Identifier: Apache-2.0
// A package's list of files as one text: facts are kept as JSON, and a server has 100,000 paths.
// Each file is its hash in hexadecimal (or nothing), a space and its path, ended by a NUL, which
// no path can hold. The length of the hash tells its algorithm.
import type { CoverageGap } from '../../model/coverage.ts';
import type { OwnedFile, RecordedHash } from '../../model/package.ts';

const algorithms: Readonly<Record<number, RecordedHash['algorithm']>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
};

/** `hex` is empty or undefined where no hash is recorded. */
const partsMax = 4096;

export function packFiles(
  files: Iterable<{ readonly path: string; readonly hex?: string | undefined }>,
): string {
  const pieces: string[] = [];
  let parts: string[] = [];
  for (const { path, hex } of files) {
    if (path !== '') parts.push(hex ?? '', ' ', path, '\0');
    if (parts.length < partsMax) continue;
    // Many small strings at once cost many times their text.
    pieces.push(parts.join(''));
    parts = [];
  }
  return pieces.join('') + parts.join('');
}

/**
 * How many files the lists of one database may name together. A desktop with everything on it has
 * nearly a million; unpacked, each takes some hundred bytes.
 */
const ownedFilesMax = 1_500_000;

/** Shared by the lists of one database, so that many long ones cannot fill the memory. */
export class OwnedFilesBudget {
  #left = ownedFilesMax;
  /** A list was cut. */
  isSpent = false;

  take(): boolean {
    if (this.#left-- > 0) return true;
    this.isSpent = true;
    return false;
  }

  /** What to say when a list was cut. */
  gaps(subject: string): CoverageGap[] {
    if (!this.isSpent) return [];
    const message = `${subject}'s database names more than ${ownedFilesMax} files: the others belong to nobody here`;
    return [{ code: 'too-many-owned-files', message, subject, blocking: true }];
  }
}

export function unpackFiles(text: string, budget = new OwnedFilesBudget()): OwnedFile[] {
  const files: OwnedFile[] = [];
  for (let at = 0; at < text.length && budget.take();) {
    const space = text.indexOf(' ', at);
    const end = text.indexOf('\0', space);
    if (space < 0 || end < 0) break;
    const path = text.slice(space + 1, end);
    const algorithm = algorithms[space - at];
    files.push(
      algorithm === undefined
        ? { path }
        : { path, hash: { algorithm, hex: text.slice(at, space) } },
    );
    at = end + 1;
  }
  return files;
}
