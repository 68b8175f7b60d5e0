// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, type LayerFiles } from '../../testing/inventory-layers.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Package } from '../model/package.ts';
import type { Ecosystem } from './ecosystem.ts';
import { plugin as apk } from './ecosystems/apk/plugin.ts';
import { plugin as dpkg } from './ecosystems/dpkg/plugin.ts';
import { plugin as npm } from './ecosystems/npm/plugin.ts';
import { plugin as python } from './ecosystems/python/plugin.ts';
import { plugin as rpm } from './ecosystems/rpm/plugin.ts';

const os = [dpkg, apk, rpm] as readonly Ecosystem[];
const debian = (version: string): LayerFiles => ({
  '/etc/os-release': `ID=debian\nVERSION_ID=${version}\nPRETTY_NAME="Debian ${version}"\n`,
});

/** A dpkg status of `name version` pairs. */
function status(...packages: readonly string[]): LayerFiles {
  const text = packages.map((item) => {
    const [name, version] = item.split(' ');
    return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
  });
  return { '/var/lib/dpkg/status': text.join('\n') };
}

const names = (packages: readonly Package[]): readonly string[] =>
  packages.map((item) => `${item.name} ${item.version} @${item.layer}`);
const gaps = (inventory: Inventory): readonly string[] => inventory.gaps.map(({ code }) => code);

test('a package comes from the first layer from which on it is there to the end', async () => {
  const inventory = await inventoryOf(
    [
      { ...debian('12'), ...status('a 1', 'b 1', 'c 1') },
      { '/unrelated': 'x' },
      status('a 2', 'b 1'),
      status('a 2', 'b 1', 'c 1', 'd 1'),
    ],
    os,
  );
  assert.deepEqual(names(inventory.packages), ['a 2 @2', 'b 1 @0', 'c 1 @3', 'd 1 @3']);
  assert.deepEqual(names(inventory.hiddenPackages), ['a 1 @0']);
  assert.equal(inventory.hiddenPackages[0]!.hidden, true);
  const layerDigest = inventory.image.layers[3]!.diffId;
  const location = { path: '/var/lib/dpkg/status', layer: 3, layerDigest };
  assert.deepEqual(inventory.packages[0]!.locations, [location]);
  assert.deepEqual(gaps(inventory), []);
  assert.equal(inventory.packages[0]!.ecosystem, 'Debian:12');
  assert.equal(inventory.packages[0]!.purl, 'pkg:deb/debian/a@2?arch=amd64&distro=debian-12');
});

test('a removed database leaves its packages hidden and is a gap', async () => {
  const removed = await inventoryOf(
    [{ ...debian('12'), ...status('a 1') }, { '/var/lib/dpkg': null }],
    os,
  );
  assert.deepEqual(removed.packages, []);
  assert.deepEqual(names(removed.hiddenPackages), ['a 1 @0']);
  assert.deepEqual(gaps(removed), ['no-package-database']);
  assert.equal(removed.gaps[0]!.blocking, true);
});

test('a record cut out of the database is seen by the list that it leaves', async () => {
  const lists = { '/var/lib/dpkg/info/a.list': '/.\n', '/var/lib/dpkg/info/b:amd64.list': '/.\n' };
  const whole = await inventoryOf([{ ...debian('12'), ...status('a 1', 'b 1'), ...lists }], os);
  assert.deepEqual(gaps(whole), []);
  const cut = await inventoryOf([{ ...debian('12'), ...status('a 1'), ...lists }], os);
  assert.deepEqual(gaps(cut), ['package-records-missing']);
});

test('a database that is there and was not read is a gap', async () => {
  for (const [path, target] of [
    ['/var/lib/dpkg/status', '/srv/status'],
    ['/lib/apk/db/installed', '/srv/installed'],
    ['/var/lib/rpm/rpmdb.sqlite', '/srv/db'],
  ] as const) {
    const inventory = await inventoryOf([{ [path]: `-> ${target}`, [target]: 'x' }], os);
    assert.ok(gaps(inventory).includes('package-database-unreadable'), path);
  }
});

test('a database behind a link in its folders is read once, whichever way it is named', async () => {
  const inventory = await inventoryOf(
    [
      { ...debian('12'), '/var/lib': '-> ../srv/lib', '/srv/lib/x': '' },
      status('a 1'),
      { '/var/lib/dpkg/info/a.list': '/usr/bin/a\n', '/usr/bin/a': '#!/bin/sh\n+x' },
    ],
    os,
  );
  assert.deepEqual(names(inventory.packages), ['a 1 @1']);
  assert.equal(inventory.packages[0]!.locations[0]!.path, '/srv/lib/dpkg/status');
  assert.equal(inventory.ownership!.unownedExecutablesTotal, 0);
  assert.deepEqual(gaps(inventory), []);
});

test('distroless: one file per package, removed one by one', async () => {
  const folder = '/var/lib/dpkg/status.d';
  const record = (name: string): string =>
    `Package: ${name}\nVersion: 1\nArchitecture: amd64\nSource: src (0.9)\n`;
  const inventory = await inventoryOf(
    [
      {
        ...debian('12'),
        [`${folder}/a`]: record('a'),
        [`${folder}/a.md5sums`]: 'd41d8cd98f00b204e9800998ecf8427e  usr/bin/a\n',
        [`${folder}/b`]: record('b'),
        '/usr/bin/a': '#!x\n+x',
      },
      { [`${folder}/b`]: null },
    ],
    os,
  );
  assert.deepEqual(names(inventory.packages), ['a 1 @0']);
  assert.deepEqual(inventory.packages[0]!.source, { name: 'src', version: '0.9' });
  assert.match(inventory.packages[0]!.purl, /upstream=src%400\.9/);
  assert.deepEqual(names(inventory.hiddenPackages), ['b 1 @0']);
  assert.equal(inventory.ownership!.unownedExecutablesTotal, 0);
});

test('an upgraded distribution does not hide every package', async () => {
  const inventory = await inventoryOf(
    [
      { ...debian('11'), ...status('a 1', 'b 1') },
      { ...debian('12'), ...status('a 1', 'b 2') },
    ],
    os,
  );
  assert.deepEqual(names(inventory.packages), ['a 1 @0', 'b 2 @1']);
  assert.deepEqual(names(inventory.hiddenPackages), ['b 1 @0']);
  assert.equal(inventory.packages[0]!.ecosystem, 'Debian:12');
  assert.equal(inventory.hiddenPackages[0]!.ecosystem, 'Debian:11');
});

test('the journal of dpkg wins over its database', async () => {
  const update = `Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2\n`;
  const inventory = await inventoryOf(
    [{ ...debian('12'), ...status('a 1'), '/var/lib/dpkg/updates/0001': update }],
    os,
  );
  assert.deepEqual(names(inventory.packages), ['a 2 @0']);
});

test('licences come from the copyright file, through a link of its folder', async () => {
  const copyright =
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+ or Artistic\n text\n\nFiles: x\nLicense: Expat\n\nLicense: BSD\n text\n';
  const inventory = await inventoryOf(
    [
      {
        ...debian('12'),
        ...status('a 1', 'a-base 1', 'c 1'),
        '/usr/share/doc/a': '-> a-base',
        '/usr/share/doc/a-base/copyright': copyright,
        '/usr/share/doc/c/copyright': 'This is free text. License: none\n',
      },
    ],
    os,
  );
  const licenses = inventory.packages.map(({ license }) => license);
  assert.deepEqual(licenses, [
    '(GPL-2+ or Artistic) AND Expat',
    '(GPL-2+ or Artistic) AND Expat',
    undefined,
  ]);
});

test('a language package of the distribution is not listed twice, not even when it is hidden', async () => {
  const metadata = '/usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO';
  const local = '/usr/local/lib/python3.11/dist-packages/requests-2.31.0.dist-info/METADATA';
  const list = { '/var/lib/dpkg/info/python3-requests.list': `${metadata}\n` };
  const info = (version: string): string =>
    `Metadata-Version: 2.1\nName: requests\nVersion: ${version}\n`;
  const base = {
    ...debian('12'),
    ...status('python3-requests 2.28.1'),
    ...list,
    [metadata]: info('2.28.1'),
    [local]: info('2.31.0'),
  };
  const both = [...os, python as Ecosystem];
  const inventory = await inventoryOf([base], both);
  assert.deepEqual(names(inventory.packages), ['python3-requests 2.28.1 @0', 'requests 2.31.0 @0']);
  assert.equal(inventory.ownership!.languagePackagesOwnedByOs, 1);
  const removed = await inventoryOf(
    [base, { ...status(), [metadata]: null, '/var/lib/dpkg/info/python3-requests.list': null }],
    both,
  );
  assert.deepEqual(names(removed.packages), ['requests 2.31.0 @0']);
  assert.deepEqual(names(removed.hiddenPackages), ['python3-requests 2.28.1 @0']);
});

test('rpm: changes that only a write-ahead log has are a gap', async () => {
  const log = Buffer.alloc(5000);
  const inventory = await inventoryOf([{ '/var/lib/rpm/rpmdb.sqlite-wal': log }], os);
  assert.ok(gaps(inventory).includes('package-database-unmerged'));
  const empty = await inventoryOf([{ '/var/lib/rpm/rpmdb.sqlite-wal': Buffer.alloc(0) }], os);
  assert.ok(!gaps(empty).includes('package-database-unmerged'));
});

test('packages of another distribution than the one told have no release', async () => {
  const inventory = await inventoryOf(
    [{ '/etc/os-release': 'ID=alpine\nVERSION_ID=3.19.4\n', ...status('a 1') }],
    os,
  );
  assert.equal(inventory.packages[0]!.ecosystem, 'dpkg');
  assert.equal(inventory.packages[0]!.purl, 'pkg:deb/a@1?arch=amd64');
});

test('what the distribution cannot tell is a gap', async () => {
  for (const [files, want] of [
    [status('a 1'), ['unknown-distribution']],
    [{ ...status('a 1'), '/etc/os-release': 'ID=debian\nVERSION_ID=9\n' }, ['end-of-life']],
    [{ ...status('a 1'), '/etc/os-release': 'ID=debian\nVERSION_ID=99\n' }, ['unknown-lifecycle']],
    [
      { ...status('a 1'), '/etc/os-release': 'ID=linuxmint\nID_LIKE=ubuntu\nVERSION_ID=21\n' },
      ['unsupported-distribution', 'unknown-lifecycle'],
    ],
    [{}, ['no-package-database']],
  ] as const)
    assert.deepEqual(gaps(await inventoryOf([files as LayerFiles], os)), want);
  assert.deepEqual(gaps(await inventoryOf([], os)), ['no-package-database']);
});

test('a plugin that fails is an issue and a gap beside what the others found', async () => {
  const failing: Ecosystem = {
    id: 'failing',
    title: 'Failing',
    kind: 'language',
    version: 1,
    files: [],
    read: () => undefined,
    assemble: () => {
      throw new Error('no');
    },
  };
  const inventory = await inventoryOf([{ ...debian('12'), ...status('a 1') }], [...os, failing]);
  assert.equal(inventory.packages.length, 1);
  assert.deepEqual(gaps(inventory), ['packages-unreadable']);
  assert.equal(inventory.issues.length, 1);
});

test('damage that a later layer replaced is told of its layer only, not once per step', async () => {
  const bad = { '/var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\n' };
  const inventory = await inventoryOf(
    [{ ...debian('12'), ...bad }, status('a 1'), status('a 1', 'b 1')],
    os,
  );
  assert.equal(inventory.issues.length, 1);
  assert.deepEqual(names(inventory.packages), ['a 1 @1', 'b 1 @2']);
});

test('a hard link of another name is no database; one of the same name is', async () => {
  const removed = await inventoryOf(
    [
      { ...debian('12'), ...status('a 1'), '/var/lib/dpkg/status-old': '=> /var/lib/dpkg/status' },
      { '/var/lib/dpkg/status': null },
    ],
    os,
  );
  assert.deepEqual(removed.packages, []);
  assert.deepEqual(names(removed.hiddenPackages), ['a 1 @0']);
  const packageJson = '{"name":"x","version":"1.0.0"}';
  const linked = await inventoryOf(
    [
      {
        '/store/node_modules/x/package.json': packageJson,
        '/app/node_modules/x/package.json': '=> /store/node_modules/x/package.json',
      },
      { '/store': null },
    ],
    [npm],
  );
  assert.deepEqual(
    linked.packages.map((item) => [item.name, item.locations[0]!.path]),
    [['x', '/app/node_modules/x/package.json']],
  );
});
