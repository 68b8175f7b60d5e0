// SPDX-License-Identifier: Apache-2.0
import { sourceOfBytes } from '../../src/formats/byte-source/byte-source.ts';
import { identifyArchive, splitBaseName } from '../../src/formats/java-archive/identify.ts';
import { readJavaArchive } from '../../src/formats/java-archive/java-archive.ts';
import { parseManifest, parseProperties } from '../../src/formats/java-archive/manifest.ts';
import { parsePom } from '../../src/formats/java-archive/pom.ts';
import { IssueList } from '../../src/model/issue.ts';
import { buildZip } from '../zip-archive.ts';

export const name = 'java-archive';

const manifest =
  'Manifest-Version: 1.0\r\nBundle-SymbolicName: org.x.y;singleton:=tr\r\n ue\r\nBundle-Version: 1.2\r\n';
const pom =
  '<project><parent><groupId>g</groupId><version>${v}</version></parent><artifactId>a</artifactId><properties><v>1</v></properties></project>';

export function seeds(): Uint8Array[] {
  const inputs = [
    { name: 'META-INF/MANIFEST.MF', content: manifest, stored: true },
    { name: 'META-INF/maven/g/a/pom.xml', content: pom, stored: true },
    {
      name: 'META-INF/maven/g/b/pom.properties',
      content: 'groupId=g\nartifactId=b\nversion=2\n',
      stored: true,
    },
    { name: 'org/x/Y.class', content: 'cafebabe' },
  ];
  const jar = buildZip(inputs);
  return [
    jar,
    buildZip([{ name: 'lib/x-1.0.jar', content: jar }]),
    buildZip([{ name: 'lib/x-1.0.jar', content: jar, stored: true }]),
    Buffer.from(manifest),
    Buffer.from(pom),
    Buffer.from('log4j-1.2-api-2.17.0-SNAPSHOT.jre8'),
  ];
}

export function run(bytes: Uint8Array): void {
  if (bytes[0] === 0x50) {
    for (const archive of readJavaArchive(sourceOfBytes(bytes), new IssueList()))
      identifyArchive(archive, '/app/x-1.0.jar');
    return;
  }
  const text = Buffer.from(bytes).toString('utf8');
  parseManifest(bytes);
  parseProperties(bytes);
  parsePom(text);
  splitBaseName(text);
}
