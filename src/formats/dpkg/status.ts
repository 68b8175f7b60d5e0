// SPDX-License-Identifier: Apache-2.0
// dpkg's database of packages: /var/lib/dpkg/status, its journal in updates/, and the files of
// status.d/ that distroless images have instead. dpkg(1) and dpkg-query(1) define the states,
// deb-src-control(5) and deb-control(5) the fields.
import type { IssueSink } from '../../model/issue.ts';
import { parseDeb822, type Paragraph } from './deb822.ts';

/** dpkg(1), "Package states". */
export const dpkgStates = [
  'not-installed',
  'config-files',
  'half-installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
  'installed',
] as const;
export type DpkgState = (typeof dpkgStates)[number];

export type DpkgRecord = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly state: DpkgState;
  readonly source?: { readonly name: string; readonly version: string };
  readonly multiArch?: string;
  readonly maintainer?: string;
  readonly homepage?: string;
  /** Configuration files with the md5 that the package shipped them with. */
  readonly conffiles?: readonly { readonly path: string; readonly md5?: string }[];
};

/** All of Debian's main has some 65,000 binary packages. */
const packagesMax = 100_000;
/** A package has at most some hundred configuration files. */
const conffilesMax = 20_000;

const wanted = new Set([
  'package',
  'version',
  'architecture',
  'status',
  'source',
  'multi-arch',
  'maintainer',
  'homepage',
  'conffiles',
]);

/**
 * True when files of the package are in the file system. dpkg(1): `config-files` has only its
 * configuration left; `unpacked`, `half-configured` and the two trigger states have all files and
 * lack a script's run. `half-installed` may have some: it counts, for code that may be there must
 * not be passed over.
 */
export function isPresent(state: DpkgState): boolean {
  return state !== 'not-installed' && state !== 'config-files';
}

/** Records in order, of all states. Damaged ones become issues. A record without `Status` (status.d) is installed. */
export function parseDpkgStatus(text: string, path: string, issues: IssueSink): DpkgRecord[] {
  const records: DpkgRecord[] = [];
  const report = (message: string): void =>
    issues.add({ code: 'damaged-package-record', message, fatal: true, where: path });
  for (const paragraph of parseDeb822(text, { wanted, first: 'package' })) {
    if (paragraph.damaged > 0)
      report(
        `Cannot read ${paragraph.damaged} lines of the package record at line ${paragraph.line}`,
      );
    const record = readRecord(paragraph);
    if (typeof record === 'string') {
      report(`Cannot read the package record at line ${paragraph.line}: ${record}`);
      continue;
    }
    if (records.length >= packagesMax) {
      report(`Cannot read more than ${packagesMax} package records`);
      break;
    }
    records.push(record);
  }
  return records;
}

/** A reason where there is no record. */
function readRecord({ fields }: Paragraph): DpkgRecord | string {
  const name = fields.get('package');
  if (name === undefined || !/^[^\s/:]+$/.test(name))
    return `it has the name ${JSON.stringify(name)}`;
  const state = readState(fields.get('status'));
  if (state === undefined) return `its status is ${JSON.stringify(fields.get('status'))}`;
  const version = fields.get('version') ?? '';
  if (isPresent(state) && !/^\S+$/.test(version))
    return `${JSON.stringify(name)} has the version ${JSON.stringify(version)}`;
  const source = readSource(fields.get('source'), version);
  const multiArch = fields.get('multi-arch');
  const maintainer = fields.get('maintainer');
  const homepage = fields.get('homepage');
  const conffiles = readConffiles(fields.get('conffiles'));
  return {
    name,
    version,
    architecture: fields.get('architecture') ?? '',
    state,
    ...(source !== undefined && (source.name !== name || source.version !== version)
      ? { source }
      : {}),
    ...(multiArch === undefined ? {} : { multiArch }),
    ...(maintainer === undefined ? {} : { maintainer }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(conffiles.length === 0 ? {} : { conffiles }),
  };
}

/** `want flag state`: selection and error flag say nothing of what is there (`hold ok installed`). */
function readState(status: string | undefined): DpkgState | undefined {
  if (status === undefined) return 'installed';
  const words = status.split(/\s+/);
  return words.length === 3 ? dpkgStates.find((state) => state === words[2]) : undefined;
}

/** `name` or `name (version)`, deb-control(5): without a version it is the binary package's. */
function readSource(
  text: string | undefined,
  version: string,
): { name: string; version: string } | undefined {
  if (text === undefined || text === '') return undefined;
  const match = /^(\S+)(?:\s+\(([^()\s]+)\))?$/.exec(text);
  return match === null ? undefined : { name: match[1]!, version: match[2] ?? version };
}

/** ` /path md5 [obsolete|remove-on-upgrade]`; the path may have spaces, the md5 may be `newconffile`. */
function readConffiles(text: string | undefined): { path: string; md5?: string }[] {
  const files: { path: string; md5?: string }[] = [];
  for (const line of (text ?? '').split('\n', conffilesMax)) {
    const match = /^ (\/.*) ([0-9a-f]{32}|newconffile)((?: obsolete| remove-on-upgrade)*)$/.exec(
      line,
    );
    // An obsolete one is no longer part of the package.
    if (match === null || match[3] !== '') continue;
    files.push(
      match[2] === 'newconffile' ? { path: match[1]! } : { path: match[1]!, md5: match[2]! },
    );
  }
  return files;
}
