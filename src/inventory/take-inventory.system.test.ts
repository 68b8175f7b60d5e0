// SPDX-License-Identifier: Apache-2.0
// Real systems: published root file systems and servers against their own databases as other
// programs read them, and an rpm database that rpm made.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dataFolder, noData, testData } from '../../testing/data.ts';
import { inventoryOf } from '../../testing/inventory-layers.ts';
import { makeRpmDatabase, noRpm } from '../../testing/rpm-database.ts';
import type { Package } from '../model/package.ts';
import type { Ecosystem } from './ecosystem.ts';
import { plugin as apk } from './ecosystems/apk/plugin.ts';
import { plugin as dpkg } from './ecosystems/dpkg/plugin.ts';
import { plugin as rpm } from './ecosystems/rpm/plugin.ts';

const os = [dpkg, apk, rpm] as readonly Ecosystem[];
const names = (packages: readonly Package[]): readonly string[] =>
  packages.map((item) => `${item.name} ${item.version} @${item.layer}`);

test('rpm: epoch, module, source and owned files of a real database', { skip: noRpm }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-inventory-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const database = readFileSync(join(makeRpmDatabase(folder), 'rpmdb.sqlite'));
  const inventory = await inventoryOf(
    [
      {
        '/etc/os-release': 'ID=almalinux\nVERSION_ID=8.10\nPRETTY_NAME="AlmaLinux 8.10"\n',
        '/var/lib/rpm/rpmdb.sqlite': database,
        '/usr/bin/alpha': '#!/bin/sh\n+x',
        '/usr/bin/other': '#!/bin/sh\n+x',
      },
    ],
    os,
  );
  const [alpha, beta] = inventory.packages;
  assert.deepEqual(names(inventory.packages), [
    'alpha 2:1.2-3.el8 @0',
    'beta-libs 2:7~rc1-3.el8 @0',
    'gamma 2:1.2-3.el8 @0',
  ]);
  assert.equal(alpha!.ecosystem, 'AlmaLinux:8');
  assert.equal(
    alpha!.purl,
    'pkg:rpm/almalinux/alpha@1.2-3.el8?arch=noarch&distro=almalinux-8.10&epoch=2',
  );
  assert.equal(alpha!.source, undefined);
  assert.deepEqual(beta!.source, { name: 'alpha', version: '2:1.2-3.el8' });
  assert.equal(beta!.module, 'nodejs:18');
  assert.deepEqual(
    inventory.ownership!.unownedExecutables.map(({ path }) => path),
    ['/usr/bin/other'],
  );
  assert.deepEqual(inventory.gaps, []);
});

const rootfs = noData ? ['(absent)'] : readdirSync(join(dataFolder, 'rootfs'));

for (const name of rootfs) {
  test(`${name}: every package, and no executable without an owner`, { skip: noData }, async () => {
    const archive = join(dataFolder, 'rootfs', name);
    const inventory = await inventoryOf([createReadStream(archive)], os);
    const member = ['-xzOf', archive, './lib/apk/db/installed'];
    const database = spawnSync('tar', member, { encoding: 'utf8' }).stdout;
    const want = database
      .split('\n\n')
      .filter((record) => record.trim() !== '')
      .map((record) => `${/^P:(.*)$/m.exec(record)![1]} ${/^V:(.*)$/m.exec(record)![1]} @0`)
      .sort();
    assert.deepEqual(names(inventory.packages).toSorted(), want);
    assert.deepEqual(inventory.ownership!.unownedExecutables, []);
    assert.deepEqual(inventory.issues, []);
    const branch = /rootfs-(edge|\d+\.\d+)/.exec(name)![1];
    const ecosystem = branch === 'edge' ? 'Alpine:edge' : `Alpine:v${branch}`;
    for (const item of inventory.packages) assert.equal(item.ecosystem, ecosystem);
  });
}

test(
  'a Debian server: every package that dpkg-query calls installed',
  { skip: noData },
  async () => {
    const folder = testData('debian12');
    for (const variant of ['main', 'patched']) {
      const archive = join(folder, `bookworm-server-${variant}.dpkg-skeleton.tar.zst`);
      const inventory = await inventoryOf([createReadStream(archive)], os);
      const count = /Status: [a-z]+ ok installed/g;
      const text = spawnSync('tar', ['-I', 'zstd', '-xOf', archive, './var/lib/dpkg/status'], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      }).stdout;
      assert.equal(inventory.packages.length, text.match(count)!.length);
      assert.ok(inventory.packages.length > 300);
      assert.deepEqual(
        inventory.gaps.filter(({ blocking }) => blocking),
        [],
      );
      assert.deepEqual(inventory.issues, []);
    }
  },
);
