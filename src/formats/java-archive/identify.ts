// SPDX-License-Identifier: Apache-2.0
// Which Maven artifact a Java archive is, and which others were merged into it. Project files tell
// it outright. Without them it is concluded from the file's name, the manifest and the classes'
// common package, and the result says so.
import type { ArchiveFact, ProjectFact } from './java-archive.ts';

export interface Artifact {
  /** Absent where nothing tells it: such an artifact cannot be looked up. */
  readonly groupId?: string;
  readonly artifactId: string;
  readonly version: string;
  readonly identifiedBy: 'pom.properties' | 'pom.xml' | 'manifest' | 'file-name';
  /** Folder in the archive, for an artifact that was merged into another one's archive (shaded). */
  readonly shadedIn?: string;
  /** What told the group, where no project file did. */
  readonly groupFrom?: 'manifest' | 'packages';
}

/** A jar's name without folders and suffix: what Maven writes as artifactId-version. */
export function archiveBaseName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** The archive's own artifact first, where it is known. `path` is the archive's, its last name counts. */
export function identifyArchive(archive: ArchiveFact, path: string): readonly Artifact[] {
  const base = archiveBaseName(path);
  const own = ownProject(archive, base);
  const artifacts: Artifact[] = [];
  const first = own === undefined ? guess(archive, base) : fromProject(own, archive, base);
  if (first !== undefined) artifacts.push(first);
  for (const project of archive.projects) {
    if (project === own) continue;
    const { groupId, artifactId, version, from, folder } = project;
    if (!groupId || !artifactId || !isVersion(version)) continue;
    artifacts.push({ groupId, artifactId, version, identifiedBy: from, shadedIn: folder });
  }
  return artifacts;
}

/**
 * The project that the file is named after. A single one of another name is the archive's own (the
 * file was renamed) unless name or manifest tell another version: then it was merged into it.
 */
function ownProject(archive: ArchiveFact, base: string): ProjectFact | undefined {
  const { projects } = archive;
  const fits = projects
    .filter(
      ({ artifactId }) => artifactId && (base === artifactId || base.startsWith(`${artifactId}-`)),
    )
    .sort((left, right) => right.artifactId!.length - left.artifactId!.length);
  const exact = fits.find(({ artifactId, version }) => base === `${artifactId}-${version}`);
  const named = exact ?? fits[0];
  if (named !== undefined || projects.length !== 1) return named;
  const [only] = projects;
  const told = guess(archive, base)?.version;
  return told === undefined || only?.version === undefined || told === only.version
    ? only
    : undefined;
}

function fromProject(
  project: ProjectFact,
  archive: ArchiveFact,
  base: string,
): Artifact | undefined {
  const { groupId, artifactId, from } = project;
  const version = [
    project.version,
    archive.manifest['implementation-version'],
    splitBaseName(base).version,
    archive.manifest['bundle-version'],
  ].find(isVersion);
  if (!groupId || !artifactId || version === undefined) return undefined;
  return { groupId, artifactId, version, identifiedBy: from };
}

/** Without a project file: the name by the file, the version by file or manifest, the group by what fits. */
function guess(archive: ArchiveFact, base: string): Artifact | undefined {
  // Sources and documentation hold no code.
  if (/-(?:sources|javadoc)$/.test(base)) return undefined;
  const { manifest } = archive;
  const named = splitBaseName(base);
  const told = [
    manifest['plugin-version']?.split(' ', 1)[0],
    manifest['implementation-version'],
    manifest['bundle-version'],
  ].find(isVersion);
  const version = named.version ?? told;
  const artifactId = manifest['short-name'] ?? named.artifactId;
  if (version === undefined || !isArtifactId(artifactId)) return undefined;
  const group = guessGroup(archive, artifactId);
  return {
    ...group,
    artifactId,
    version,
    identifiedBy: named.version === undefined ? 'manifest' : 'file-name',
  };
}

function guessGroup(
  { manifest, commonPackage }: ArchiveFact,
  artifactId: string,
): Pick<Artifact, 'groupId' | 'groupFrom'> {
  // Jenkins plugins state theirs; Implementation-Vendor-Id is what Maven's archiver fills with the group.
  for (const name of ['group-id', 'implementation-vendor-id'])
    if (isGroupId(manifest[name])) return { groupId: manifest[name], groupFrom: 'manifest' };
  // bnd and maven-bundle-plugin make the symbolic name as group.artifact.
  const symbolic = manifest['bundle-symbolicname']?.split(';', 1)[0]?.trim();
  const rest = symbolic?.endsWith(`.${artifactId}`)
    ? symbolic.slice(0, -artifactId.length - 1)
    : undefined;
  if (isGroupId(rest)) return { groupId: rest, groupFrom: 'manifest' };
  return isGroupId(commonPackage) ? { groupId: commonPackage, groupFrom: 'packages' } : {};
}

const qualifier =
  '(?:\\d+|(?:alpha|beta|milestone|rc|cr|sp|ga|final|release|snapshot|jre|jdk|java|android|incubating|redhat|pre|preview|ea|build|patch|ccs|hotfix|[abmruv])[.-]?\\d*)';
/** Bounded: each round takes a separator and at least one character, with one way to read each. */
const versionPattern = new RegExp(`^\\d+(?:\\.\\d+)*(?:[._-]${qualifier})*$`, 'i');

/**
 * `log4j-1.2-api-2.17.0` -> `log4j-1.2-api` and `2.17.0`: the first place from which on everything
 * is a version; else the first number after a hyphen.
 */
export function splitBaseName(base: string): { artifactId: string; version?: string } {
  if (base.length > 255) return { artifactId: base };
  let loose: number | undefined;
  for (let at = base.indexOf('-'); at > 0; at = base.indexOf('-', at + 1)) {
    if (!/\d/.test(base[at + 1] ?? '')) continue;
    loose ??= at;
    const version = base.slice(at + 1);
    if (versionPattern.test(version)) return { artifactId: base.slice(0, at), version };
  }
  if (loose === undefined || !isVersion(base.slice(loose + 1))) return { artifactId: base };
  return { artifactId: base.slice(0, loose), version: base.slice(loose + 1) };
}

function isVersion(text: string | undefined): text is string {
  return text !== undefined && /^v?\d[\w.+-]{0,127}$/.test(text);
}

function isArtifactId(text: string): boolean {
  return /^[\w.-]{1,128}$/.test(text);
}

function isGroupId(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z_][\w-]*(?:\.[\w-]+){1,12}$/.test(text);
}
