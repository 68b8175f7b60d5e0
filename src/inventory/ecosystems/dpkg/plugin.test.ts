// SPDX-License-Identifier: Apache-2.0
// What becomes of dpkg's database; ownership of files is tested in ownership-dpkg.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, type LayerFiles } from '../../../../testing/inventory-layers.ts';
import { plugin } from './plugin.ts';

const debian = { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' };
const status = '/var/lib/dpkg/status';

function record(name: string, fields: Readonly<Record<string, string>> = {}): string {
  const all = {
    Package: name,
    Status: 'install ok installed',
    Architecture: 'amd64',
    Version: '1.0-1',
    ...fields,
  };
  return `${Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}\n`;
}

const inventory = async (files: LayerFiles) =>
  await inventoryOf([{ ...debian, ...files }], [plugin]);

async function versions(files: LayerFiles): Promise<readonly string[]> {
  const { packages } = await inventory(files);
  return packages.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`);
}

test('name, source, licence, maintainer and purl of a package', async () => {
  const { packages } = await inventory({
    [status]: record('libssl3', {
      Version: '3.0.15-1~deb12u1+b1',
      Source: 'openssl (3.0.15-1~deb12u1)',
      'Multi-Arch': 'same',
      Maintainer: 'Debian OpenSSL Team <pkg-openssl@example.org>',
    }),
    '/usr/share/doc/libssl3/copyright': `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: Apache-2.0
`,
  });
  const { locations, ...item } = packages[0]!;
  assert.equal(locations[0]!.path, status);
  assert.deepEqual(item, {
    name: 'libssl3',
    version: '3.0.15-1~deb12u1+b1',
    ecosystem: 'Debian:12',
    purl: 'pkg:deb/debian/libssl3@3.0.15-1~deb12u1%2Bb1?arch=amd64&distro=debian-12&upstream=openssl%403.0.15-1~deb12u1',
    architecture: 'amd64',
    source: { name: 'openssl', version: '3.0.15-1~deb12u1' },
    license: 'Apache-2.0',
    vendor: 'Debian OpenSSL Team <pkg-openssl@example.org>',
    layer: 0,
    foundBy: 'dpkg',
  });
});

test('what is removed is not there; what is half there is, and says so', async () => {
  const { packages } = await inventory({
    [status]:
      record('gone', { Status: 'deinstall ok config-files' }) +
      record('half', { Status: 'install ok half-configured' }) +
      record('whole'),
  });
  assert.deepEqual(
    packages.map(({ name, detail }) => [name, detail]),
    [
      ['half', { state: 'half-configured' }],
      ['whole', undefined],
    ],
  );
});

test('one version per architecture where packages may be there twice, else one', async () => {
  const of = (multiArch: Readonly<Record<string, string>>): string =>
    record('libc6', multiArch) + record('libc6', { ...multiArch, Architecture: 'i386' });
  assert.deepEqual(await versions({ [status]: of({ 'Multi-Arch': 'same' }) }), [
    'libc6 1.0-1 amd64',
    'libc6 1.0-1 i386',
  ]);
  assert.deepEqual(await versions({ [status]: of({}) }), ['libc6 1.0-1 i386']);
});

test('distroless images have a file per package', async () => {
  const distroless = '/var/lib/dpkg/status.d';
  assert.deepEqual(
    await versions({
      [`${distroless}/base`]: record('base-files'),
      [`${distroless}/tzdata`]: record('tzdata'),
      [`${distroless}/tzdata.md5sums`]: `${'0'.repeat(32)}  usr/share/zoneinfo/UTC\n`,
    }),
    ['base-files 1.0-1 amd64', 'tzdata 1.0-1 amd64'],
  );
});

test('the journal of an interrupted dpkg is newer than the database', async () => {
  const updates = '/var/lib/dpkg/updates';
  assert.deepEqual(
    await versions({
      [status]: record('a') + record('b'),
      [`${updates}/0001`]: record('a', { Version: '3' }),
      [`${updates}/0000`]: record('a', { Version: '2' }),
      [`${updates}/0002`]: record('b', { Status: 'purge ok not-installed' }),
      [`${updates}/tmp.i`]: record('unfinished'),
    }),
    ['a 3 amd64'],
  );
});

test('a list of files without a record is a gap: somebody cut the database', async () => {
  const { gaps } = await inventory({
    [status]: record('bash'),
    '/var/lib/dpkg/info/bash.list': '/bin/bash\n',
    '/var/lib/dpkg/info/openssl.list': '/usr/bin/openssl\n',
  });
  const found = gaps.filter(({ code }) => code === 'package-records-missing');
  assert.equal(found.length, 1);
  assert.match(found[0]!.message, /of 1 packages without a record: openssl$/);
  assert.equal(found[0]!.blocking, true);
});

test('another distribution’s name is not given to packages of dpkg', async () => {
  const files = { '/etc/os-release': 'ID=alpine\nVERSION_ID=3.20.0\n', [status]: record('bash') };
  const { packages } = await inventoryOf([files], [plugin]);
  assert.equal(packages[0]!.ecosystem, 'dpkg');
  assert.equal(packages[0]!.purl, 'pkg:deb/bash@1.0-1?arch=amd64');
});
