// SPDX-License-Identifier: Apache-2.0
// dpkg's lists of files: info/NAME[:ARCH].list, .md5sums and the diversions.
// https://manpages.debian.org/bookworm/dpkg-dev/deb-md5sums.5, dpkg-divert(1).
// Paths are bytes: the caller decodes with `decodePath`.

/** A theme of icons has 150,000 files, a kernel 10,000; what comes after counts as nobody's. */
const linesMax = 500_000;

/**
 * The name that `info/libc6:amd64.list` tells: packages that can be there for several
 * architectures at once (`Multi-Arch: same`) have it in the file's name.
 */
export function packageOfInfoFile(basename: string): {
  readonly name: string;
  readonly architecture?: string;
} {
  const stem = basename.slice(0, basename.lastIndexOf('.'));
  const colon = stem.indexOf(':');
  return colon < 0
    ? { name: stem }
    : { name: stem.slice(0, colon), architecture: stem.slice(colon + 1) };
}

/**
 * Paths of a `.list`, without `/.` and without folders that are followed by what is in them: the
 * list says nothing of kinds, and this halves it.
 */
export function* parseFileList(text: string): Generator<string> {
  let previous: string | undefined;
  let lines = 0;
  for (let at = 0; at < text.length && lines < linesMax; lines++) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, end);
    at = end + 1;
    if (!line.startsWith('/') || line === '/.') continue;
    const isFolder =
      previous !== undefined &&
      line.length > previous.length &&
      line.charCodeAt(previous.length) === 0x2f &&
      line.startsWith(previous);
    if (previous !== undefined && !isFolder) yield previous;
    previous = line;
  }
  if (previous !== undefined) yield previous;
}

/** Absolute path and md5 of each line `md5  path/without/slash`; others are passed over. */
export function* parseMd5sums(text: string): Generator<{ path: string; md5: string }> {
  let lines = 0;
  for (let at = 0; at < text.length && lines < linesMax; lines++) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    // dpkg-deb writes two spaces; md5sum marks binary mode with an asterisk in place of the second.
    const separator = text.charCodeAt(at + 33);
    if (
      end > at + 34 &&
      text.charCodeAt(at + 32) === 0x20 &&
      (separator === 0x20 || separator === 0x2a)
    ) {
      const md5 = text.slice(at, at + 32);
      let path = text.slice(at + 34, end);
      if (path.startsWith('./')) path = path.slice(1);
      if (/^[0-9a-f]{32}$/.test(md5)) yield { path: path.startsWith('/') ? path : `/${path}`, md5 };
    }
    at = end + 1;
  }
}

/** `by` is the package whose own file stays at `from`; undefined: a local diversion, for every package. */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  readonly by?: string;
}

/** Machines have tens. */
const diversionsMax = 100_000;

/** Three lines each: where the file is claimed, where it is installed, who diverts (`:` for the administrator). */
export function parseDiversions(text: string): Diversion[] {
  const lines = text.split('\n', diversionsMax * 3);
  const diversions: Diversion[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from, to, by] = [lines[at]!, lines[at + 1]!, lines[at + 2]!];
    if (!from.startsWith('/') || !to.startsWith('/') || by === '') break;
    diversions.push(by === ':' ? { from, to } : { from, to, by });
  }
  return diversions;
}
