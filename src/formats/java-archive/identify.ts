// SPDX-License-Identifier: Apache-2.0
// Which Maven artifact a Java archive is, and which others were merged into it. Project files tell
// it outright. Without them it is concluded from the file's name, the manifest and the classes'
// common package, and the result says so. Of 115 archives whose coordinates Debian's Maven
// repository records, read without their project files, the group came out right for 61, wrong for
// 18, and for 36 it was left open; artifact and version were right for all.
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
  const identifiedBy = named.version === undefined ? 'manifest' : 'file-name';
  const known = manifest['bundle-symbolicname'] ?? '';
  if (Object.hasOwn(groupBySymbolicName, known))
    return { groupId: groupBySymbolicName[known]!, artifactId, version, identifiedBy };
  const bundle = hyphenatedBundle(manifest);
  if (bundle !== undefined) return { ...bundle, version, identifiedBy };
  return { ...guessGroup(archive, artifactId), artifactId, version, identifiedBy };
}

/**
 * Archives without a project file whose names lead to a group that Maven Central does not have, by
 * what they call themselves; each seen there under this group.
 */
const groupBySymbolicName: Readonly<Record<string, string>> = {
  'com.h2database': 'com.h2database',
  'org.apache.tomcat-embed-core': 'org.apache.tomcat.embed',
  'org.apache.tomcat-embed-jasper-el': 'org.apache.tomcat.embed',
  'org.apache.tomcat-embed-jasper': 'org.apache.tomcat.embed',
  'org.apache.tomcat-embed-websocket': 'org.apache.tomcat.embed',
};

/**
 * A symbolic name that ends in the artifact's whole name: `com.fasterxml.jackson.core.jackson-databind`.
 * Tomcat's `catalina.jar`, `org.apache.tomcat:tomcat-catalina` in Maven, has `org.apache.tomcat-catalina`:
 * there the group ends in the artifact's first word.
 */
function hyphenatedBundle(
  manifest: ArchiveFact['manifest'],
): Pick<Artifact, 'groupId' | 'groupFrom' | 'artifactId'> | undefined {
  const artifactId = manifest['bundle-name'];
  const symbolic = manifest['bundle-symbolicname'];
  if (!artifactId?.includes('-') || !isArtifactId(artifactId)) return undefined;
  if (!symbolic?.endsWith(`.${artifactId}`)) return undefined;
  const before = symbolic.slice(0, -artifactId.length - 1);
  const word = artifactId.slice(0, artifactId.indexOf('-'));
  const groupId = before.split('.').includes(word) ? before : `${before}.${word}`;
  return isGroupId(groupId) ? { groupId, groupFrom: 'manifest', artifactId } : undefined;
}

function guessGroup(
  { manifest, commonPackage }: ArchiveFact,
  artifactId: string,
): Pick<Artifact, 'groupId' | 'groupFrom'> {
  // Jenkins plugins state theirs. Implementation-Vendor-Id looks like it and is `org.apache` too often.
  const stated = manifest['group-id'];
  if (isGroupId(stated)) return { groupId: stated, groupFrom: 'manifest' };
  const symbolic = manifest['bundle-symbolicname']?.split(';', 1)[0]?.trim();
  for (const [told, groupFrom] of [
    [symbolic, 'manifest'],
    [commonPackage, 'packages'],
  ] as const) {
    const groupId = told && groupIn(told, artifactId);
    if (isGroupId(groupId)) return { groupId, groupFrom };
  }
  return {};
}

/**
 * The part of a dotted name that is the group, seen by the words that group and artifact share:
 * `org.springframework.boot.autoconfigure` of `spring-boot-autoconfigure` is `org.springframework.boot`.
 * An artifact's last word is its own, unless it is the only one (`com.google.guava`). Undefined where
 * no word is shared: a longer or shorter name would only be a wrong one.
 */
function groupIn(name: string, artifactId: string): string | undefined {
  const words = artifactId
    .toLowerCase()
    .split(/[-_.]/)
    .filter((word) => /[a-z]/.test(word));
  const shared = words.length === 1 ? words : words.slice(0, -1);
  const segments = name.toLowerCase().split('.');
  const isShared = (segment: string | undefined): boolean =>
    segment !== undefined &&
    shared.some((word) => segment === word || (word.length >= 4 && segment.startsWith(word)));
  const first = segments.findIndex(isShared);
  // A name that begins with the artifact's own word has no domain in it.
  if (first < 1) return undefined;
  let end = first;
  while (isShared(segments[end])) end++;
  return name.split('.').slice(0, end).join('.');
}

const qualifier =
  '(?:\\d+|(?:alpha|beta|milestone|rc|cr|sp|ga|final|release|snapshot|jre|jdk|java|android|incubating|redhat|pre|preview|ea|build|patch|ccs|hotfix|[abmruv])\\d*)';
/** Each part begins with a separator and none holds one, so there is one way to read a text. */
const versionPattern = new RegExp(`^\\d+(?:[._-]${qualifier})*$`, 'i');

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
