// SPDX-License-Identifier: Apache-2.0
// Installed Python distributions: wheels (`x-1.0.dist-info`), what setuptools and distutils left
// (`x-1.0.egg-info`, a folder or one file) and unpacked eggs (`EGG-INFO`), with the files that
// their lists name. Zipped eggs are not read.
import { posix } from 'node:path';
import {
  parsePythonMetadata,
  type PythonDistribution,
} from '../../../formats/python-metadata/metadata.ts';
import {
  parseFileList,
  parseRecord,
  type RecordedFile,
} from '../../../formats/python-metadata/record.ts';
import { formatPurl } from '../../../formats/purl/purl.ts';
import type { FilePattern, LocatedFact } from '../../../image/file-reader.ts';
import type { OwnedFile } from '../../../model/package.ts';
import type { Ecosystem, FoundPackage } from '../../ecosystem.ts';

type PythonFact =
  | ({ readonly kind: 'distribution' } & PythonDistribution)
  | { readonly kind: 'record'; readonly files: readonly RecordedFile[] }
  /** Paths relative to the metadata folder itself. */
  | { readonly kind: 'installed-files'; readonly files: readonly string[] }
  | { readonly kind: 'top-level'; readonly names: readonly string[] };

/** Descriptions are part of the metadata: some 500 kB at most. Lists grow with the files. */
const metadataBytesMax = 16 << 20;
const listBytesMax = 64 << 20;

const lists = {
  RECORD: 'record',
  'installed-files.txt': 'installed-files',
  'top_level.txt': 'top-level',
} as const;

const files: readonly FilePattern[] = [
  { kind: 'basename', basename: 'METADATA', sizeBytesMax: metadataBytesMax },
  { kind: 'basename', basename: 'PKG-INFO', sizeBytesMax: metadataBytesMax },
  { kind: 'suffix', suffix: '.egg-info', sizeBytesMax: metadataBytesMax },
  ...Object.keys(lists).map((basename): FilePattern => ({
    kind: 'basename',
    basename,
    sizeBytesMax: listBytesMax,
  })),
];

export const plugin: Ecosystem<PythonFact> = {
  id: 'python',
  version: 1,
  title: 'Python distributions',
  kind: 'language',
  files,

  read(file, { issues }) {
    const name = posix.basename(file.path);
    const inside = isMetadataFolder(posix.dirname(file.path));
    const list = lists[name as keyof typeof lists] as
      | (typeof lists)[keyof typeof lists]
      | undefined;
    if (list !== undefined) return inside ? readList(list, file.bytes()) : undefined;
    if (!inside && !name.endsWith('.egg-info')) return undefined;
    const distribution = parsePythonMetadata(file.bytes());
    if (distribution !== undefined) return { kind: 'distribution', ...distribution };
    issues.add({
      code: 'python-metadata-incomplete',
      message: 'Cannot read Python metadata: it has no name or no version',
      fatal: true,
      where: file.path,
    });
    return undefined;
  },

  assemble(facts) {
    const listsOf = Map.groupBy(
      facts.filter(({ fact }) => fact.kind !== 'distribution'),
      ({ path }) => posix.dirname(path),
    );
    return {
      packages: facts.flatMap(({ path, fact }) =>
        fact.kind === 'distribution'
          ? [packageOf(path, fact, listsOf.get(posix.dirname(path)))]
          : [],
      ),
    };
  },
};

function isMetadataFolder(folder: string): boolean {
  return /\.(?:dist|egg)-info$|\/EGG-INFO$/.test(folder);
}

function readList(kind: (typeof lists)[keyof typeof lists], bytes: Uint8Array): PythonFact {
  if (kind === 'record') return { kind, files: parseRecord(bytes) };
  if (kind === 'installed-files') return { kind, files: parseFileList(bytes) };
  return { kind, names: parseFileList(bytes) };
}

function packageOf(
  path: string,
  distribution: PythonDistribution,
  known: readonly LocatedFact<PythonFact>[] = [],
): FoundPackage {
  const { name, version, license, author } = distribution;
  const folder = posix.dirname(path);
  const single = path.endsWith('.egg-info');
  return {
    package: {
      name,
      version,
      ecosystem: 'PyPI',
      purl: formatPurl({ type: 'pypi', name, version }),
      ...(license === undefined ? {} : { license }),
      ...(author === undefined ? {} : { vendor: author }),
      locations: [{ path }],
    },
    ...(single
      ? { files: [{ path }] }
      : ownership(
          folder,
          known.map(({ fact }) => fact),
        )),
  };
}

/**
 * The metadata folder is the distribution's in any case. Its files come from the record; older
 * tools leave a list, or only the names of the modules.
 */
function ownership(
  folder: string,
  facts: readonly PythonFact[],
): Pick<FoundPackage, 'files' | 'folders'> {
  const site = posix.dirname(folder);
  // An egg is a folder of its own.
  if (folder.endsWith('/EGG-INFO')) return { files: [], folders: [site] };
  for (const fact of facts)
    if (fact.kind === 'record')
      return { files: fact.files.map((file) => ownedFile(site, file)), folders: [folder] };
  for (const fact of facts)
    if (fact.kind === 'installed-files')
      return {
        files: fact.files.map((path) => ({ path: posix.resolve(folder, path) })),
        folders: [folder],
      };
  const modules = facts.flatMap((fact) => (fact.kind === 'top-level' ? fact.names : []));
  const named = modules.filter((module) => /^\w[\w./-]*$/.test(module) && !module.includes('..'));
  return {
    files: named.map((module) => ({ path: posix.join(site, `${module}.py`) })),
    folders: [folder, ...named.map((module) => posix.join(site, module))],
  };
}

/** Paths may lead up (`../../../bin/pip`); the root is as far as they get. */
function ownedFile(site: string, { path, algorithm, hex }: RecordedFile): OwnedFile {
  const absolute = posix.resolve(site, path);
  return algorithm === undefined || hex === undefined
    ? { path: absolute }
    : { path: absolute, hash: { algorithm, hex } };
}
