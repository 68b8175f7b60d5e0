// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  buildImage,
  type BuiltImage,
  type LayerDescription,
  sha256,
} from '../../testing/image-builder.ts';
import type { FileReader } from './file-reader.ts';
import type { Image } from './image.ts';
import { LayerCache } from './layer-cache.ts';
import { TreeBuilder } from './merge-layers.ts';
import { readFiles } from './read-files.ts';
import { readImage } from './read-image.ts';

const jsonReader: FileReader = {
  id: 'json',
  version: 1,
  files: [{ kind: 'suffix', suffix: '.json', sizeBytesMax: 1000 }],
  read: (file, { issues }) => {
    issues.add({ code: 'seen', message: file.path, fatal: false });
    return Buffer.from(file.bytes()).toString();
  },
};

const layers: readonly LayerDescription[] = [
  {
    entries: [
      { path: 'a.json', content: '1' },
      { path: 'store/ab12', content: 'linked' },
      { path: 'app/package.json', kind: 'hardlink', linkTarget: 'store/ab12' },
      { path: 'app/other.json', kind: 'hardlink', linkTarget: 'a.json' },
    ],
  },
  { entries: [], compression: 'zstd' },
  { entries: [{ path: 'b.json', content: '2' }], compression: 'none' },
  { entries: [], compression: 'zstd' },
];

interface Opened extends Image {
  /** Layers that were asked for, in order. */
  readonly asked: number[];
}

/** The stream of an engine does not say which layer comes: `numbered` false. */
function open(built: BuiltImage, numbered = true): Opened {
  const asked: number[] = [];
  return {
    source: 'test:',
    identity: { diffIds: [], names: [] },
    layers: built.layers.map(({ digest, diffId }, index) => ({ index, digest, diffId })),
    issues: [],
    asked,
    async *readLayers(wanted) {
      for (const layer of wanted) {
        asked.push(layer);
        const bytes = (async function* () {
          yield built.layers[layer]!.bytes;
        })();
        yield { kind: 'blob', bytes, ...(numbered ? { layer } : {}) };
      }
    },
    close: async () => {},
  };
}

async function withCache(work: (cache: LayerCache, file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-layers-'));
  const file = join(folder, 'layers.sqlite');
  const cache = new LayerCache(file);
  try {
    await work(cache, file);
  } finally {
    cache.close();
    rmSync(folder, { recursive: true });
  }
}

/** What a reading says, without what the cache does not keep. */
function told(reading: Awaited<ReturnType<typeof readImage>>): unknown {
  return reading.layers.map(({ facts, issues, index }) => ({
    facts: [...facts],
    issues,
    paths: Array.from({ length: index.count }, (_, at) => Buffer.from(index.path(at)).toString()),
  }));
}

for (const numbered of [true, false])
  test(`equal layers are read once, hard links are followed (${numbered ? 'numbered' : 'a stream'})`, async () => {
    const image = open(buildImage({ layers }), numbered);
    const { layers: results, read } = await readImage(image, [jsonReader]);
    assert.deepEqual(read, [0, 1, 2]);
    assert.deepEqual(image.asked, [0, 1, 2, 0]);
    assert.deepEqual(
      results.map(({ facts }) => facts.get('json')!.map(({ path, fact }) => [path, fact])),
      [
        [
          ['/a.json', '1'],
          ['/app/package.json', 'linked'],
        ],
        [],
        [['/b.json', '2']],
        [],
      ],
    );
    assert.deepEqual(
      results[0]!.issues.map(({ where }) => where),
      ['/a.json', '/app/package.json'],
    );
  });

test('a known image is not read again, and says the same', async () => {
  await withCache(async (cache) => {
    const first = await readImage(open(buildImage({ layers })), [jsonReader], { cache });
    const image = open(buildImage({ layers }));
    const second = await readImage(image, [jsonReader], { cache });
    assert.deepEqual(image.asked, []);
    assert.deepEqual(told(second), told(first));
    assert.equal(cache.trouble, undefined);
  });
});

test('a new reader and a new version of one read known layers again, for themselves alone', async () => {
  await withCache(async (cache) => {
    await readImage(open(buildImage({ layers })), [jsonReader], { cache });
    let reads = 0;
    const counting: FileReader = { ...jsonReader, read: () => ++reads };
    const other: FileReader = { ...jsonReader, id: 'other' };
    const both = await readImage(open(buildImage({ layers })), [counting, other], { cache });
    assert.equal(reads, 0);
    assert.equal(both.layers[0]!.facts.get('other')!.length, 2);
    assert.equal(both.layers[0]!.facts.get('json')!.length, 2);
    const newer = await readImage(open(buildImage({ layers })), [{ ...counting, version: 2 }], {
      cache,
    });
    assert.equal(reads, 3);
    assert.deepEqual(newer.read, [0, 1, 2]);
  });
});

test('a blob that was never seen to be the known layer is read, and refused', async () => {
  await withCache(async (cache) => {
    const good = buildImage({ layers });
    await readImage(open(good), [jsonReader], { cache });
    const evil = buildImage({ layers: [{ entries: [{ path: 'evil', content: 'x' }] }] });
    const image = open(evil);
    const disguised = { ...image.layers[0]!, diffId: good.layers[0]!.diffId };
    await assert.rejects(readImage({ ...image, layers: [disguised] }, [jsonReader], { cache }), {
      code: 'digest-mismatch',
    });
  });
});

test('damaged rows are passed over', async () => {
  await withCache(async (cache, file) => {
    const first = await readImage(open(buildImage({ layers })), [jsonReader], { cache });
    for (const statement of [
      'UPDATE layer SET layer_index = zeroblob(100)',
      "UPDATE layer SET layer_index = x'28b52ffd'",
      "UPDATE layer SET issues = x''",
      'UPDATE layer_fact SET facts = zeroblob(10)',
      'UPDATE layer SET version = 999',
      'DELETE FROM layer_fact',
    ]) {
      const database = new DatabaseSync(file);
      database.exec(statement);
      database.close();
      const image = open(buildImage({ layers }));
      const again = await readImage(image, [jsonReader], { cache });
      assert.deepEqual(again.layers[0]!.facts, first.layers[0]!.facts, statement);
      assert.ok(image.asked.includes(0), statement);
    }
  });
});

test('the least recently used layers leave first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-layers-'));
  let now = 0;
  const cache = new LayerCache(join(folder, 'layers.sqlite'), {
    sizeBytesMax: 2000,
    now: () => ++now,
  });
  const images = Array.from({ length: 8 }, (_, at) =>
    buildImage({
      layers: [{ entries: [{ path: `${at}.json`, content: sha256(Buffer.of(at)).repeat(10) }] }],
    }),
  );
  const asks = async (at: number): Promise<boolean> => {
    const image = open(images[at]!);
    await readImage(image, [jsonReader], { cache });
    return image.asked.length > 0;
  };
  try {
    for (let at = 1; at < images.length; at++) {
      assert.ok(await asks(at));
      // Used each time, so it stays.
      assert.equal(await asks(1), false);
    }
    assert.equal(await asks(7), false);
    assert.equal(await asks(2), true);
  } finally {
    cache.close();
    rmSync(folder, { recursive: true });
  }
});

test('a result in part is not kept', async () => {
  await withCache(async (cache) => {
    const built = buildImage({ layers: [layers[0]!] });
    const image = open(built);
    const cut = async function* (): AsyncGenerator<Uint8Array> {
      yield built.layers[0]!.bytes.subarray(0, -30);
    };
    const broken: Image = {
      ...image,
      layers: [{ index: 0, diffId: built.layers[0]!.diffId }],
      async *readLayers() {
        yield { kind: 'blob', layer: 0, bytes: cut() };
      },
    };
    const { layers: results } = await readImage(broken, [jsonReader], { cache });
    assert.ok(results[0]!.issues.some(({ code }) => code === 'damaged-compression'));
    await readImage(image, [jsonReader], { cache });
    assert.ok(image.asked.includes(0));
  });
});

test('a layer that the medium does not have is told, and the others are read', async () => {
  const image = open(buildImage({ layers }));
  const { layers: results } = await readImage(
    {
      ...image,
      readLayers: (wanted) => image.readLayers(new Set([...wanted].filter((at) => at !== 0))),
    },
    [jsonReader],
  );
  assert.deepEqual(
    results[0]!.issues.map(({ code, fatal }) => [code, fatal]),
    [['missing-layer', true]],
  );
  assert.equal(results[2]!.facts.get('json')!.length, 1);
});

test('a cache file of something else is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-layers-'));
  try {
    writeFileSync(join(folder, 'layers.sqlite'), 'no database');
    assert.throws(() => LayerCache.open(folder), { code: 'store' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const numbered of [true, false])
  test(`files are read by their effective paths (${numbered ? 'numbered' : 'a stream'})`, async () => {
    const image = open(
      buildImage({
        layers: [
          {
            entries: [
              { path: 'a', content: 'old' },
              { path: 'b', content: 'b' },
              { path: 'same', content: '0' },
            ],
          },
          {
            entries: [
              { path: 'a', content: 'new' },
              { path: 'to-b', linkTarget: 'b' },
              { path: 'hard', kind: 'hardlink', linkTarget: 'b' },
              { path: 'same', content: '1' },
              { path: 'same', content: 'last' },
              { path: 'big', content: 'x'.repeat(100) },
            ],
          },
        ],
      }),
      numbered,
    );
    const builder = new TreeBuilder({ add: () => {} });
    for (const layer of (await readImage(image, [])).layers) builder.apply(layer.index);
    const { files, issues } = await readFiles(
      image,
      builder.tree,
      ['/a', '/to-b', '/hard', '/same', '/big', '/nope', '/'],
      { sizeBytesMax: 50 },
    );
    assert.deepEqual(
      Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])),
      { '/a': 'new', '/to-b': 'b', '/hard': 'b', '/same': 'last' },
    );
    assert.deepEqual(
      issues.map(({ code, where }) => [code, where]),
      [['file-too-large', '/big']],
    );
  });
