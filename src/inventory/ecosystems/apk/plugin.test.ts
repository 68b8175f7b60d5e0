// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, type LayerFiles } from '../../../../testing/inventory-layers.ts';
import { plugin } from './plugin.ts';

const alpine = {
  '/etc/os-release': 'ID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n',
};
const libcrypto = `C:Q1YdWsuMPsxJ/TjH6wgYtx1ZJbc7g=
P:libcrypto3
V:3.5.1-r0
A:x86_64
L:Apache-2.0
o:openssl
m:Maintainer <m@example.org>
c:82d6c06a6d6e8de20a4db05994da6046f0623af3
F:usr/lib
R:libcrypto.so.3
a:0:0:755
Z:Q1SLkS9hBidUbPwwrw+XR0Whv3ww8=
`;
const busybox = 'P:busybox\nV:1.37.0-r18\nA:x86_64\no:busybox\n';

test('name, origin, licence, commit and purl of a package', async () => {
  const { packages } = await inventoryOf(
    [{ ...alpine, '/lib/apk/db/installed': libcrypto }],
    [plugin],
  );
  const { locations, ...item } = packages[0]!;
  assert.equal(locations[0]!.path, '/lib/apk/db/installed');
  assert.deepEqual(item, {
    name: 'libcrypto3',
    version: '3.5.1-r0',
    ecosystem: 'Alpine:v3.22',
    purl: 'pkg:apk/alpine/libcrypto3@3.5.1-r0?arch=x86_64&distro=alpine-3.22.1&upstream=openssl',
    architecture: 'x86_64',
    source: { name: 'openssl', version: '3.5.1-r0' },
    license: 'Apache-2.0',
    vendor: 'Maintainer <m@example.org>',
    detail: { commit: '82d6c06a6d6e8de20a4db05994da6046f0623af3' },
    layer: 0,
    foundBy: 'apk',
  });
});

test('the database is read in its old place, its new one, and where one leads to the other', async () => {
  const names = async (files: LayerFiles): Promise<readonly string[]> => {
    const inventory = await inventoryOf([{ ...alpine, ...files }], [plugin]);
    assert.deepEqual(inventory.gaps, []);
    return inventory.packages.map(({ name }) => name);
  };
  assert.deepEqual(await names({ '/usr/lib/apk/db/installed': busybox }), ['busybox']);
  assert.deepEqual(await names({ '/usr/lib/apk/db/installed': busybox, '/lib': '-> usr/lib' }), [
    'busybox',
  ]);
  const both = {
    '/lib/apk/db/installed': busybox,
    '/usr/lib/apk/db/installed': `${busybox}\n${libcrypto}`,
  };
  assert.deepEqual(await names(both), ['busybox', 'libcrypto3']);
});

test('Wolfi and Chainguard have no releases', async () => {
  for (const [id, ecosystem] of [
    ['wolfi', 'Wolfi'],
    ['chainguard', 'Chainguard'],
  ]) {
    const files = {
      '/etc/os-release': `ID=${id}\nVERSION_ID="20230201"\n`,
      '/lib/apk/db/installed': busybox,
    };
    const { packages } = await inventoryOf([files], [plugin]);
    assert.equal(packages[0]!.ecosystem, ecosystem);
    assert.match(packages[0]!.purl, new RegExp(`^pkg:apk/${id}/busybox@1.37.0-r18\\?`));
  }
});
