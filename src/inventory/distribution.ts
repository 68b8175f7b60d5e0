// SPDX-License-Identifier: Apache-2.0
// Which distribution an image holds: os-release(5) first, then the files that distributions had
// before it, or keep when somebody deletes it.
import { osReleaseSizeBytesMax, parseOsRelease } from '../formats/os-release/os-release.ts';
import type { FileReader, LocatedFact } from '../image/file-reader.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Distribution } from '../model/distribution.ts';
import { ecosystemOf } from './distribution-ecosystem.ts';
import { findReleaseByCodename, lifecycleId, lifecycleOf } from './distribution-lifecycle.ts';

/** Assignments of os-release or lsb-release, or the text of a file with one line. */
export type DistributionFact =
  | { readonly kind: 'assignments'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'line'; readonly text: string };

/** Specification order: what the administrator wrote wins over what the vendor shipped. */
const osReleaseFiles = ['/etc/os-release', '/usr/lib/os-release'];
/** The vendor's file can be a link into this folder (Fedora's variants). */
const osReleaseFolder = '/usr/lib/os.release.d';
const lsbReleaseFile = '/etc/lsb-release';
const alpineReleaseFile = '/etc/alpine-release';
const debianVersionFile = '/etc/debian_version';
/** All have a line such as `CentOS release 6.10 (Final)`; rebuilds keep their own beside Red Hat's. */
const redHatStyleFiles = [
  '/etc/oracle-release',
  '/etc/centos-release',
  '/etc/almalinux-release',
  '/etc/rocky-release',
  '/etc/fedora-release',
  '/etc/redhat-release',
  '/etc/system-release',
];
const assignmentFiles = new Set([...osReleaseFiles, lsbReleaseFile]);
const sizeBytesMax = osReleaseSizeBytesMax;

const keys = [
  'ID',
  'ID_LIKE',
  'NAME',
  'PRETTY_NAME',
  'VERSION',
  'VERSION_ID',
  'VERSION_CODENAME',
  'UBUNTU_CODENAME',
  'DISTRIB_ID',
  'DISTRIB_RELEASE',
  'DISTRIB_CODENAME',
  'DISTRIB_DESCRIPTION',
];

export const distributionReader: FileReader<DistributionFact> = {
  id: 'distribution',
  version: 1,
  files: [
    ...[
      ...osReleaseFiles,
      lsbReleaseFile,
      alpineReleaseFile,
      debianVersionFile,
      ...redHatStyleFiles,
    ].map((path) => ({ kind: 'path', path, sizeBytesMax }) as const),
    { kind: 'folder', folder: osReleaseFolder, sizeBytesMax },
  ],
  read(file) {
    const text = Buffer.from(file.bytes()).toString('utf8');
    if (!assignmentFiles.has(file.path) && !file.path.startsWith(`${osReleaseFolder}/`))
      return { kind: 'line', text: text.split('\n', 1)[0]!.trim().slice(0, 200) };
    const all = parseOsRelease(text);
    const values: Record<string, string> = {};
    for (const key of keys) {
      const value = all.get(key);
      if (value !== undefined && value !== '') values[key] = value.slice(0, 500);
    }
    return Object.keys(values).length === 0 ? undefined : { kind: 'assignments', values };
  },
};

/** What one file says, before OSV's spelling and the lifecycle are added. */
type Told = Omit<Distribution, 'ecosystem' | 'lifecycle' | 'path'> & {
  readonly versionText?: string;
  /** Says what it is: a Debian between releases, Alpine's edge. */
  readonly rolling?: { readonly ecosystem?: string; readonly source: string };
};

/**
 * The distribution, by the first file that tells. `facts` are those effective in the tree, with
 * the paths that links lead to. Undefined: no file tells.
 */
export function findDistribution(
  facts: readonly LocatedFact<DistributionFact>[],
  tree: FileTree,
  now: Date,
): Distribution | undefined {
  const byPath = new Map(facts.map((located) => [located.path, located.fact]));
  const factOf = (path: string): DistributionFact | undefined =>
    byPath.get(tree.resolve(path) ?? path);
  const lineOf = (path: string): string | undefined => {
    const fact = factOf(path);
    return fact?.kind === 'line' && fact.text !== '' ? fact.text : undefined;
  };
  const debianVersion = lineOf(debianVersionFile);
  const readers: readonly (readonly [path: string, read: () => Told | undefined])[] = [
    ...osReleaseFiles.map(
      (path) => [path, () => readOsRelease(factOf(path), debianVersion)] as const,
    ),
    [lsbReleaseFile, () => readLsbRelease(factOf(lsbReleaseFile))],
    [alpineReleaseFile, () => readAlpineRelease(lineOf(alpineReleaseFile))],
    ...redHatStyleFiles.map((path) => [path, () => readRedHatStyle(lineOf(path))] as const),
    [debianVersionFile, () => readDebianVersion(debianVersion)],
  ];
  for (const [path, read] of readers) {
    const told = read();
    if (told !== undefined) return complete(told, tree.resolve(path) ?? path, now);
  }
  return undefined;
}

/**
 * A release that another document tells of (an SBOM), by the same rules: Alpine's snapshots are
 * edge, and a codename alone is the release that has it.
 */
export function describeRelease(
  release: {
    readonly id: string;
    readonly version?: string;
    readonly codename?: string;
    readonly name: string;
  },
  now: Date,
): Pick<Distribution, 'ecosystem' | 'lifecycle'> {
  const { id, name } = release;
  const version = release.version ?? findReleaseByCodename(id, release.codename)?.version;
  const told = { id, idLike: [], name, ...(version === undefined ? {} : { version }) };
  const isEdge = id === 'alpine' && isAlpineEdge(version, name);
  const { ecosystem, lifecycle } = complete(
    isEdge ? { ...told, rolling: alpineEdge } : told,
    '',
    now,
  );
  return { lifecycle, ...(ecosystem === undefined ? {} : { ecosystem }) };
}

function complete(told: Told, path: string, now: Date): Distribution {
  const { rolling, versionText, ...distribution } = told;
  const ecosystem =
    rolling === undefined ? ecosystemOf({ ...distribution, versionText }) : rolling.ecosystem;
  const lifecycle =
    rolling === undefined
      ? lifecycleOf(lifecycleId(distribution), distribution.version, now)
      : ({ kind: 'rolling', source: rolling.source } as const);
  return { ...distribution, ...(ecosystem === undefined ? {} : { ecosystem }), path, lifecycle };
}

function readOsRelease(
  fact: DistributionFact | undefined,
  debianVersion: string | undefined,
): Told | undefined {
  if (fact?.kind !== 'assignments') return undefined;
  const { values } = fact;
  // Without an ID the specification says `linux`: that tells no more than no file does.
  const id = values['ID']?.toLowerCase();
  if (id === undefined) return undefined;
  const codename = values['VERSION_CODENAME'] ?? values['UBUNTU_CODENAME'];
  const version = values['VERSION_ID'];
  const name = values['PRETTY_NAME'] ?? values['NAME'] ?? id;
  const base = {
    id,
    idLike: (values['ID_LIKE'] ?? '').split(/\s+/).filter(Boolean),
    name,
    ...(codename === undefined ? {} : { codename }),
  };
  if (id === 'alpine' && isAlpineEdge(version, name)) return { ...base, rolling: alpineEdge };
  if (id === 'debian' && version === undefined)
    return { ...base, ...unreleasedDebian(codename ?? debianVersion?.split('/')[0]) };
  return {
    ...base,
    ...(version === undefined ? {} : { version }),
    ...(values['VERSION'] === undefined ? {} : { versionText: values['VERSION'] }),
  };
}

const alpineEdge = { ecosystem: 'Alpine:edge', source: 'the version is a snapshot of edge' };

/** edge counts as the release to come, with the date of the snapshot: `3.21.0_alpha20240923`. */
function isAlpineEdge(version: string | undefined, name: string): boolean {
  return /_alpha\d*$/.test(version ?? '') || /\bedge$/.test(name);
}

/**
 * Testing and unstable have no `VERSION_ID` and share a codename (`trixie/sid`). OSV knows testing
 * by the number that it will have.
 */
function unreleasedDebian(codename: string | undefined): Pick<Told, 'codename' | 'rolling'> {
  const release = findReleaseByCodename('debian', codename);
  return {
    ...(codename === undefined ? {} : { codename }),
    rolling: {
      ecosystem: release === undefined ? 'Debian:sid' : `Debian:${release.version}`,
      source: 'Debian testing or unstable: it tells no version',
    },
  };
}

function readLsbRelease(fact: DistributionFact | undefined): Told | undefined {
  if (fact?.kind !== 'assignments') return undefined;
  const { DISTRIB_ID: id, DISTRIB_RELEASE: version, DISTRIB_CODENAME: codename } = fact.values;
  if (id === undefined) return undefined;
  return {
    id: id.toLowerCase(),
    idLike: [],
    name: fact.values['DISTRIB_DESCRIPTION'] ?? id,
    ...(version === undefined ? {} : { version }),
    ...(codename === undefined ? {} : { codename }),
  };
}

function readAlpineRelease(version: string | undefined): Told | undefined {
  if (version === undefined || !/^\d/.test(version)) return undefined;
  const base = { id: 'alpine', idLike: [], name: `Alpine Linux ${version}` };
  return isAlpineEdge(version, '') ? { ...base, rolling: alpineEdge } : { ...base, version };
}

function readDebianVersion(text: string | undefined): Told | undefined {
  if (text === undefined) return undefined;
  const base = { id: 'debian', idLike: [], name: `Debian GNU/Linux ${text}` };
  const version = /^(\d+)(?:\.\d+)*$/.exec(text)?.[1];
  if (version !== undefined) return { ...base, version };
  const codename = /^([a-z]+)(?:\/sid)?$/.exec(text)?.[1];
  return codename === undefined ? undefined : { ...base, ...unreleasedDebian(codename) };
}

const redHatStyleIds: readonly (readonly [start: string, id: string])[] = [
  ['Red Hat Enterprise Linux', 'rhel'],
  ['CentOS', 'centos'],
  ['AlmaLinux', 'almalinux'],
  ['Rocky Linux', 'rocky'],
  ['Oracle Linux', 'ol'],
  ['Fedora', 'fedora'],
  ['Amazon Linux', 'amzn'],
];

function readRedHatStyle(line: string | undefined): Told | undefined {
  const match = /^([^\d]{1,80}) release (\d+(?:\.\d+)*)/.exec(line ?? '');
  const id = redHatStyleIds.find(([start]) => match?.[1]!.startsWith(start))?.[1];
  return id === undefined ? undefined : { id, idLike: [], name: line!, version: match![2]! };
}
