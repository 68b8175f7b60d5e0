// SPDX-License-Identifier: Apache-2.0
// The second scan of an image says what the first one said, whether its inventory was stored or not.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { buildImage, writeOciLayout, type LayerDescription } from '../../testing/image-builder.ts';
import { sourceContext } from '../../testing/source-context.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { digestHex } from '../model/digest.ts';
import type { Inventory } from '../model/inventory.ts';
import { inventoryOfSource } from './inventory-of-source.ts';

const now = new Date('2026-03-01T12:00:00Z');

const layers: readonly LayerDescription[] = [
  {
    createdBy: 'ADD rootfs',
    entries: [
      { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine"\n' },
      {
        path: 'lib/apk/db/installed',
        content: 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\nP:zlib\nV:1.3-r0\nA:x86_64\no:zlib\n\n',
      },
      { path: 'usr/bin/alone', mode: 0o755, content: '#!/bin/sh\n' },
    ],
  },
  {
    createdBy: 'RUN apk del zlib',
    entries: [
      { path: 'lib/apk/db/installed', content: 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n' },
    ],
  },
];

interface ScanOptions {
  readonly cached?: boolean;
  readonly dockerfile?: string;
}

interface Fixture {
  readonly layout: string;
  readonly home: string;
  readonly scan: (options?: ScanOptions) => Promise<Inventory>;
  /** Rows in the store. */
  readonly stored: () => number;
}

function fixture(context: TestContext): Fixture {
  const folder = temporaryFolder(context);
  const layout = join(folder, 'layout');
  const home = join(folder, 'home');
  writeOciLayout(layout, [buildImage({ layers })]);
  return {
    layout,
    home,
    scan: ({ cached = true, dockerfile } = {}) =>
      inventoryOfSource(
        { source: `oci:${layout}`, ...(dockerfile === undefined ? {} : { dockerfile }) },
        { ...sourceContext(), now, ...(cached ? { stateFolder: home } : {}) },
      ),
    stored: () => {
      const database = new DatabaseSync(join(home, 'inventories.sqlite'), { readOnly: true });
      const row = database.prepare('SELECT count(*) AS rows FROM inventory').get()!;
      database.close();
      return row['rows'] as number;
    },
  };
}

test('the same with a stored inventory and without', async (context) => {
  const { home, scan, stored } = fixture(context);
  const without = await scan({ cached: false });
  assert.ok(!existsSync(home));
  assert.deepEqual(
    [...without.packages, ...without.hiddenPackages].map(({ name }) => name),
    ['musl', 'zlib'],
  );
  assert.equal(without.ownership?.unownedExecutablesTotal, 1);
  const first = await scan();
  assert.equal(stored(), 1);
  // Nothing is left that layers could be taken from, if they were asked for.
  rmSync(join(home, 'layers.sqlite'));
  const second = await scan();
  assert.ok(!existsSync(join(home, 'layers.sqlite')));
  for (const one of [first, second])
    assert.equal(JSON.stringify(one, undefined, 1), JSON.stringify(without, undefined, 1));
});

test('what another run says itself is not taken from the store', async (context) => {
  const { scan } = fixture(context);
  await scan();
  const dockerfile = 'FROM scratch\nADD rootfs /\nRUN apk del zlib\n';
  const known = await scan({ dockerfile });
  const anew = await scan({ dockerfile, cached: false });
  assert.deepEqual(known, anew);
});

test('an incomplete layer is not stored', async (context) => {
  const { layout, scan, stored } = fixture(context);
  const [, top] = buildImage({ layers }).layers;
  rmSync(join(layout, 'blobs/sha256', digestHex(top!.digest)));
  const first = await scan();
  assert.ok(first.gaps.some(({ code }) => code === 'incomplete-layer'));
  assert.equal(stored(), 0);
  assert.deepEqual(await scan(), first);
});

test('a damaged store is no reason not to answer', async (context) => {
  const { home, scan } = fixture(context);
  const first = await scan();
  for (const suffix of ['-wal', '-shm'])
    rmSync(join(home, `inventories.sqlite${suffix}`), { force: true });
  writeFileSync(join(home, 'inventories.sqlite'), 'no database '.repeat(1000));
  assert.deepEqual((await scan()).packages, first.packages);
});
