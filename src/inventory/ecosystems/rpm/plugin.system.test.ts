// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inventoryOf } from '../../../../testing/inventory-layers.ts';
import { headersOf, makeNdb, makeRpmDatabase, noRpm } from '../../../../testing/rpm-database.ts';
import { plugin } from './plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-plugin-'));

after(() => rmSync(folder, { recursive: true, force: true }));

test(
  'a database is read in every place, and a converted one beside its old one counts once',
  { skip: noRpm },
  async () => {
    const file = join(makeRpmDatabase(folder), 'rpmdb.sqlite');
    const sqlite = readFileSync(file);
    const ndb = makeNdb(headersOf(file));
    const suse = {
      '/etc/os-release': 'ID="opensuse-leap"\nVERSION_ID="15.6"\nID_LIKE="suse opensuse"\n',
    };
    for (const files of [
      { '/var/lib/rpm/rpmdb.sqlite': sqlite },
      { '/usr/lib/sysimage/rpm/Packages.db': ndb },
      { '/usr/lib/sysimage/rpm/Packages.db': ndb, '/var/lib/rpm': '-> ../../usr/lib/sysimage/rpm' },
      { '/usr/share/rpm/rpmdb.sqlite': sqlite, '/var/lib/rpm/Packages.db': ndb },
    ] as const) {
      const { packages, gaps } = await inventoryOf([{ ...suse, ...files }], [plugin]);
      assert.deepEqual(
        packages.map(({ name }) => name),
        ['alpha', 'beta-libs', 'gamma'],
        Object.keys(files).join(),
      );
      assert.deepEqual(
        gaps.filter(({ blocking, code }) => blocking && code !== 'end-of-life'),
        [],
      );
      assert.equal(packages[0]!.ecosystem, 'openSUSE:Leap 15.6');
    }
  },
);

test('a truncated database gives issues beside what could be read', { skip: noRpm }, async () => {
  const file = join(folder, 'sqlite/rpmdb.sqlite');
  const ndb = makeNdb(headersOf(file));
  const cut = ndb.subarray(0, ndb.length - 1000);
  const { packages, issues } = await inventoryOf([{ '/var/lib/rpm/Packages.db': cut }], [plugin]);
  assert.equal(packages.length, 2);
  assert.ok(issues.some(({ fatal }) => fatal));
});
