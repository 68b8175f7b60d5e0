// SPDX-License-Identifier: Apache-2.0
// Foreign text in everything that is shown: a table of carriers (names of files and packages,
// versions, licences, titles of advisories, histories, SBOMs) that all hold the same attack, and
// every form of output. Nothing may drive a terminal, reorder what stands beside it, or be markup.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  assertHarmless,
  assertQuiet,
  type AttackedRun,
  runAttacked,
} from '../testing/attacked-run.ts';
import { buildImage, dockerArchive } from '../testing/image-builder.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

/** Each is a process of its own that mostly waits for its start. */
const concurrency = 4;

/** Sets the title, clears the screen (also with one byte), reorders, hides, ends lines, is markup. */
const evil =
  '\u001b]0;owned\u0007\u001b[2J\u009b2J\u202eevil\u2066\u200b\u2028\u0085\ufeff\u007f<script>alert(1)</script>&"\'><img src=x onerror=alert(2)>';
const evilLines = `${evil}\r\nerror: fake\n::error::fake`;
/** A byte that is no UTF-8, and half of a pair. */
const evilBytes = Buffer.concat([Buffer.from(evil), Buffer.of(0xff, 0xed, 0xa0, 0x80)]);

const formats = ['table', 'json', 'sarif', 'cyclonedx', 'cyclonedx-1.7', 'html'] as const;
const sbomFormats = ['cyclonedx', 'cyclonedx-1.7', 'spdx'] as const;

function assertFit(run: AttackedRun, format: string): void {
  assertHarmless(run, format);
  assert.ok(!/^(::|error: fake)/m.test(run.stderr + run.stdout), 'a line was made up');
  if (format !== 'html') return;
  assert.ok(!/<script|<img/i.test(run.stdout), 'markup came through');
  for (const [, link] of run.stdout.matchAll(/<[^>]*\s(?:href|src)\s*=\s*["']?([^"'\s>]*)/gi))
    assert.match(link!, /^https?:\/\/|^#/);
}

/** An image whose every word is the attack, as `docker save` writes it. */
function evilImage(folder: string): string {
  const path = (name: string | Buffer): Buffer =>
    Buffer.concat([Buffer.from('srv/'), Buffer.from(name as string)]);
  const description = (name: string, version: string): string =>
    JSON.stringify({ name, version, license: evilLines, author: { name: evilLines } });
  const image = buildImage({
    name: `example.test/made${evil}:latest`,
    created: evil,
    config: { Env: [evil], Labels: { [evil]: evil }, Entrypoint: [evil], User: evil },
    layers: [
      {
        createdBy: `RUN ${evilLines}`,
        entries: [
          { path: 'etc/os-release', content: `ID=debian\nVERSION_ID=12\nPRETTY_NAME="${evil}"\n` },
          {
            path: 'var/lib/dpkg/status',
            content: `Package: good\nStatus: install ok installed\nVersion: 1${evil}\nArchitecture: ${evil}\nMaintainer: ${evil}\nHomepage: javascript:${evil}\n\nPackage: bad${evil}\nStatus: ${evil}\nVersion: 1\n`,
          },
          { path: 'var/lib/dpkg/info/good.list', content: `/srv/${evil}\n` },
          { path: `var/lib/dpkg/info/${evil}.list`, content: `/${evil}\n` },
          {
            path: 'lib/apk/db/installed',
            content: `P:a${evil}\nV:1\nA:${evil}\nm:${evil}\nL:${evil}\n\n`,
          },
          {
            path: path(`${evilLines}/node_modules/minimist/package.json`),
            content: description('minimist', '0.0.1'),
          },
          {
            path: path('node_modules/a/package.json'),
            content: description(`a${evil}`, `1${evil}`),
          },
          { path: path('node_modules/b/package.json'), content: description('b', '1.0.0') },
          {
            path: path('x-1.dist-info/METADATA'),
            content: `Name: x\nVersion: 1+${evil}\nLicense: ${evil}\nAuthor: ${evil}\n`,
          },
          {
            path: path('y-1.dist-info/METADATA'),
            content: `Name: y\nVersion: 1\nLicense: ${evil}\nAuthor: ${evil}\n`,
          },
          { path: path(`specifications/${evil}.gemspec`), content: evilLines },
          { path: path(evilBytes), content: '\x7fELF', mode: 0o755 },
          { path: path(`link${evil}`), linkTarget: evilLines },
          { path: path('.wh.'), content: '' },
        ],
      },
    ],
  });
  writeFileSync(join(folder, 'image.tar'), dockerArchive(image));
  return join(folder, 'image.tar');
}

/** What publishers could write. */
function evilAdvisories(folder: string): string {
  const advisories = join(folder, 'advisories');
  mkdirSync(advisories);
  const record = {
    id: 'GHSA-xxxx-yyyy-zzzz',
    modified: '2030-01-01T00:00:00Z',
    summary: evilLines,
    details: evilLines,
    aliases: ['CVE-2030-0001', evil],
    references: [
      'javascript:alert(3)',
      `https://example.test/"${evil}`,
      `data:text/html,${evil}`,
    ].map((url) => ({ type: 'WEB', url })),
    severity: [{ type: evil, score: evil }],
    database_specific: { severity: evil, cwe_ids: [evil] },
    affected: [
      {
        package: { ecosystem: 'npm', name: 'minimist' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '9.0.0' }] }],
        database_specific: { source: evil },
      },
    ],
  };
  const write = (name: string, value: unknown): void =>
    writeFileSync(
      join(advisories, name),
      typeof value === 'string' ? value : JSON.stringify(value),
    );
  write('record.json', record);
  write('wrong.json', { ...record, id: `X-${evil}` });
  write(
    'polluting.json',
    '{"id":"__proto__","__proto__":{"severity":1},"modified":"2030-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"__proto__","name":"constructor"},"versions":["1"]}]}',
  );
  write('nested.json', `{"id":"X-2","affected":${'['.repeat(3_000_000)}`);
  write('junk\u001b[2J\u202e.json', evil);
  write('kev.json', {
    catalogVersion: '1',
    dateReleased: '\u009b2J\u202e',
    vulnerabilities: [
      {
        cveID: 'CVE-2030-0001',
        dateAdded: '\u009b2J',
        dueDate: '\u202e\u009b',
        vulnerabilityName: evil,
      },
    ],
  });
  return advisories;
}

function evilSbom(folder: string): string {
  const file = join(folder, 'sbom.json');
  const component = (name: string): object => ({
    type: 'library',
    name,
    version: '0.0.1',
    purl: `pkg:npm/${encodeURIComponent(name)}@0.0.1`,
    author: evil,
    licenses: [{ license: { name: evil } }, { expression: evil }],
    properties: [
      { name: evil, value: evil },
      { name: '__proto__', value: evil },
    ],
    externalReferences: [{ type: 'website', url: `javascript:${evil}` }],
  });
  const components = ['minimist', `x${evil}`, '__proto__', 'constructor'].map(component);
  const metadata = { component: { type: 'container', name: evil, version: evil, 'bom-ref': evil } };
  writeFileSync(
    file,
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', metadata, components }),
  );
  return file;
}

test(
  'an image, its packages and the advisories about them, in every form of output',
  { concurrency },
  async (context) => {
    const folder = temporaryFolder(context);
    const image = evilImage(folder);
    const imported = await runAttacked(['db', 'import', evilAdvisories(folder)], { folder });
    assertFit(imported, 'db import');
    for (const file of ['wrong.json', 'nested.json', 'junk'])
      assert.ok(imported.stderr.includes(file), `nothing is said of ${file}: ${imported.stderr}`);

    for (const form of [[], ['--json']])
      assertFit(await runAttacked(['db', 'status', ...form], { folder }), 'db status');
    // Progress of another run may write: what is judged is that its words are fit.
    const runs = [
      ...formats.map((format) => ['scan', '--format', format]),
      ['scan', '--verbose', '--hidden'],
      ['scan', '--explain', 'CVE-2030-0001'],
      ...sbomFormats.map((format) => ['sbom', '--format', format]),
    ];
    await each(context, folder, runs, image);
  },
);

test('a foreign SBOM, in every form of output', { concurrency }, async (context) => {
  const folder = temporaryFolder(context);
  const runs = [
    ...formats.map((format) => ['scan', '--format', format]),
    ...sbomFormats.map((format) => ['sbom', '--format', format]),
  ];
  await each(context, folder, runs, `sbom:${evilSbom(folder)}`);
});

async function each(
  context: TestContext,
  folder: string,
  runs: readonly (readonly string[])[],
  source: string,
): Promise<void> {
  await Promise.all(
    runs.map((words) =>
      context.test(words.join(' '), async () => {
        const run = await runAttacked([...words, source], { folder });
        assertFit(run, words.at(-1)!);
        assert.equal(run.status, 0, run.stderr);
        if (!['table', '--hidden', 'html', 'CVE-2030-0001'].includes(words.at(-1)!))
          assert.ok(JSON.parse(run.stdout) !== null);
      }),
    ),
  );
}

const errors: readonly (readonly string[])[] = [
  ['scan', `rootfs:/nowhere/${evilLines}`],
  ['scan', `registry:${evilLines}`],
  ['scan', `docker-archive:/nowhere/${evilLines}`],
  ['scan', `sbom:/nowhere/${evilLines}`],
  ['scan', '--fail-on', evilLines, 'rootfs:/nowhere'],
  ['scan', '--platform', evilLines, 'rootfs:/nowhere'],
  ['scan', '--ignore-file', 'IGNORE', 'IMAGE'],
  ['scan', '--dockerfile', 'DOCKERFILE', 'IMAGE'],
  ['scan', '--explain', evilLines, 'IMAGE'],
  ['db', 'import', `/nowhere/${evilLines}`],
  [evilLines],
  ['scan', `--${evilLines}`],
];

test('errors, and files that a user hands over', { concurrency }, async (context) => {
  const folder = temporaryFolder(context);
  const places: Readonly<Record<string, string>> = {
    IMAGE: evilImage(folder),
    IGNORE: join(folder, 'ignore.yaml'),
    DOCKERFILE: join(folder, 'Dockerfile'),
  };
  writeFileSync(
    places['IGNORE']!,
    `- id: "CVE-2021-44906"\n  reason: ${JSON.stringify(evil)}\n- id: ${JSON.stringify(evil)}\n  reason: x\n  &a b: *a\n`,
  );
  writeFileSync(
    places['DOCKERFILE']!,
    `FROM ${evil}\nRUN ${evilLines}\n# syntax=${evil}\n${'RUN \\\n'.repeat(200_000)}`,
  );
  await Promise.all(
    errors.map((words) =>
      context.test(JSON.stringify(words).slice(0, 60), async () => {
        const run = await runAttacked(
          words.map((word) => places[word] ?? word),
          { folder },
        );
        assertFit(run, JSON.stringify(words));
      }),
    ),
  );
});

test('the judge sees what it must', () => {
  for (const text of ['\u001b[2J', '\u009b2J', 'a\rb', 'a\u202eb', '\u007f', '\u2028', '\u200b'])
    assert.throws(() => assertQuiet(text, 'the text'), /raw U\+/);
  assertQuiet('plain\nlines, é, 漢, 😀', 'the text');
});
