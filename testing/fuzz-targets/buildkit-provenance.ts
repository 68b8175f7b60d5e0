// SPDX-License-Identifier: Apache-2.0
import { dockerfileLinesOf } from '../../src/formats/buildkit-provenance/buildkit-provenance.ts';
import { decodeStatements } from '../../src/formats/buildkit-provenance/statements.ts';

export const name = 'buildkit-provenance';

const digest = `sha256:${'a'.repeat(64)}`;
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/provenance/v1',
  subject: [{ name: 'x', digest: { sha256: 'b'.repeat(64) } }],
  predicate: {
    buildDefinition: {
      internalParameters: {
        buildConfig: {
          llbDefinition: [
            { id: 'step0', op: { Op: { source: { identifier: 'docker-image://x' } } } },
          ],
        },
      },
    },
    runDetails: {
      metadata: {
        buildkit_metadata: {
          layers: { 'step0:0': [[{ digest }]] },
          source: {
            infos: [{ data: 'RlJPTSB4Cg==' }],
            locations: { step0: { locations: [{ ranges: [{ start: { line: 1 } }] }] } },
          },
        },
      },
    },
  },
};
const payload = Buffer.from(JSON.stringify(statement)).toString('base64');

export function seeds(): Uint8Array[] {
  return [
    statement,
    [statement],
    { payloadType: 'application/vnd.in-toto+json', payload, signatures: [] },
  ].map((value) => Buffer.from(JSON.stringify(value)));
}

export function run(bytes: Uint8Array): void {
  for (const one of decodeStatements(bytes, 'x')) dockerfileLinesOf(one);
}
