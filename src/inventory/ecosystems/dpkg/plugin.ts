// SPDX-License-Identifier: Apache-2.0
// Packages that dpkg installed (Debian, Ubuntu and theirs; distroless images in `status.d`).
import { copyrightSizeBytesMax, licenseOfCopyright } from '../../../formats/dpkg/copyright.ts';
import {
  packageOfInfoFile,
  parseDiversions,
  parseFileList,
  parseMd5sums,
} from '../../../formats/dpkg/info.ts';
import { isPresent, parseDpkgStatus, type DpkgRecord } from '../../../formats/dpkg/status.ts';
import {
  OwnedFilesBudget,
  packFiles,
  unpackFiles,
} from '../../../formats/owned-files/owned-files.ts';
import { distroQualifier, formatPurl, upstreamQualifier } from '../../../formats/purl/purl.ts';
import type { ContentFile, LocatedFact, ReadContext } from '../../../image/file-reader.ts';
import type { CoverageGap } from '../../../model/coverage.ts';
import type { Distribution } from '../../../model/distribution.ts';
import type { OwnedFile } from '../../../model/package.ts';
import { decodePath } from '../../../model/path-bytes.ts';
import type { AssembleContext, Assembled, Ecosystem, FoundPackage } from '../../ecosystem.ts';

const statusFile = '/var/lib/dpkg/status';
const updatesFolder = '/var/lib/dpkg/updates';
const statusFolder = '/var/lib/dpkg/status.d';
const infoFolder = '/var/lib/dpkg/info';
const diversionsFile = '/var/lib/dpkg/diversions';
/** A desktop with 10,000 packages has 10 MB, a server 1 MB; text and bytes are in memory at once. */
const statusSizeBytesMax = 48 * 1024 * 1024;
/** The longest list of Debian (a font or kernel source package) is below 10 MB. */
const listSizeBytesMax = 16 * 1024 * 1024;
/** Orphaned lists are named up to this many. */
const orphansNamedMax = 5;

export type DpkgFact =
  | { readonly kind: 'status'; readonly packages: readonly DpkgRecord[] }
  | { readonly kind: 'update'; readonly packages: readonly DpkgRecord[] }
  /** Of one package; `hashes` from its .md5sums, else from its .list. */
  | {
      readonly kind: 'files';
      readonly name: string;
      readonly architecture?: string;
      readonly hashes: boolean;
      readonly files: string;
    }
  | {
      readonly kind: 'diversions';
      readonly diversions: readonly { from: string; to: string; by?: string }[];
    }
  | { readonly kind: 'copyright'; readonly license: string };

export const plugin: Ecosystem<DpkgFact> = {
  id: 'dpkg',
  title: 'Debian packages (dpkg)',
  kind: 'os',
  version: 1,
  files: [
    { kind: 'path', path: statusFile, sizeBytesMax: statusSizeBytesMax },
    { kind: 'folder', folder: updatesFolder, sizeBytesMax: statusSizeBytesMax },
    { kind: 'folder', folder: statusFolder, sizeBytesMax: listSizeBytesMax },
    { kind: 'folder', folder: infoFolder, suffix: '.list', sizeBytesMax: listSizeBytesMax },
    { kind: 'folder', folder: infoFolder, suffix: '.md5sums', sizeBytesMax: listSizeBytesMax },
    { kind: 'path', path: diversionsFile, sizeBytesMax: listSizeBytesMax },
    { kind: 'basename', basename: 'copyright', sizeBytesMax: copyrightSizeBytesMax },
  ],
  read,
  assemble,
};

function read(file: ContentFile, context: ReadContext): DpkgFact | undefined {
  const { path } = file;
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, slash);
  const basename = path.slice(slash + 1);
  const records = (): DpkgRecord[] =>
    parseDpkgStatus(Buffer.from(file.bytes()).toString('utf8'), path, context.issues);
  if (path === diversionsFile)
    return { kind: 'diversions', diversions: parseDiversions(decodePath(file.bytes())) };
  if (basename.endsWith('.md5sums')) {
    const files = packFiles(summed(decodePath(file.bytes())));
    return { kind: 'files', ...packageOfInfoFile(basename), hashes: true, files };
  }
  if (folder === infoFolder) {
    const files = packFiles(listed(decodePath(file.bytes())));
    return { kind: 'files', ...packageOfInfoFile(basename), hashes: false, files };
  }
  if (path === statusFile || folder === statusFolder)
    return { kind: 'status', packages: records() };
  // The journal's files are numbers; others (`tmp.i`) are unfinished.
  if (folder === updatesFolder)
    return /^\d+$/.test(basename) ? { kind: 'update', packages: records() } : undefined;
  const license = licenseOfCopyright(Buffer.from(file.bytes()).toString('utf8'));
  return license === undefined ? undefined : { kind: 'copyright', license };
}

function* listed(text: string): Generator<{ path: string }> {
  for (const path of parseFileList(text)) yield { path };
}

function* summed(text: string): Generator<{ path: string; hex: string }> {
  for (const { path, md5 } of parseMd5sums(text)) yield { path, hex: md5 };
}

interface PresentRecord {
  readonly record: DpkgRecord;
  readonly path: string;
}

function assemble(facts: readonly LocatedFact<DpkgFact>[], context: AssembleContext): Assembled {
  const { records, known } = collectRecords(facts);
  const budget = new OwnedFilesBudget();
  const lists = collectLists(facts, known);
  const licenses = new Map<string, string>();
  const diversions: { from: string; to: string; by?: string }[] = [];
  for (const { path, fact } of facts) {
    if (fact.kind === 'copyright') licenses.set(path, fact.license);
    if (fact.kind === 'diversions') diversions.push(...fact.diversions);
  }
  const licenseOf = (name: string): string | undefined =>
    licenses.get(context.tree.resolve(`/usr/share/doc/${name}/copyright`) ?? '');
  return {
    packages: records.map(({ record, path }) =>
      found(
        record,
        path,
        filesOf(record, lists, budget),
        licenseOf(record.name),
        context.distribution,
      ),
    ),
    diversions,
    gaps: [...gapsOf(facts, known, context), ...budget.gaps('dpkg')],
  };
}

/** Packages that are there; the journal's records replace the database's, in its own order. */
function collectRecords(facts: readonly LocatedFact<DpkgFact>[]): {
  readonly records: readonly PresentRecord[];
  /** Names of all records, present or not. */
  readonly known: ReadonlySet<string>;
} {
  const byKey = new Map<string, PresentRecord>();
  const known = new Set<string>();
  const add = (packages: readonly DpkgRecord[], path: string): void => {
    for (const record of packages) {
      known.add(record.name);
      byKey.set(recordKey(record), { record, path });
    }
  };
  for (const { path, fact } of facts) if (fact.kind === 'status') add(fact.packages, path);
  const updates = facts.filter(({ fact }) => fact.kind === 'update');
  updates.sort((left, right) => (left.path < right.path ? -1 : 1));
  for (const { path, fact } of updates) if (fact.kind === 'update') add(fact.packages, path);
  return { records: [...byKey.values()].filter(({ record }) => isPresent(record.state)), known };
}

/** Packages that are `Multi-Arch: same` can be there once per architecture, others only once. */
function recordKey(record: DpkgRecord): string {
  return record.multiArch === 'same' ? `${record.name}:${record.architecture}` : record.name;
}

/** Packed: unpacked all at once they would take the memory several times over. */
interface Lists {
  readonly paths: Map<string, string>;
  readonly hashes: Map<string, string>;
}

function collectLists(facts: readonly LocatedFact<DpkgFact>[], known: ReadonlySet<string>): Lists {
  const lists: Lists = { paths: new Map(), hashes: new Map() };
  for (const { fact } of facts) {
    if (fact.kind !== 'files' || !known.has(fact.name)) continue;
    const key = fact.architecture === undefined ? fact.name : `${fact.name}:${fact.architecture}`;
    (fact.hashes ? lists.hashes : lists.paths).set(key, fact.files);
  }
  return lists;
}

/** deb-preinst(5) and its siblings, and what dpkg notes itself: kept per package, listed by none. */
const controlFiles = [
  'list',
  'md5sums',
  'conffiles',
  'preinst',
  'postinst',
  'prerm',
  'postrm',
  'config',
  'templates',
  'triggers',
  'shlibs',
  'symbols',
];

/** Paths of the list with hashes of the sums and of the configuration files; distroless has sums only. */
function filesOf(record: DpkgRecord, lists: Lists, budget: OwnedFilesBudget): readonly OwnedFile[] {
  const key = `${record.name}:${record.architecture}`;
  const unpack = (list: Map<string, string>): OwnedFile[] =>
    unpackFiles(list.get(key) ?? list.get(record.name) ?? '', budget);
  const listed = unpack(lists.paths);
  const hashed = unpack(lists.hashes);
  const hashes = new Map(hashed.map((file) => [file.path, file]));
  for (const { path, md5 } of record.conffiles ?? [])
    hashes.set(path, md5 === undefined ? { path } : { path, hash: { algorithm: 'md5', hex: md5 } });
  const files: OwnedFile[] = [];
  for (const file of listed) {
    const withHash = hashes.get(file.path);
    files.push(withHash ?? file);
    if (withHash !== undefined) hashes.delete(file.path);
  }
  files.push(...hashes.values());
  const stem = record.multiArch === 'same' ? key : record.name;
  for (const suffix of controlFiles) files.push({ path: `${infoFolder}/${stem}.${suffix}` });
  return files;
}

/** A distribution of another package manager says nothing of these packages. */
function isOurs(distribution: Distribution): boolean {
  return (
    /^(Debian|Ubuntu)(:|$)/.test(distribution.ecosystem ?? '') ||
    ['debian', 'ubuntu'].some((id) => distribution.id === id || distribution.idLike.includes(id))
  );
}

function found(
  record: DpkgRecord,
  path: string,
  files: readonly OwnedFile[],
  license: string | undefined,
  anyDistribution: Distribution | undefined,
): FoundPackage {
  const distribution =
    anyDistribution !== undefined && isOurs(anyDistribution) ? anyDistribution : undefined;
  const { name, version, architecture, source, state } = record;
  return {
    package: {
      name,
      version,
      ecosystem: distribution?.ecosystem ?? 'dpkg',
      purl: formatPurl({
        type: 'deb',
        namespace: distribution?.id,
        name,
        version,
        qualifiers: {
          arch: architecture,
          distro: distroQualifier(distribution),
          upstream: upstreamQualifier(source, version),
        },
      }),
      ...(architecture === '' ? {} : { architecture }),
      ...(source === undefined ? {} : { source }),
      ...(license === undefined ? {} : { license }),
      ...(record.maintainer === undefined ? {} : { vendor: record.maintainer }),
      locations: [{ path }],
      ...(state === 'installed' ? {} : { detail: { state } }),
    },
    files,
  };
}

function gapsOf(
  facts: readonly LocatedFact<DpkgFact>[],
  known: ReadonlySet<string>,
  { tree }: AssembleContext,
): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  const status = tree.resolve(statusFile);
  const isRead = facts.some((located) => located.path === status);
  if (status !== undefined && !isRead && tree.lookup(status)?.kind === 'file')
    gaps.push({
      code: 'package-database-unreadable',
      message: `dpkg's database ${JSON.stringify(status)} is there and could not be read`,
      subject: 'dpkg',
      blocking: true,
    });
  // dpkg removes the list with the record: a list alone means that somebody removed the record.
  const orphans = new Set<string>();
  for (const { fact } of facts)
    if (fact.kind === 'files' && !known.has(fact.name)) orphans.add(fact.name);
  if (orphans.size > 0) {
    const names = [...orphans].sort().slice(0, orphansNamedMax).join(', ');
    const more = orphans.size > orphansNamedMax ? ', ...' : '';
    gaps.push({
      code: 'package-records-missing',
      message: `dpkg has file lists of ${orphans.size} packages without a record: ${names}${more}`,
      subject: 'dpkg',
      hint: 'their versions cannot be told: the database was cut after they were installed',
      blocking: true,
    });
  }
  return gaps;
}
