// SPDX-License-Identifier: Apache-2.0
// What a Java archive says about itself and about the archives in it: Maven's project files, the
// manifest, the folders of its classes. Which package that makes is told elsewhere (identify.ts),
// because the file's name counts, too.
//
// Archives lie in archives (ear > war > jar), and one small file can hold a great deal: all
// archives of one file share one budget of bytes, entries and depth.
import { createHash } from 'node:crypto';
import { PlimsollError, reasonOf } from '../../model/errors.ts';
import type { IssueSink } from '../../model/issue.ts';
import { sourceOfBytes, type ByteSource } from '../byte-source/byte-source.ts';
import { locateZipEntry, readZipDirectory, readZipEntry, type ZipEntry } from '../zip/zip.ts';
import { parseManifest, parseProperties } from './manifest.ts';
import { parsePom, type Coordinates } from './pom.ts';

/** File suffixes of archives that are looked into, outside and inside of others. */
export const javaArchiveSuffixes = ['.jar', '.war', '.ear', '.hpi', '.jpi', '.aar'] as const;

export type ProjectFact = Partial<Coordinates> & {
  readonly from: 'pom.properties' | 'pom.xml';
  /** Folder in the archive: `META-INF/maven/org.slf4j/slf4j-api`. */
  readonly folder: string;
};

/** Evidence in one archive; JSON. */
export type ArchiveFact = {
  /** Names down to it, joined by `!/`; empty for the file itself. */
  readonly member: string;
  readonly sha1: string;
  readonly projects: readonly ProjectFact[];
  /** The main attributes that can tell a name or a version, names in lower case. */
  readonly manifest: { readonly [name: string]: string };
  /** Folder that all classes share, as a package name: `org.springframework`. */
  readonly commonPackage?: string;
};

/** A deployment is ear > war > jar > jar at most; beyond it only bombs nest. */
const depthMax = 5;
/** A large server has some 1000 jars, with below a million entries. */
const archivesMax = 10_000;
const entriesMax = 2_000_000;
/** Uncompressed bytes that are read of one file in all, and that are held in memory at once. */
const totalBytesMax = 2 ** 31;
const innerBytesMax = 128 << 20;
/** Manifests of signed archives name each file. */
const manifestBytesMax = 16 << 20;
const projectBytesMax = 2 << 20;
/** The largest shaded jars hold some 500 projects. */
const projectsMax = 5000;
const chunkBytes = 1 << 20;

const manifestNames = [
  'implementation-version',
  'implementation-vendor',
  'bundle-name',
  'bundle-symbolicname',
  'bundle-version',
  'bundle-license',
  'plugin-version',
  'short-name',
  'group-id',
] as const;

interface Walk {
  readonly issues: IssueSink;
  readonly archives: ArchiveFact[];
  /** Uncompressed bytes that may still be read. */
  bytesLeft: number;
  entriesLeft: number;
  /** Of the inner archives that are open just now, one in the other. */
  heldBytes: number;
  /** The budget is used up: nothing more is read. */
  stopped: boolean;
}

/**
 * The file's own evidence first, then that of the archives inside.
 * @throws `invalid` when the file is no zip archive, `limit` when its directory is too large.
 */
export function readJavaArchive(source: ByteSource, issues: IssueSink): readonly ArchiveFact[] {
  const walk: Walk = {
    issues,
    archives: [],
    bytesLeft: totalBytesMax,
    entriesLeft: entriesMax,
    heldBytes: 0,
    stopped: false,
  };
  readArchive(walk, source, '', 0);
  return walk.archives;
}

function readArchive(walk: Walk, source: ByteSource, member: string, depth: number): void {
  const { entries } = readZipDirectory(source, walk.issues);
  walk.entriesLeft -= entries.length;
  const manifest = entries.find(({ name }) => name.toUpperCase() === 'META-INF/MANIFEST.MF');
  const commonPackage = commonPackageOf(entries);
  walk.archives.push({
    member,
    sha1: sha1Of(source),
    projects: readProjects(walk, source, entries),
    manifest: manifest === undefined ? {} : readManifest(walk, source, manifest),
    ...(commonPackage === undefined ? {} : { commonPackage }),
  });
  for (const entry of entries) {
    if (walk.stopped) break;
    if (!isArchiveName(entry.name)) continue;
    if (!readInner(walk, source, entry, member, depth + 1)) break;
  }
}

function isArchiveName(name: string): boolean {
  const lower = name.toLowerCase();
  return javaArchiveSuffixes.some((suffix) => lower.endsWith(suffix));
}

/** False when the other archives beside this one must not be read either. */
function readInner(
  walk: Walk,
  source: ByteSource,
  entry: ZipEntry,
  outer: string,
  depth: number,
): boolean {
  const member = outer === '' ? entry.name : `${outer}!/${entry.name}`;
  if (depth > depthMax) {
    addLimit(walk, member, `archives are nested deeper than ${depthMax}`);
    return false;
  }
  if (walk.archives.length >= archivesMax) stop(walk, member, `more than ${archivesMax} archives`);
  else if (walk.entriesLeft < 0) stop(walk, member, `more than ${entriesMax} entries`);
  if (walk.stopped) return false;
  attempt(walk, member, () => {
    const { inner, heldBytes } = openInner(walk, source, entry);
    walk.heldBytes += heldBytes;
    try {
      readArchive(walk, inner, member, depth);
    } finally {
      walk.heldBytes -= heldBytes;
    }
  });
  return true;
}

/** A stored archive is read where it lies; a compressed one takes memory while it is looked into. */
function openInner(
  walk: Walk,
  source: ByteSource,
  entry: ZipEntry,
): { inner: ByteSource; heldBytes: number } {
  if (entry.method !== 0) {
    const bytes = readMember(walk, source, entry, innerBytesMax - walk.heldBytes);
    return { inner: sourceOfBytes(bytes), heldBytes: bytes.length };
  }
  charge(walk, entry);
  return { inner: locateZipEntry(source, entry), heldBytes: 0 };
}

/** @throws `limit` when the file's budget is used up, and what `readZipEntry` throws. */
function readMember(
  walk: Walk,
  source: ByteSource,
  entry: ZipEntry,
  sizeBytesMax: number,
): Uint8Array {
  charge(walk, entry);
  return readZipEntry(source, entry, sizeBytesMax);
}

function charge(walk: Walk, entry: ZipEntry): void {
  if (walk.bytesLeft < entry.sizeBytes)
    stop(walk, entry.name, `more than ${totalBytesMax} bytes in inner archives and metadata`);
  if (walk.stopped) throw new PlimsollError('limit', 'the budget of the archive is used up');
  walk.bytesLeft -= entry.sizeBytes;
}

function stop(walk: Walk, member: string, reason: string): void {
  if (!walk.stopped) addLimit(walk, member, reason);
  walk.stopped = true;
}

function addLimit(walk: Walk, member: string, reason: string): void {
  walk.issues.add({
    code: 'java-archive-limit',
    message: `Cannot read ${JSON.stringify(member)} in Java archive: ${reason}`,
    fatal: true,
  });
}

/** What is damaged inside does not take the rest with it. */
function attempt<T>(walk: Walk, name: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    // Said once already.
    if (walk.stopped) return undefined;
    walk.issues.add({
      code: 'java-archive-member-damaged',
      message: `Cannot read ${JSON.stringify(name)} in Java archive: ${reasonOf(error)}`,
      fatal: true,
    });
    return undefined;
  }
}

function readManifest(walk: Walk, source: ByteSource, entry: ZipEntry): ArchiveFact['manifest'] {
  const attributes = attempt(walk, entry.name, () =>
    parseManifest(readMember(walk, source, entry, manifestBytesMax)),
  );
  const kept: Record<string, string> = {};
  for (const name of manifestNames) {
    const value = attributes?.get(name)?.trim();
    if (value) kept[name] = value;
  }
  return kept;
}

const projectPattern =
  /^META-INF\/maven\/([^/]{1,200})\/([^/]{1,200})\/(pom\.properties|pom\.xml)$/;

/** `pom.properties` are preferred: they are written by the build, with every property resolved. */
function readProjects(
  walk: Walk,
  source: ByteSource,
  entries: readonly ZipEntry[],
): readonly ProjectFact[] {
  const byFolder = new Map<string, ProjectFact>();
  let count = 0;
  for (const wanted of ['pom.properties', 'pom.xml'] as const) {
    for (const entry of entries) {
      const match = entry.name.endsWith(wanted) ? projectPattern.exec(entry.name) : null;
      if (match === null) continue;
      const folder = entry.name.slice(0, -wanted.length - 1);
      if (byFolder.get(folder)?.version !== undefined || ++count > projectsMax) continue;
      const said = attempt(walk, entry.name, () => readProject(walk, source, entry, wanted)) ?? {};
      // The folder is named by group and artifact, so only the version can really be missing.
      const groupId = said.groupId || match[1]!;
      const artifactId = said.artifactId || match[2]!;
      const version = said.version ? { version: said.version } : {};
      byFolder.set(folder, { groupId, artifactId, ...version, from: wanted, folder });
    }
  }
  return [...byFolder.values()];
}

function readProject(
  walk: Walk,
  source: ByteSource,
  entry: ZipEntry,
  kind: ProjectFact['from'],
): Partial<Coordinates> {
  const bytes = readMember(walk, source, entry, projectBytesMax);
  if (kind === 'pom.xml') return parsePom(Buffer.from(bytes).toString('utf8'));
  const properties = parseProperties(bytes);
  const known = (name: string): string | undefined => {
    const value = properties.get(name);
    return value === undefined || value.includes('${') ? undefined : value;
  };
  const [groupId, artifactId, version] = ['groupId', 'artifactId', 'version'].map(known);
  return {
    ...(groupId ? { groupId } : {}),
    ...(artifactId ? { artifactId } : {}),
    ...(version ? { version } : {}),
  };
}

/** Undefined where the classes share no folder, or one that is too short to be anybody's own. */
function commonPackageOf(entries: readonly ZipEntry[]): string | undefined {
  let common: readonly string[] | undefined;
  for (const { name } of entries) {
    if (!name.endsWith('.class') || name.startsWith('META-INF/')) continue;
    const folders = name.split('/', 12).slice(0, -1);
    // `module-info.class` and classes without a package are in no folder, and tell nothing.
    if (folders.length === 0) continue;
    if (common === undefined) common = folders;
    let shared = 0;
    while (shared < common.length && common[shared] === folders[shared]) shared++;
    common = common.slice(0, shared);
    if (shared < 2) return undefined;
  }
  return common === undefined || common.length < 2 ? undefined : common.join('.');
}

/** Of the archive as it lies there: central repositories know their artifacts by it. */
function sha1Of(source: ByteSource): string {
  const hash = createHash('sha1');
  for (let at = 0; at < source.sizeBytes; at += chunkBytes)
    hash.update(source.read(at, chunkBytes));
  return hash.digest('hex');
}
