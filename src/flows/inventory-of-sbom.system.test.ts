// SPDX-License-Identifier: Apache-2.0
// An SBOM of an image says what a scan of the image says: by our own documents whole, and by
// nothing but the package URLs in them, which is what other tools' documents have.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { dataFolder, noData, testData } from '../../testing/data.ts';
import { plimsoll } from '../../testing/plimsoll.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

interface ScanResult {
  readonly packages: readonly Readonly<Record<string, unknown>>[];
  readonly findings: readonly Readonly<Record<string, unknown>>[];
  readonly coverage: { readonly level: string };
  readonly distribution: { readonly ecosystem: string };
}

async function scan(source: string): Promise<ScanResult> {
  const { status, stdout, stderr } = await plimsoll(['scan', '--json', source]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as ScanResult;
}

/** Without the members by these names: our properties and annotations. */
function without(text: string, names: readonly string[]): string {
  return JSON.stringify(
    JSON.parse(text, (name, value: unknown) => (names.includes(name) ? undefined : value)),
  );
}

function what(items: ScanResult['packages'], fields: readonly string[]): readonly string[] {
  return items.map((item) => JSON.stringify(fields.map((field) => item[field])));
}

const packageFields = ['name', 'version', 'ecosystem', 'architecture', 'source', 'license'];
const findingFields = ['id', 'package', 'version', 'fixedVersion', 'severity', 'status'];

async function assertSame(source: string, context: TestContext): Promise<void> {
  const folder = temporaryFolder(context);
  const direct = await scan(source);
  assert.ok(direct.packages.length > 10);
  for (const format of ['cyclonedx', 'spdx']) {
    const { stdout, status, stderr } = await plimsoll(['sbom', '--format', format, source]);
    assert.equal(status, 0, stderr);
    const documents = { own: stdout, foreign: without(stdout, ['properties', 'annotations']) };
    for (const [kind, text] of Object.entries(documents)) {
      const file = join(folder, `${format}-${kind}.json`);
      writeFileSync(file, text);
      const read = await scan(`sbom:${file}`);
      const fields =
        kind === 'own' ? [...packageFields, 'layer', 'locations', 'purl'] : packageFields;
      assert.deepEqual(what(read.packages, fields), what(direct.packages, fields), file);
      assert.deepEqual(what(read.findings, findingFields), what(direct.findings, findingFields));
      assert.equal(read.distribution.ecosystem, direct.distribution.ecosystem);
      assert.equal(read.coverage.level, direct.coverage.level);
    }
  }
}

test('an SBOM of a Debian server', { skip: noData }, async (context) => {
  const folder = temporaryFolder(context);
  const archive = join(testData('debian12'), 'bookworm-server-main.dpkg-skeleton.tar.zst');
  const unpacked = spawnSync('tar', ['-I', 'zstd', '-xf', archive, '-C', folder]);
  assert.equal(unpacked.status, 0);
  await assertSame(`rootfs:${folder}`, context);
});

test('SBOMs of Alpine images, edge among them', { skip: noData }, async (context) => {
  const files = readdirSync(join(dataFolder, 'rootfs')).filter((name) => name.endsWith('.gz'));
  assert.ok(files.some((name) => name.includes('edge')));
  for (const name of files.filter((name) => /edge|3\.19\.4/.test(name)))
    await assertSame(`rootfs:${join(dataFolder, 'rootfs', name)}`, context);
});

test('the same input gives the same bytes at the same time', { skip: noData }, async () => {
  const name = 'alpine-minirootfs-3.19.4-x86_64.tar.gz';
  const env = { SOURCE_DATE_EPOCH: '1700000000' };
  for (const format of ['cyclonedx', 'spdx']) {
    const args = ['sbom', '--format', format, `rootfs:${join(dataFolder, 'rootfs', name)}`];
    const [first, second] = [await plimsoll(args, { env }), await plimsoll(args, { env })];
    assert.equal(first.stdout, second.stdout);
    assert.match(first.stdout, /2023-11-14T22:13:20/);
  }
});
