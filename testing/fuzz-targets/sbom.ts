// SPDX-License-Identifier: Apache-2.0
import { encodeCycloneDx } from '../../src/formats/cyclonedx/encode.ts';
import { jsonText } from '../../src/formats/json/stream.ts';
import { decodeSbom } from '../../src/formats/sbom/decode-sbom.ts';
import { encodeSpdx } from '../../src/formats/spdx/encode.ts';
import { IssueList } from '../../src/model/issue.ts';
import { madeAssessment } from '../assessments.ts';

export const name = 'sbom';

const options = { now: new Date(0), toolVersion: '0', withHidden: true };

const tagValue = `SPDXVersion: SPDX-2.3
DocumentName: x
Creator: Tool: y-1
PackageName: bash
SPDXID: SPDXRef-1
PackageVersion: 5
PackageComment: <text>a
b</text>
PackageSourceInfo: built package from: bash 5
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/bash@5?distro=debian-12&upstream=bash%404
SPDXREF: SPDXRef-1
AnnotationComment: <text>plimsoll properties: [["plimsoll:layer","0"]]</text>
LicenseID: LicenseRef-1
ExtractedText: <text>MIT</text>
`;

export function seeds(): Uint8Array[] {
  const documents = [
    encodeCycloneDx(madeAssessment, { ...options, version: '1.6' }),
    encodeSpdx(madeAssessment.inventory, options),
    {
      '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
      '@graph': [{ type: 'software_Package', name: 'x', software_packageUrl: 'pkg:npm/x@1' }],
    },
    {
      _type: 'https://in-toto.io/Statement/v1',
      predicate: { Data: '{"spdxVersion":"SPDX-2.2","packages":[]}' },
    },
  ];
  return [
    ...documents.map((document) => Buffer.from([...jsonText(document, 2)].join(''))),
    Buffer.from(tagValue),
  ];
}

export function run(bytes: Uint8Array): void {
  decodeSbom(bytes, {
    describe: ({ id, version }) => ({
      ecosystem: `${id}:${version ?? ''}`,
      lifecycle: { kind: 'unknown', reason: 'not looked at' },
    }),
    issues: new IssueList(),
  });
}
