// SPDX-License-Identifier: Apache-2.0
// What an installed rpm's header says of the package and of its files.
import { PlimsollError } from '../../model/errors.ts';
import type { RecordedHash } from '../../model/package.ts';
import { RpmHeader, rpmTags } from './header.ts';

export interface RpmFile {
  /** Absolute. */
  readonly path: string;
  /** Lower-case hexadecimal, of the record's `digestAlgorithm`; links and devices have none. */
  readonly digest?: string;
}

export type RpmRecord = {
  readonly name: string;
  /** Undefined is older than 0 in no comparison: rpm takes both as equal. */
  readonly epoch?: number;
  readonly version: string;
  readonly release: string;
  /** Absent for pseudo packages (`gpg-pubkey`). */
  readonly architecture?: string;
  /** File name of the source package: `openssl-1.1.1k-9.el8.src.rpm`. */
  readonly sourceRpm?: string;
  readonly license?: string;
  readonly vendor?: string;
  /** `name:stream:version:context`. */
  readonly modularityLabel?: string;
  readonly digestAlgorithm: RecordedHash['algorithm'];
  readonly files: readonly RpmFile[];
};

/** RPMTAG_FILEDIGESTALGO holds OpenPGP's numbers, RFC 9580 section 9.5; without it md5 is meant. */
const digestAlgorithms: ReadonlyMap<number, RecordedHash['algorithm']> = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
]);

/** RPMFILE_GHOST: claimed, not shipped; whatever lies there was made later by others. */
const ghostFlag = 1 << 6;
/** S_IFMT and S_IFDIR of a file's mode. */
const formatMask = 0o170000;
const directoryFormat = 0o040000;

/** @throws `invalid` when the header is damaged or names no package. */
export function readRpmRecord(bytes: Uint8Array): RpmRecord {
  const header = RpmHeader.parse(bytes);
  const name = header.text(rpmTags.name);
  const version = header.text(rpmTags.version);
  const release = header.text(rpmTags.release);
  if (!name || !version || !release)
    throw new PlimsollError(
      'invalid',
      `Cannot read an rpm header: its name is ${JSON.stringify(name)}, its version ${JSON.stringify(version)}, its release ${JSON.stringify(release)}`,
    );
  const epoch = header.number(rpmTags.epoch);
  const optional = (field: string, tag: number): Record<string, string> => {
    const value = header.text(tag);
    return value === undefined || value === '' || value === '(none)' ? {} : { [field]: value };
  };
  const digestAlgorithm = digestAlgorithms.get(header.number(rpmTags.fileDigestAlgorithm) ?? 1);
  return {
    name,
    ...(epoch === undefined ? {} : { epoch }),
    version,
    release,
    ...optional('architecture', rpmTags.architecture),
    ...optional('sourceRpm', rpmTags.sourceRpm),
    ...optional('license', rpmTags.license),
    ...optional('vendor', rpmTags.vendor),
    ...optional('modularityLabel', rpmTags.modularityLabel),
    digestAlgorithm: digestAlgorithm ?? 'md5',
    files: readFiles(header, digestAlgorithm !== undefined),
  };
}

/** Files that the package put there: no folders, no ghosts, none that its installation left out. */
function readFiles(header: RpmHeader, withDigests: boolean): RpmFile[] {
  const names = readNames(header);
  const modes = header.numbers(rpmTags.fileModes);
  const flags = header.numbers(rpmTags.fileFlags);
  const states = header.numbers(rpmTags.fileStates);
  const digests = withDigests ? header.texts(rpmTags.fileDigests) : undefined;
  const files: RpmFile[] = [];
  for (const [index, path] of names.entries()) {
    if (((modes?.[index] ?? 0) & formatMask) === directoryFormat) continue;
    if (((flags?.[index] ?? 0) & ghostFlag) !== 0) continue;
    // 0 is RPMFILE_STATE_NORMAL; others are replaced, not installed, on a share or of a wrong color.
    if ((states?.[index] ?? 0) !== 0) continue;
    const digest = digests?.[index];
    files.push(digest && /^[0-9a-f]+$/.test(digest) ? { path, digest } : { path });
  }
  return files;
}

/** Folder and name apart since rpm 4.0; whole names in databases older than that. */
function readNames(header: RpmHeader): readonly string[] {
  const baseNames = header.texts(rpmTags.baseNames);
  const folders = header.texts(rpmTags.dirNames);
  const indexes = header.numbers(rpmTags.dirIndexes);
  if (baseNames === undefined || folders === undefined || indexes === undefined)
    return header.texts(rpmTags.oldFileNames)?.filter((path) => path.startsWith('/')) ?? [];
  const names: string[] = [];
  for (const [index, baseName] of baseNames.entries()) {
    const path = `${folders[indexes[index] ?? -1] ?? ''}${baseName}`;
    names.push(path);
  }
  return names;
}

/** `(epoch:)version-release`, without an epoch of 0: rpm compares the two as equal. */
export function rpmVersion(record: Pick<RpmRecord, 'epoch' | 'version' | 'release'>): string {
  const version = `${record.version}-${record.release}`;
  return record.epoch ? `${record.epoch}:${version}` : version;
}

/**
 * Name and version of the source package that `SOURCERPM` names; rpm does not record its epoch.
 * Undefined when the text is not `name-version-release.src.rpm`.
 */
export function parseSourceRpm(
  file: string,
): { readonly name: string; readonly version: string } | undefined {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file);
  return match === null ? undefined : { name: match[1]!, version: match[2]! };
}
