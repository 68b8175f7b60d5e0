// SPDX-License-Identifier: Apache-2.0
// A package's list of files as one text: facts are kept as JSON, and a server has 100,000 paths.
// Each file is its hash in hexadecimal (or nothing), a space and its path, ended by a NUL, which
// no path can hold. The length of the hash tells its algorithm.
import type { OwnedFile, RecordedHash } from '../../model/package.ts';

const algorithms: Readonly<Record<number, RecordedHash['algorithm']>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
};

/** `hex` is empty or undefined where no hash is recorded. */
export function packFiles(
  files: Iterable<{ readonly path: string; readonly hex?: string | undefined }>,
): string {
  const parts: string[] = [];
  for (const { path, hex } of files) if (path !== '') parts.push(`${hex ?? ''} ${path}\0`);
  return parts.join('');
}

export function unpackFiles(text: string): OwnedFile[] {
  const files: OwnedFile[] = [];
  for (let at = 0; at < text.length;) {
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
