// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { Distribution, Lifecycle } from '../model/distribution.ts';
import type { LayerDescriptor } from '../model/image.ts';
import { codeFingerprint, fingerprintOfSources } from './code-fingerprint.ts';
import { endOfLifeGap } from './distribution-lifecycle.ts';
import { inventoryKey, InventoryStore, type InventoryContent } from './inventory-store.ts';

const empty: InventoryContent = { packages: [], hiddenPackages: [], gaps: [], issues: [] };
const today = new Date('2026-03-01T12:00:00Z');

function openStore(context: TestContext, sizeBytesMax?: number) {
  const file = join(temporaryFolder(context), 'inventories.sqlite');
  const store = new InventoryStore(file, sizeBytesMax === undefined ? {} : { sizeBytesMax });
  context.after(() => store.close());
  return { file, store };
}

function layer(index: number, diffId: string, digest?: string): LayerDescriptor {
  const blob = digest === undefined ? {} : { digest: `sha256:${digest}` as const };
  return { index, diffId: `sha256:${diffId}`, ...blob };
}

function contentOf(lifecycle: Lifecycle, saidOn: Date): InventoryContent {
  const distribution: Distribution = {
    id: 'debian',
    idLike: [],
    version: '12',
    name: 'Debian GNU/Linux 12 (bookworm)',
    path: '/etc/os-release',
    lifecycle,
  };
  return {
    ...empty,
    distribution,
    gaps: [endOfLifeGap(distribution, saidOn)].filter((gap) => !!gap),
  };
}

test('what was put in comes out', (context) => {
  const { store } = openStore(context);
  const content = contentOf({ kind: 'rolling', source: 'x' }, today);
  assert.equal(store.get('a', today), undefined);
  assert.ok(store.put('a', content, today));
  assert.deepEqual(store.get('a', today), content);
  assert.equal(store.get('b', today), undefined);
});

test('every part of an image is part of its key', () => {
  const layers = [layer(0, 'aa', '11'), layer(1, 'bb', '22')];
  const issue = { code: 'x', message: 'y', fatal: false };
  const keys = [
    inventoryKey(layers, []),
    inventoryKey([layer(0, 'aa', '11'), layer(1, 'bb', '33')], []),
    inventoryKey([layer(0, 'aa', '11'), layer(1, 'bb')], []),
    inventoryKey([layer(0, 'bb', '22'), layer(1, 'aa', '11')], []),
    inventoryKey([layer(0, 'aa', '11')], []),
    inventoryKey(layers, [issue]),
    inventoryKey(layers, [], 'another program'),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(inventoryKey(layers, []), keys[0]);
  assert.equal(inventoryKey(layers, [], codeFingerprint()), keys[0]);
});

test('an image that does not tell what its layers hold has no key', () => {
  assert.equal(inventoryKey([], []), undefined);
  assert.equal(inventoryKey([layer(0, 'aa'), { index: 1 }], []), undefined);
});

test('an edit of the sources is another program', (context) => {
  const root = temporaryFolder(context);
  for (const folder of ['formats', 'image', 'inventory', 'model']) mkdirSync(join(root, folder));
  const plugin = join(root, 'inventory/plugin.ts');
  writeFileSync(plugin, 'export const version = 1;');
  const before = fingerprintOfSources(root);
  writeFileSync(join(root, 'inventory/plugin.test.ts'), '');
  assert.equal(fingerprintOfSources(root), before);
  writeFileSync(plugin, 'export const version = 12;');
  const after = fingerprintOfSources(root);
  assert.notEqual(after, before);
  cpSync(plugin, join(root, 'formats/another.ts'));
  assert.notEqual(fingerprintOfSources(root), after);
});

const lifecycles: readonly {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly saidOn: string;
  readonly askedOn: string;
  readonly holds: boolean;
}[] = [
  {
    name: 'supported until the last day',
    lifecycle: { kind: 'supported', until: '2026-06-10', source: 'x' },
    saidOn: '2026-03-01',
    askedOn: '2026-06-10',
    holds: true,
  },
  {
    name: 'ended meanwhile',
    lifecycle: { kind: 'supported', until: '2026-06-10', source: 'x' },
    saidOn: '2026-03-01',
    askedOn: '2026-06-11',
    holds: false,
  },
  {
    name: 'still ended',
    lifecycle: { kind: 'ended', on: '2026-06-10', source: 'x' },
    saidOn: '2026-07-01',
    askedOn: '2030-01-01',
    holds: true,
  },
  {
    name: 'ended only after a day that the clock went back to',
    lifecycle: { kind: 'ended', on: '2026-06-10', source: 'x' },
    saidOn: '2026-07-01',
    askedOn: '2026-06-09',
    holds: false,
  },
  {
    name: 'the extension ended, too',
    lifecycle: { kind: 'ended', on: '2026-06-10', extendedUntil: '2028-06-30', source: 'x' },
    saidOn: '2026-07-01',
    askedOn: '2028-07-01',
    holds: false,
  },
  {
    name: 'not known then, not known now',
    lifecycle: { kind: 'unknown', reason: 'x' },
    saidOn: '2026-07-01',
    askedOn: '2040-01-01',
    holds: true,
  },
];

for (const { name, lifecycle, saidOn, askedOn, holds } of lifecycles)
  test(`support: ${name}`, (context) => {
    const { store } = openStore(context);
    store.put('a', contentOf(lifecycle, new Date(saidOn)), new Date(saidOn));
    assert.equal(store.get('a', new Date(askedOn)) !== undefined, holds);
  });

test('damaged rows are ignored', (context) => {
  const { file, store } = openStore(context);
  const other = new DatabaseSync(file);
  context.after(() => other.close());
  for (const damage of ["x''", "x'28b52ffd00'", 'substr(data, 1, length(data) - 5)']) {
    store.put('a', contentOf({ kind: 'rolling', source: 'x' }, today), today);
    other.exec(`UPDATE inventory SET data = ${damage}`);
    assert.equal(store.get('a', today), undefined, damage);
  }
});

test('the least recently used go first', (context) => {
  const { store } = openStore(context, 400);
  const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
  const content = { ...empty, gaps: [] };
  for (let hour = 0; hour < 4; hour++) store.put(`k${hour}`, content, at(hour));
  // Used after the others were put in.
  assert.ok(store.get('k0', at(10)));
  for (let hour = 4; hour < 12; hour++) store.put(`k${hour}`, content, at(hour < 8 ? 5 : 20));
  const kept = Array.from({ length: 12 }, (_, hour) => `k${hour}`).filter((key) =>
    store.get(key, at(20)),
  );
  assert.ok(kept.includes('k11'), kept.join());
  assert.ok(!kept.includes('k1'), kept.join());
  assert.ok(kept.length < 12);
});

test('two processes at once, one of them writing', (context) => {
  const { file, store } = openStore(context);
  const second = new InventoryStore(file);
  context.after(() => second.close());
  assert.ok(second.put('a', empty, today));
  assert.deepEqual(store.get('a', today), empty);
});

test('what cannot be written is not kept, and nothing fails', (context) => {
  const { file, store } = openStore(context);
  const other = new DatabaseSync(file);
  context.after(() => other.close());
  other.exec('DROP TABLE inventory');
  assert.equal(store.put('a', empty, today), false);
  assert.equal(store.get('a', today), undefined);
});
