// SPDX-License-Identifier: Apache-2.0
// Alpine's database of installed packages, apk-package(5) and apk's database.c: one record per
// package, lines of one letter, a colon and a value.
// https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
import type { IssueSink } from '../../model/issue.ts';

export interface ApkFile {
  /** Absolute. */
  readonly path: string;
  /** Of the content, or of the target for a symbolic link; in hexadecimal. */
  readonly sha1?: string;
}

export type ApkRecord = {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly license?: string;
  /** Name of the source package (aport). */
  readonly origin?: string;
  /** Commit of the aports repository. */
  readonly commit?: string;
  readonly maintainer?: string;
  readonly url?: string;
  readonly files: readonly ApkFile[];
};

/** All of Alpine has some 30,000 packages. */
const packagesMax = 100_000;
/** More than any image has. */
const filesMax = 3_000_000;

/** Records in order; the text is what `decodePath` gives. Damaged ones become issues. */
export function parseApkInstalled(text: string, path: string, issues: IssueSink): ApkRecord[] {
  const records: ApkRecord[] = [];
  let values = new Map<string, string>();
  let files: ApkFile[] = [];
  let folder: string | undefined;
  let filesTotal = 0;
  let lineNumber = 0;
  let damaged = 0;
  const report = (message: string): void =>
    issues.add({ code: 'damaged-package-record', message, fatal: true, where: path });

  const finish = (): void => {
    const name = values.get('P');
    const version = values.get('V');
    if (values.size === 0 && files.length === 0 && damaged === 0) return;
    if (!name || !version)
      report(
        `Cannot read the package record that ends at line ${lineNumber}: its name is ${JSON.stringify(name)} and its version ${JSON.stringify(version)}`,
      );
    else {
      if (damaged > 0) report(`Cannot read ${damaged} lines of package ${JSON.stringify(name)}`);
      records.push(makeRecord(name, version, values, files));
    }
    values = new Map();
    files = [];
    folder = undefined;
    damaged = 0;
  };

  for (let at = 0; at < text.length;) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    lineNumber++;
    const line = text.slice(at, text.charCodeAt(end - 1) === 0x0d ? end - 1 : end);
    at = end + 1;
    if (line === '') {
      finish();
      if (records.length >= packagesMax || filesTotal > filesMax) {
        report(`Cannot read more than ${packagesMax} packages or ${filesMax} files`);
        return records;
      }
      continue;
    }
    const key = line[0]!;
    const value = line.slice(2);
    if (line[1] !== ':') damaged++;
    else if (key === 'F') folder = value;
    else if (key === 'R') {
      // Without a folder before it apk itself stops: it names no file.
      if (folder === undefined || value === '' || value.includes('/')) damaged++;
      else if (++filesTotal <= filesMax) files.push({ path: join(folder, value) });
    } else if (key === 'Z') {
      const last = files.at(-1);
      const sha1 = readChecksum(value);
      if (last !== undefined && sha1 !== undefined) files[files.length - 1] = { ...last, sha1 };
    } else if (key === 'P' && values.has('P')) {
      // A lost blank line must not hide the package behind it.
      finish();
      values.set(key, value);
    } else if (!values.has(key)) values.set(key, value);
  }
  finish();
  return records;
}

const slash = 0x2f;

/** By hand: a pattern for slashes at the end takes the square of a million of them. */
function join(folder: string, name: string): string {
  let start = 0;
  let end = folder.length;
  while (start < end && folder.charCodeAt(start) === slash) start++;
  while (end > start && folder.charCodeAt(end - 1) === slash) end--;
  const clean = folder.slice(start, end);
  return clean === '' ? `/${name}` : `/${clean}/${name}`;
}

function makeRecord(
  name: string,
  version: string,
  values: ReadonlyMap<string, string>,
  files: readonly ApkFile[],
): ApkRecord {
  const optional = (key: string, field: string): Record<string, string> => {
    const value = values.get(key);
    return value === undefined || value === '' ? {} : { [field]: value };
  };
  return {
    name,
    version,
    ...optional('A', 'architecture'),
    ...optional('L', 'license'),
    ...optional('o', 'origin'),
    ...optional('c', 'commit'),
    ...optional('m', 'maintainer'),
    ...optional('U', 'url'),
    files,
  };
}

/** `Q1` and the base64 of a SHA-1. Other prefixes (`Q2`, a cut SHA-256) are no whole hash. */
function readChecksum(text: string): string | undefined {
  if (!/^Q1[A-Za-z0-9+/]{27}=$/.test(text)) return undefined;
  return Buffer.from(text.slice(2), 'base64').toString('hex');
}
