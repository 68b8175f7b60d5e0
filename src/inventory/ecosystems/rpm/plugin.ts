// SPDX-License-Identifier: Apache-2.0
// Packages that rpm installed (Red Hat's family, SUSE, Fedora, Amazon, Photon, Azure Linux, ...).
import {
  OwnedFilesBudget,
  packFiles,
  unpackFiles,
} from '../../../formats/owned-files/owned-files.ts';
import { distroQualifier, formatPurl, upstreamQualifier } from '../../../formats/purl/purl.ts';
import { readRpmDatabase } from '../../../formats/rpm/database.ts';
import { parseSourceRpm, rpmVersion, type RpmRecord } from '../../../formats/rpm/record.ts';
import type { ContentFile, LocatedFact, ReadContext } from '../../../image/file-reader.ts';
import type { CoverageGap } from '../../../model/coverage.ts';
import type { Distribution } from '../../../model/distribution.ts';
import type { PackageSource } from '../../../model/package.ts';
import type { AssembleContext, Assembled, Ecosystem, FoundPackage } from '../../ecosystem.ts';

/** `_dbpath` of the distributions: the second one of SUSE, Fedora from 36 and image-based systems. */
const folders = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];
const databaseNames = ['rpmdb.sqlite', 'Packages.db', 'Packages'];
const logName = 'rpmdb.sqlite-wal';
const databaseFiles = folders.flatMap((folder) => databaseNames.map((name) => `${folder}/${name}`));
/** Held in memory for SQLite. A full desktop's is near 150 MB, an image's 5 to 40 MB. */
const sizeBytesMax = 160 * 1024 * 1024;
/** Each frame of a log: a header and a page. What is smaller holds none. */
const logHeaderSizeBytes = 32;

/** The record with its files as one text. */
type RpmPackage = Omit<RpmRecord, 'files'> & { readonly files: string };

export type RpmFact =
  | { readonly kind: 'database'; readonly packages: readonly RpmPackage[] }
  /** Changes that SQLite has not moved into the database. */
  | { readonly kind: 'log' };

export const plugin: Ecosystem<RpmFact> = {
  id: 'rpm',
  title: 'RPM packages',
  kind: 'os',
  version: 1,
  files: [
    ...databaseFiles.map((path) => ({ kind: 'path', path, sizeBytesMax }) as const),
    ...folders.map(
      (folder) => ({ kind: 'path', path: `${folder}/${logName}`, sizeBytesMax }) as const,
    ),
  ],
  read,
  assemble,
};

function read(file: ContentFile, context: ReadContext): RpmFact | undefined {
  if (file.path.endsWith(logName))
    return file.sizeBytes > logHeaderSizeBytes ? { kind: 'log' } : undefined;
  const records = readRpmDatabase(file, file.path, context.issues);
  if (records === undefined) return undefined;
  return {
    kind: 'database',
    packages: records.map(({ files, ...record }) => ({
      ...record,
      files: packFiles(files.map(({ path, digest }) => ({ path, hex: digest }))),
    })),
  };
}

function assemble(facts: readonly LocatedFact<RpmFact>[], context: AssembleContext): Assembled {
  const packages = new Map<string, FoundPackage>();
  const budget = new OwnedFilesBudget();
  for (const { path, fact } of facts) {
    if (fact.kind !== 'database') continue;
    for (const item of fact.packages) {
      // A database converted to a newer form can lie beside its old one.
      const key = `${item.name}\n${rpmVersion(item)}\n${item.architecture ?? ''}`;
      if (!packages.has(key)) packages.set(key, found(item, path, context.distribution, budget));
    }
  }
  return {
    packages: [...packages.values()],
    gaps: [...gapsOf(facts, context), ...budget.gaps('rpm')],
  };
}

/** A distribution of another package manager says nothing of these packages. */
function isOurs({ id, idLike, ecosystem }: Distribution): boolean {
  const foreign = /^(Debian|Ubuntu|Alpine|Wolfi|Chainguard|MinimOS|Alpaquita)(:|$)/;
  return !foreign.test(ecosystem ?? '') && ![id, ...idLike].some((name) => foreignIds.has(name));
}
const foreignIds = new Set(['debian', 'ubuntu', 'alpine', 'arch', 'wolfi']);

/** The source's epoch is not recorded; packages of one source share the epoch in all but a few cases. */
function sourceOf(item: RpmPackage, version: string): PackageSource | undefined {
  const source = item.sourceRpm === undefined ? undefined : parseSourceRpm(item.sourceRpm);
  if (source === undefined) return undefined;
  const sourceVersion = item.epoch ? `${item.epoch}:${source.version}` : source.version;
  return source.name === item.name && sourceVersion === version
    ? undefined
    : { name: source.name, version: sourceVersion };
}

function found(
  item: RpmPackage,
  path: string,
  anyDistribution: Distribution | undefined,
  budget: OwnedFilesBudget,
): FoundPackage {
  const distribution =
    anyDistribution !== undefined && isOurs(anyDistribution) ? anyDistribution : undefined;
  const { name, architecture, license, vendor, modularityLabel } = item;
  const version = rpmVersion(item);
  const source = sourceOf(item, version);
  const module = modularityLabel?.split(':', 2).join(':');
  return {
    package: {
      name,
      version,
      ecosystem: distribution?.ecosystem ?? 'rpm',
      purl: formatPurl({
        type: 'rpm',
        namespace: distribution?.id,
        name,
        // The epoch is a qualifier here, not part of the version: purl's type definition of rpm.
        version: `${item.version}-${item.release}`,
        qualifiers: {
          arch: architecture,
          distro: distroQualifier(distribution),
          epoch: item.epoch ? String(item.epoch) : undefined,
          rpmmod: module,
          upstream: upstreamQualifier(source, version),
        },
      }),
      ...(architecture === undefined ? {} : { architecture }),
      ...(source === undefined ? {} : { source }),
      ...(license === undefined ? {} : { license }),
      ...(module === undefined ? {} : { module }),
      ...(vendor === undefined ? {} : { vendor }),
      locations: [{ path }],
      ...(modularityLabel === undefined ? {} : { detail: { modularityLabel } }),
    },
    files: unpackFiles(item.files, budget),
  };
}

function gapsOf(facts: readonly LocatedFact<RpmFact>[], { tree }: AssembleContext): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  for (const { path, fact } of facts)
    if (fact.kind === 'log')
      gaps.push({
        code: 'package-database-unmerged',
        message: `rpm's database has changes in ${JSON.stringify(path)} that were not read`,
        subject: 'rpm',
        hint: 'run an rpm query in the image before it is saved: it moves them into the database',
        blocking: true,
      });
  const seen = new Set(facts.map(({ path }) => path));
  for (const file of databaseFiles) {
    const path = tree.resolve(file);
    const entry = path === undefined ? undefined : tree.lookup(path);
    if (path === undefined || seen.has(path) || entry?.kind !== 'file') continue;
    if (entry.sizeBytes === 0) continue;
    seen.add(path);
    gaps.push({
      code: 'package-database-unreadable',
      message: `rpm's database ${JSON.stringify(path)} is there and could not be read`,
      subject: 'rpm',
      blocking: true,
    });
  }
  return gaps;
}
