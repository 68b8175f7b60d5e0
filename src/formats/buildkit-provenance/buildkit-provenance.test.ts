// SPDX-License-Identifier: Apache-2.0
// Statements in the forms that BuildKit's own documentation describes and builds publish.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCode, PlimsollError } from '../../model/errors.ts';
import { dockerfileLinesOf } from './buildkit-provenance.ts';
import { decodeStatements } from './statements.ts';

const digest = (name: string): `sha256:${string}` =>
  `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;
const dockerfile = `FROM golang AS build
COPY . /src
RUN go build -o /app /src

FROM debian
RUN apt-get update
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`;

function stack(...layers: readonly string[]): readonly object[] {
  return layers.map((layer) => {
    return { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest(layer) };
  });
}

const at = (line: number): object => ({
  locations: [{ ranges: [{ start: { line }, end: { line } }] }],
});

/** Debian has two layers; step 3 (`go build`) is of another stage. */
const metadata = {
  layers: {
    'step0:0': [stack('debian1', 'debian2')],
    'step1:0': [stack('debian1', 'debian2', 'apt')],
    'step3:0': [stack('golang', 'src', 'app')],
    'step4:0': [stack('debian1', 'debian2', 'apt', 'copy')],
  },
  source: {
    infos: [{ filename: 'Dockerfile', data: Buffer.from(dockerfile).toString('base64') }],
    locations: { step0: at(5), step1: at(6), step2: {}, step3: at(3), step4: at(7) },
  },
};

const buildConfig = {
  llbDefinition: [
    {
      id: 'step0',
      op: { Op: { source: { identifier: 'docker-image://docker.io/library/debian' } } },
    },
    { id: 'step1', inputs: ['step0:0'], op: { Op: { exec: {} } } },
    { id: 'step3', inputs: [], op: { Op: { exec: {} } } },
    { id: 'step4', inputs: ['step1:0', 'step3:0'], op: { Op: { file: {} } } },
  ],
};

const wanted = new Map([
  [digest('debian1'), 5],
  [digest('debian2'), 5],
  [digest('app'), 3],
  [digest('apt'), 6],
  [digest('copy'), 7],
]);

const subject = [{ name: 'web', digest: { sha256: digest('manifest').slice(7) } }];

function statement(predicateType: string, predicate: object): object {
  return { _type: 'https://in-toto.io/Statement/v0.1', predicateType, subject, predicate };
}

const v02 = statement('https://slsa.dev/provenance/v0.2', {
  buildType: 'https://mobyproject.org/buildkit@v1',
  buildConfig,
  metadata: { 'https://mobyproject.org/buildkit@v1#metadata': metadata },
});
const v1 = statement('https://slsa.dev/provenance/v1', {
  buildDefinition: { internalParameters: { buildConfig } },
  runDetails: { metadata: { buildkit_metadata: metadata } },
});
const firstV1 = statement('https://slsa.dev/provenance/v1', {
  buildDefinition: { externalParameters: { buildConfig } },
  runDetails: { metadata: { 'https://mobyproject.org/buildkit@v1#metadata': metadata } },
});
const sbom = statement('https://spdx.dev/Document', { spdxVersion: 'SPDX-2.3' });

function envelope(value: unknown): object {
  const payload = Buffer.from(JSON.stringify(value)).toString('base64');
  return { payloadType: 'application/vnd.in-toto+json', payload, signatures: [{ sig: 'AA==' }] };
}

const bytes = (...values: readonly unknown[]): Uint8Array =>
  Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'));

for (const [name, content] of [
  ['SLSA v0.2', bytes(v02)],
  ['SLSA v1', bytes(v1)],
  ['the first form of SLSA v1', bytes(firstV1)],
  ['a DSSE envelope', bytes(envelope(v1))],
  ['a Sigstore bundle', bytes({ mediaType: 'x', dsseEnvelope: envelope(v1) })],
  ['a list', bytes([sbom, envelope(v02)])],
  ['one statement per line', Buffer.concat([bytes(envelope(sbom), v1), Buffer.from('\n\n')])],
] as const)
  test(`lines are read from ${name}`, () => {
    const statements = decodeStatements(content, 'x');
    assert.deepEqual(statements.at(-1)!.subjects, [digest('manifest')]);
    const [found] = statements.flatMap((one) => dockerfileLinesOf(one) ?? []);
    assert.deepEqual(found!.byLayer, wanted);
    assert.equal(found!.dockerfile, dockerfile);
  });

function linesOf(changed: object, config: object = buildConfig): ReadonlyMap<string, number> {
  const value = statement('https://slsa.dev/provenance/v1', {
    buildDefinition: { internalParameters: { buildConfig: config } },
    runDetails: { metadata: { buildkit_metadata: { ...metadata, ...changed } } },
  });
  return dockerfileLinesOf(decodeStatements(bytes(value), 'x')[0]!)?.byLayer ?? new Map();
}

test('a step that changes nothing does not claim the layer below', () => {
  const layers = { 'step2:0': [stack('a', 'b')], 'step1:0': [stack('a', 'b')] };
  const locations = { step1: at(2), step2: at(3) };
  const lines = linesOf({ layers, source: { locations } }, {});
  assert.deepEqual([...lines], [[digest('b'), 2]]);
});

test('a layer whose maker has no line has none', () => {
  const layers = { 'step1:0': [stack('a')], 'step2:0': [stack('a')] };
  assert.deepEqual([...linesOf({ layers, source: { locations: { step2: at(3) } } }, {})], []);
});

test('lines of another file than the Dockerfile are not its own', () => {
  const layers = { 'step1:0': [stack('a')], 'step2:0': [stack('a', 'b')] };
  const other = { locations: [{ sourceIndex: 1, ranges: [{ start: { line: 9 } }] }] };
  const lines = linesOf({ layers, source: { locations: { step1: other, step2: at(4) } } }, {});
  assert.deepEqual([...lines], [[digest('b'), 4]]);
});

test('a stack with a digest that is none says nothing', () => {
  const layers = { 'step1:0': [[...stack('a'), { digest: 'sha256:1' }]], 'step2:0': 'x' };
  assert.deepEqual([...linesOf({ layers, source: { locations: { step1: at(2) } } }, {})], []);
});

test('lines that are none are left out', () => {
  const layers = { 'step1:0': [stack('a')] };
  for (const line of [0, -1, 1.5, '3', null, 1e300])
    assert.deepEqual(
      [...linesOf({ layers, source: { locations: { step1: at(line as number) } } }, {})],
      [],
    );
});

test('mode=min says nothing of layers', () => {
  const value = statement('https://slsa.dev/provenance/v0.2', {
    metadata: { 'https://mobyproject.org/buildkit@v1#metadata': { vcs: {} } },
  });
  assert.equal(dockerfileLinesOf(decodeStatements(bytes(value), 'x')[0]!), undefined);
  assert.equal(dockerfileLinesOf(decodeStatements(bytes(sbom), 'x')[0]!), undefined);
});

test('what holds no statement is refused', () => {
  for (const [content, code] of [
    [Buffer.from(''), 'invalid'],
    [Buffer.from('FROM debian\nRUN x\n'), 'invalid'],
    [bytes({}), 'invalid'],
    [bytes([]), 'invalid'],
    [bytes({ payloadType: 'application/vnd.in-toto+json', payload: '####' }), 'invalid'],
    [bytes({ payloadType: 'text/plain', payload: 'e30=' }), 'invalid'],
    [bytes({ ...v1, _type: 'https://example.test/' }), 'invalid'],
    [bytes({ ...v1, predicate: null }), 'invalid'],
    [Buffer.from('['.repeat(100_000)), 'invalid'],
    [bytes(Array.from({ length: 1001 }, () => sbom)), 'limit'],
    [bytes(...Array.from({ length: 1001 }, () => sbom)), 'limit'],
  ] as const)
    assert.throws(
      () => decodeStatements(content, 'x'),
      (error) => isCode(error, code),
      content.toString().slice(0, 60),
    );
});

test('a name of what objects inherit is no field', () => {
  const hostile = JSON.parse(
    JSON.stringify(v1).replace('"step1":', '"__proto__":').replace('"step0:0"', '"constructor"'),
  ) as unknown;
  const [found] = decodeStatements(bytes(hostile), 'x').flatMap(
    (one) => dockerfileLinesOf(one) ?? [],
  );
  assert.equal(found!.byLayer.get(digest('copy')), 7);
  assert.equal(found!.byLayer.has(digest('apt')), false);
});

test('any JSON in any place is survived', () => {
  const places = ['layers', 'source'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.json(), fc.json(), (place, json, other) => {
      const inner = { ...metadata, [place]: JSON.parse(json) as unknown };
      const value = statement('https://slsa.dev/provenance/v1', {
        buildDefinition: { internalParameters: JSON.parse(other) as object },
        runDetails: { metadata: { buildkit_metadata: inner } },
      });
      for (const one of decodeStatements(bytes(value), 'x')) dockerfileLinesOf(one);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
      try {
        decodeStatements(content, 'x');
      } catch (error) {
        assert.ok(error instanceof PlimsollError);
      }
    }),
  );
});
