// SPDX-License-Identifier: Apache-2.0
// Packages that apk installed (Alpine, Wolfi, Chainguard and theirs).
import { parseApkInstalled, type ApkRecord } from '../../../formats/apk/installed.ts';
import {
  OwnedFilesBudget,
  packFiles,
  unpackFiles,
} from '../../../formats/owned-files/owned-files.ts';
import { distroQualifier, formatPurl, upstreamQualifier } from '../../../formats/purl/purl.ts';
import type { ContentFile, LocatedFact, ReadContext } from '../../../image/file-reader.ts';
import type { CoverageGap } from '../../../model/coverage.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { decodePath } from '../../../model/path-bytes.ts';
import type { AssembleContext, Assembled, Ecosystem, FoundPackage } from '../../ecosystem.ts';

/** apk 3 moves its database below /usr where that is merged. */
const databaseFiles = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];
/** An image's has 1 MB, a desktop's some 10 MB; text and bytes are in memory at once. */
const sizeBytesMax = 48 * 1024 * 1024;

/** The record with its files as one text. */
type ApkPackage = Omit<ApkRecord, 'files'> & { readonly files: string };

export type ApkFact = { readonly packages: readonly ApkPackage[] };

export const plugin: Ecosystem<ApkFact> = {
  id: 'apk',
  title: 'Alpine packages (apk)',
  kind: 'os',
  version: 1,
  files: databaseFiles.map((path) => ({ kind: 'path', path, sizeBytesMax }) as const),
  read,
  assemble,
};

function read(file: ContentFile, context: ReadContext): ApkFact {
  const records = parseApkInstalled(decodePath(file.bytes()), file.path, context.issues);
  return {
    packages: records.map(({ files, ...record }) => ({
      ...record,
      files: packFiles(files.map(({ path, sha1 }) => ({ path, hex: sha1 }))),
    })),
  };
}

function assemble(facts: readonly LocatedFact<ApkFact>[], context: AssembleContext): Assembled {
  const packages = new Map<string, FoundPackage>();
  const budget = new OwnedFilesBudget();
  for (const { path, fact } of facts)
    for (const item of fact.packages) {
      // Both places with the same package: one was left behind by the move.
      const key = `${item.name}\n${item.version}`;
      if (!packages.has(key)) packages.set(key, found(item, path, context.distribution, budget));
    }
  return {
    packages: [...packages.values()],
    gaps: [...gapsOf(facts, context), ...budget.gaps('apk')],
  };
}

/** A distribution of another package manager says nothing of these packages. */
function isOurs(distribution: Distribution): boolean {
  return (
    /^(Alpine|Wolfi|Chainguard|MinimOS|Alpaquita)(:|$)/.test(distribution.ecosystem ?? '') ||
    distribution.id === 'alpine' ||
    distribution.idLike.includes('alpine')
  );
}

function found(
  item: ApkPackage,
  path: string,
  anyDistribution: Distribution | undefined,
  budget: OwnedFilesBudget,
): FoundPackage {
  const distribution =
    anyDistribution !== undefined && isOurs(anyDistribution) ? anyDistribution : undefined;
  const { name, version, architecture, license, origin } = item;
  const source = origin === undefined || origin === name ? undefined : { name: origin, version };
  return {
    package: {
      name,
      version,
      ecosystem: distribution?.ecosystem ?? 'apk',
      purl: formatPurl({
        type: 'apk',
        namespace: distribution?.id,
        name,
        version,
        qualifiers: {
          arch: architecture,
          distro: distroQualifier(distribution),
          upstream: upstreamQualifier(source, version),
        },
      }),
      ...(architecture === undefined ? {} : { architecture }),
      ...(source === undefined ? {} : { source }),
      ...(license === undefined ? {} : { license }),
      ...(item.maintainer === undefined ? {} : { vendor: item.maintainer }),
      locations: [{ path }],
      ...(item.commit === undefined ? {} : { detail: { commit: item.commit } }),
    },
    files: unpackFiles(item.files, budget),
  };
}

function gapsOf(facts: readonly LocatedFact<ApkFact>[], { tree }: AssembleContext): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  const seen = new Set(facts.map(({ path }) => path));
  for (const file of databaseFiles) {
    const path = tree.resolve(file);
    if (path === undefined || seen.has(path) || tree.lookup(path)?.kind !== 'file') continue;
    seen.add(path);
    gaps.push({
      code: 'package-database-unreadable',
      message: `apk's database ${JSON.stringify(path)} is there and could not be read`,
      subject: 'apk',
      blocking: true,
    });
  }
  return gaps;
}
