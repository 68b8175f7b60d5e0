// SPDX-License-Identifier: Apache-2.0
// A finding names the Dockerfile's line, from the file or from the build's provenance, in every report.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { buildImage, ociArchive, type BuiltImage } from '../../testing/image-builder.ts';
import { plimsoll } from '../../testing/plimsoll.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const dockerfile = `FROM alpine
COPY system /
RUN apk add curl
`;

function installed(...names: readonly string[]): string {
  return names.map((name) => `P:${name}\nV:1.0-r0\nA:x86_64\no:${name}\n\n`).join('');
}

const image = buildImage({
  layers: [
    {
      entries: [
        { path: 'etc/' },
        { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\n' },
      ],
      createdBy: 'ADD base.tar / # buildkit',
    },
    {
      entries: [{ path: 'lib/apk/db/installed', content: installed('musl') }],
      createdBy: 'COPY system / # buildkit',
    },
    {
      entries: [{ path: 'lib/apk/db/installed', content: installed('musl', 'curl') }],
      createdBy: 'RUN /bin/sh -c apk add curl # buildkit',
    },
  ],
});

/** What BuildKit would say of it; its own lines, so that they can be told from the history's. */
function provenance(of: BuiltImage, source: object = {}): string {
  const digests = image.layers.map((layer) => ({ digest: layer.digest }));
  const line = (start: number): object => ({
    locations: [{ ranges: [{ start: { line: start } }] }],
  });
  const metadata = {
    layers: { 'step1:0': [digests.slice(0, 2)], 'step2:0': [digests] },
    source: { locations: { step1: line(12), step2: line(13) }, ...source },
  };
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name: 'web', digest: { sha256: of.manifest.digest.slice(7) } }],
    predicate: { runDetails: { metadata: { buildkit_metadata: metadata } } },
  });
}

interface Scan {
  readonly image: { readonly layers: readonly { readonly dockerfileLine?: number }[] };
  readonly issues: readonly { readonly code: string; readonly fatal: boolean }[];
}

async function scanned(context: TestContext, files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'web.tar'), ociArchive([image]));
  const options = Object.entries(files).flatMap(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return [`--${name}`, join(folder, name)];
  });
  return async (...more: readonly string[]): Promise<string> => {
    const words = ['scan', ...options, ...more, `oci-archive:${join(folder, 'web.tar')}`];
    const { status, stdout, stderr } = await plimsoll(words);
    assert.equal(status, 0, stderr);
    return stdout;
  };
}

const cases: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly lines: readonly (number | undefined)[];
  readonly issues: readonly string[];
}[] = [
  { name: 'neither is given', files: {}, lines: [undefined, undefined, undefined], issues: [] },
  { name: 'the Dockerfile', files: { dockerfile }, lines: [undefined, 2, 3], issues: [] },
  {
    name: 'the provenance',
    files: { provenance: provenance(image) },
    lines: [undefined, 12, 13],
    issues: ['unverified-provenance'],
  },
  {
    name: 'the provenance before the Dockerfile',
    files: { dockerfile, provenance: provenance(image) },
    lines: [undefined, 12, 13],
    issues: ['unverified-provenance'],
  },
  {
    name: 'the Dockerfile in the provenance',
    files: {
      provenance: provenance(image, {
        locations: {},
        infos: [{ data: Buffer.from(dockerfile).toString('base64') }],
      }),
    },
    lines: [undefined, 2, 3],
    issues: ['unverified-provenance'],
  },
  {
    name: 'the provenance of another image',
    files: { provenance: provenance(buildImage({ layers: [] })) },
    lines: [undefined, undefined, undefined],
    issues: ['foreign-provenance'],
  },
  {
    name: 'a provenance without lines',
    files: { provenance: provenance(image, { locations: {} }) },
    lines: [undefined, undefined, undefined],
    issues: ['provenance-without-lines'],
  },
];

for (const { name, files, lines, issues } of cases)
  test(`lines by layer: ${name}`, async (context) => {
    const scan = await scanned(context, files);
    const document = JSON.parse(await scan('--json')) as Scan;
    assert.deepEqual(
      document.image.layers.map(({ dockerfileLine }) => dockerfileLine),
      lines,
    );
    assert.deepEqual(
      document.issues.map(({ code, fatal }) => [code, fatal]),
      issues.map((code) => [code, false]),
    );
  });

test('every report of a finding names the line', async (context) => {
  const folder = temporaryFolder(context);
  const database = join(folder, 'advisories.db');
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99' }] };
  const record = {
    id: 'CVE-2030-0001',
    modified: '2030-01-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'Alpine:v3.20', name: 'curl' }, ranges: [range] }],
  };
  writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
  await plimsoll(['db', 'import', '--db', database, join(folder, 'record.json')]);
  const scan = await scanned(context, { provenance: provenance(image) });
  for (const options of [
    ['--format', 'table'],
    ['--format', 'sarif'],
    ['--format', 'html'],
    ['--explain', 'CVE-2030-0001'],
  ])
    assert.match(
      await scan('--db', database, ...options),
      /Dockerfile line 13\)/,
      options.join(' '),
    );
  assert.match(await scan('--format', 'table'), /which nobody verified/);
});

test('a file that is no statement is refused', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'web.tar'), ociArchive([image]));
  const words = ['scan', '--provenance', join(folder, 'web.tar'), join(folder, 'web.tar')];
  const { status, stderr } = await plimsoll(words);
  assert.equal(status, 3);
  assert.match(stderr, /^error: Cannot read provenance ".*web\.tar": it is not (UTF-8|JSON)$/m);
});
