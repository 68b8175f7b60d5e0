// SPDX-License-Identifier: Apache-2.0
// Java archives, those inside of others included: `/app/x.war!/WEB-INF/lib/y.jar`. One that does not
// tell its group is listed under its artifact alone; nobody can look it up, and matching says so.
import { identifyArchive, type Artifact } from '../../../formats/java-archive/identify.ts';
import {
  javaArchiveSuffixes,
  readJavaArchive,
  type ArchiveFact,
} from '../../../formats/java-archive/java-archive.ts';
import { formatPurl } from '../../../formats/purl/purl.ts';
import type { LocatedFact } from '../../../image/file-reader.ts';
import type { Ecosystem, FoundPackage } from '../../ecosystem.ts';

type JavaFact = { readonly archives: readonly ArchiveFact[] };

/** Application servers packed as one file reach some 500 MB. */
const sizeBytesMax = 2 ** 31;

export const plugin: Ecosystem<JavaFact> = {
  id: 'java',
  version: 1,
  title: 'Java archives',
  kind: 'language',
  files: javaArchiveSuffixes.map((suffix) => ({ kind: 'suffix', suffix, sizeBytesMax })),

  read(file, { issues }) {
    return { archives: readJavaArchive(file, issues) };
  },

  assemble(facts) {
    return { packages: facts.flatMap(packagesOf) };
  },
};

function packagesOf({ path, fact }: LocatedFact<JavaFact>): readonly FoundPackage[] {
  return fact.archives.flatMap((archive) => {
    const location = archive.member === '' ? path : `${path}!/${archive.member}`;
    return identifyArchive(archive, location).map((artifact) =>
      packageOf(artifact, archive, location, path),
    );
  });
}

function packageOf(
  artifact: Artifact,
  archive: ArchiveFact,
  location: string,
  file: string,
): FoundPackage {
  const { groupId, artifactId, version, identifiedBy, groupFrom, shadedIn } = artifact;
  const own = shadedIn === undefined;
  const license = own ? archive.manifest['bundle-license'] : undefined;
  const vendor = own ? archive.manifest['implementation-vendor'] : undefined;
  return {
    package: {
      name: groupId === undefined ? artifactId : `${groupId}:${artifactId}`,
      version,
      ecosystem: 'Maven',
      purl: formatPurl({ type: 'maven', namespace: groupId, name: artifactId, version }),
      ...(license === undefined ? {} : { license }),
      ...(vendor === undefined ? {} : { vendor }),
      locations: [{ path: own ? location : `${location}!/${shadedIn}` }],
      detail: {
        identifiedBy,
        ...(groupFrom === undefined ? {} : { groupFrom }),
        ...(own ? { sha1: archive.sha1 } : { shaded: true }),
      },
    },
    files: own && archive.member === '' ? [{ path: file }] : [],
  };
}
