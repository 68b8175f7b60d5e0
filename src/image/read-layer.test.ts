// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { buildLayer, sha256 } from '../../testing/image-builder.ts';
import { type TarInput, writeTar } from '../formats/tar/write-tar.ts';
import type { Digest } from '../model/digest.ts';
import { decodePath } from '../model/path-bytes.ts';
import type { ContentFile, FilePattern, FileReader } from './file-reader.ts';
import type { LayerContent } from './image.ts';
import { encodeLayerIndex } from './layer-index-codec.ts';
import { type LayerResult, readLayer, type ReadLayerOptions } from './read-layer.ts';

type Promises = { readonly digest?: Digest; readonly diffId?: Digest };

async function* inSteps(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

function blob(bytes: Uint8Array, promises: Promises = {}, step = 1000): LayerContent {
  return { kind: 'blob', bytes: inSteps(bytes, step), ...promises };
}

async function read(
  entries: readonly TarInput[],
  readers: readonly FileReader[] = [],
  options: ReadLayerOptions = {},
): Promise<LayerResult> {
  return await readLayer(blob(writeTar(entries)), readers, options);
}

function reader(
  files: readonly FilePattern[],
  read: FileReader['read'] = (file) => Buffer.from(file.bytes()).toString(),
  id = 'test',
): FileReader {
  return { id, version: 1, files, read };
}

function codes(result: LayerResult): readonly string[] {
  return result.issues.map(({ code }) => code);
}

const sizeBytesMax = 1 << 20;
const entries: readonly TarInput[] = [
  { path: 'var/lib/dpkg/status', content: 'status' },
  { path: 'var/lib/dpkg/status-old', content: 'old' },
  { path: 'var/lib/dpkg/info/a.LIST', content: 'list' },
  { path: 'var/lib/dpkg/info/a.md5sums', content: 'sums' },
  { path: 'var/lib/dpkg/info/deeper/b.list', content: 'deep' },
  { path: 'app/package.json', content: '{}' },
  { path: 'app/x.JAR', content: 'jar' },
  { path: 'usr/bin/tool', content: '\x7fELF and more', mode: 0o755 },
  { path: 'usr/bin/script', content: '#!/bin/sh', mode: 0o755 },
  { path: 'empty.jar', content: '' },
  { path: 'link.jar', linkTarget: 'app/x.JAR' },
];

test('readers see the files that they asked for, by name or by first bytes', async () => {
  for (const [pattern, want] of [
    [{ kind: 'path', path: '/var/lib/dpkg/status' }, ['/var/lib/dpkg/status']],
    [{ kind: 'basename', basename: 'package.json' }, ['/app/package.json']],
    [{ kind: 'suffix', suffix: '.jar' }, ['/app/x.JAR', '/empty.jar']],
    [{ kind: 'suffix', suffix: '/info/a.list' }, ['/var/lib/dpkg/info/a.LIST']],
    [
      { kind: 'folder', folder: '/var/lib/dpkg/info' },
      ['/var/lib/dpkg/info/a.LIST', '/var/lib/dpkg/info/a.md5sums'],
    ],
    [
      { kind: 'folder', folder: '/var/lib/dpkg/info/', suffix: '.list' },
      ['/var/lib/dpkg/info/a.LIST'],
    ],
    [{ kind: 'elf' }, ['/usr/bin/tool']],
  ] as const) {
    const result = await read(entries, [reader([{ ...pattern, sizeBytesMax }])]);
    const facts = result.facts.get('test')!;
    assert.deepEqual(
      facts.map(({ path }) => path),
      want,
      JSON.stringify(pattern),
    );
    for (const { path, record, fact } of facts) {
      assert.equal(`/${decodePath(result.index.path(record))}`, path);
      assert.equal(fact, entries.find((entry) => `/${String(entry.path)}` === path)!.content);
    }
  }
});

test('one file is shown once to each reader that wants it', async () => {
  const seen: string[] = [];
  const twice: FilePattern[] = [
    { kind: 'elf', sizeBytesMax },
    { kind: 'basename', basename: 'tool', sizeBytesMax: 1 },
    { kind: 'suffix', suffix: 'tool', sizeBytesMax: 1 },
  ];
  const noting = (id: string): FileReader =>
    reader(twice, (file) => void seen.push(`${id} ${file.path}`), id);
  const result = await read(entries, [noting('one'), noting('two')]);
  assert.deepEqual(seen, ['one /usr/bin/tool', 'two /usr/bin/tool']);
  assert.deepEqual(codes(result), []);
});

test('first bytes tell what a file is, also when they come one by one', async () => {
  for (const step of [1, 512, 100_000]) {
    const { index } = await readLayer(blob(writeTar(entries), {}, step), []);
    const classes: Record<string, string> = {};
    for (let record = 1; record < index.count; record++)
      if (index.kind(record) === 'file')
        classes[decodePath(index.name(record))] = index.content(record);
    assert.equal(classes['tool'], 'elf');
    assert.equal(classes['script'], 'script');
    assert.equal(classes['status'], 'other');
    assert.equal(classes['empty.jar'], 'other');
  }
});

test('the index knows what the entries say', async () => {
  const { index } = await read([
    {
      path: 'f',
      content: 'x',
      mode: 0o4755,
      uid: 1,
      gid: 2,
      xattrs: { 'security.capability': 'cap' },
    },
    { path: 'l', linkTarget: 'f' },
    { path: 'big', sparse: { format: 'pax-1.0', sizeBytes: 5 * 2 ** 40, fragments: [] } },
  ]);
  assert.equal(index.count, 4);
  assert.deepEqual(
    [index.mode(1), index.uid(1), index.gid(1), index.sizeBytes(1)],
    [0o4755, 1, 2, 1],
  );
  assert.equal(String(Buffer.from(index.capabilities.get(1)!)), 'cap');
  assert.equal(String(Buffer.from(index.linkTarget(2)!)), 'f');
  assert.equal(index.sizeBytes(3), 5 * 2 ** 40);
});

test('digests are computed, and compared where they are known', async () => {
  const tar = writeTar(entries);
  const diffId = sha256(tar);
  for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
    const digest = sha256(bytes);
    for (const promises of [{}, { digest }, { diffId }, { digest, diffId }]) {
      const result = await readLayer(blob(bytes, promises), []);
      assert.deepEqual([result.digest, result.diffId], [digest, diffId]);
      assert.equal(result.sizeBytes, bytes.length);
      assert.ok(result.complete);
    }
    const wrong = sha256(Buffer.from('other'));
    for (const promises of [{ digest: wrong }, { diffId: wrong }, { digest, diffId: wrong }])
      await assert.rejects(readLayer(blob(bytes, promises), []), { code: 'digest-mismatch' });
  }
});

test('sha512 is compared as such', async () => {
  const tar = writeTar(entries);
  const sha512 = (bytes: Uint8Array): Digest =>
    `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
  for (const bytes of [tar, gzipSync(tar)]) {
    const result = await readLayer(blob(bytes, { digest: sha512(bytes), diffId: sha256(tar) }), []);
    assert.deepEqual([result.digest, result.diffId], [sha512(bytes), sha256(tar)]);
  }
});

test('what stands behind the compressed stream counts for the digest', async () => {
  const { bytes } = buildLayer({ entries });
  const padded = Buffer.concat([bytes, Buffer.alloc(5000)]);
  assert.ok((await readLayer(blob(padded, { digest: sha256(padded) }), [])).complete);
});

test('a damaged stream gives what came before it', async () => {
  const big: readonly TarInput[] = [...entries, { path: 'z', content: randomBytes(400_000) }];
  const tar = writeTar(big);
  for (const [name, bytes] of [
    ['plain', tar.subarray(0, 50_000)],
    ['gzip', gzipSync(tar, { level: 0 }).subarray(0, 50_000)],
    ['zstd', zstdCompressSync(tar).subarray(0, 300_000)],
  ] as const) {
    const result = await readLayer(blob(bytes), []);
    assert.ok(result.index.count > 10, `${name}: ${result.index.count}`);
    assert.ok(codes(result).length > 0, name);
    assert.equal(result.complete, name === 'plain', name);
  }
});

test('a damaged blob of a known digest is refused', async () => {
  const bytes = gzipSync(writeTar(entries));
  const digest = sha256(bytes);
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1]! ^= 1;
  for (const damaged of [flipped, bytes.subarray(0, -20)])
    await assert.rejects(readLayer(blob(damaged, { digest }), []), { code: 'digest-mismatch' });
});

test('what a reader throws is an issue of that file', async () => {
  const failing = reader([{ kind: 'suffix', suffix: '', sizeBytesMax }], (file) => {
    if (file.path.endsWith('status')) throw new TypeError('odd status');
    return 1;
  });
  const patterns: FilePattern[] = [{ kind: 'folder', folder: '/var/lib/dpkg', sizeBytesMax }];
  const late = reader(patterns, async (file) => await failing.read(file, { issues: { add() {} } }));
  for (const each of [{ ...failing, files: patterns }, late]) {
    const result = await read(entries, [each]);
    assert.equal(result.facts.get('test')!.length, 1);
    assert.deepEqual(codes(result), ['unreadable-file']);
    assert.equal(result.issues[0]!.where, '/var/lib/dpkg/status');
    assert.match(result.issues[0]!.message, /odd status/);
  }
});

test('issues that a reader tells get the file that they are of', async () => {
  const telling = reader(
    [{ kind: 'basename', basename: 'status', sizeBytesMax }],
    (_, { issues }) => {
      issues.add({ code: 'odd', message: 'odd', fatal: false });
      return undefined;
    },
  );
  const result = await read(entries, [telling]);
  assert.deepEqual(result.issues, [
    { code: 'odd', message: 'odd', fatal: false, where: '/var/lib/dpkg/status' },
  ]);
  assert.deepEqual(result.readerIssues.get('test'), result.issues);
});

test('a file that is too large is not kept, and that is told', async () => {
  const result = await read(entries, [
    reader([{ kind: 'basename', basename: 'status', sizeBytesMax: 5 }]),
    reader([{ kind: 'basename', basename: 'status', sizeBytesMax: 6 }], undefined, 'other'),
  ]);
  assert.deepEqual(codes(result), ['file-too-large']);
  assert.deepEqual(result.facts.get('test'), []);
  assert.equal(result.facts.get('other')!.length, 1);
});

test('large content can be read anywhere, from memory and from the spool', async () => {
  const block = Buffer.alloc(1 << 20, 'abcdefg');
  for (const blocks of [3, 40]) {
    const content = Buffer.concat(Array.from({ length: blocks }, () => block));
    const check = (file: ContentFile): number => {
      assert.equal(file.sizeBytes, content.length);
      for (const [offset, length] of [
        [0, 10],
        [block.length - 3, 6],
        [content.length - 2, 100],
        [content.length + 5, 1],
        [123_456, 3_000_000],
      ] as const)
        assert.ok(
          Buffer.from(file.read(offset, length)).equals(content.subarray(offset, offset + length)),
          `${length} bytes at ${offset}`,
        );
      assert.ok(Buffer.from(file.bytes()).equals(content));
      return 1;
    };
    const patterns: FilePattern[] = [{ kind: 'basename', basename: 'big', sizeBytesMax: 1 << 30 }];
    const tar = writeTar([
      { path: 'big', content },
      { path: 'after/big', content },
    ]);
    const result = await readLayer(blob(tar, {}, 1 << 20), [reader(patterns, check)]);
    assert.deepEqual(result.issues, []);
    assert.equal(result.facts.get('test')!.length, 2);
  }
});

test('the next file waits until an asynchronous reader has ended', async () => {
  const order: string[] = [];
  const slow = reader([{ kind: 'suffix', suffix: '.jar', sizeBytesMax }], async (file) => {
    order.push(`begin ${file.path}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
    order.push(`end ${file.path} ${file.bytes().length}`);
    return 1;
  });
  await read(entries, [slow]);
  assert.deepEqual(order, [
    'begin /app/x.JAR',
    'end /app/x.JAR 3',
    'begin /empty.jar',
    'end /empty.jar 0',
  ]);
});

test('a decompression bomb is given up', async () => {
  const bombs = {
    ratio: { ratioFromBytes: 1 << 20, ratioMax: 100 },
    size: { tarBytesMax: 4 << 20 },
  };
  const tar = writeTar([{ path: 'first' }, { path: 'zeros', content: Buffer.alloc(16 << 20) }]);
  for (const bytes of [gzipSync(tar), zstdCompressSync(tar)])
    for (const bombLimits of Object.values(bombs)) {
      const result = await readLayer(blob(bytes), [], { bombLimits });
      assert.deepEqual(codes(result), ['decompression-bomb', 'truncated-archive']);
      assert.equal(result.complete, false);
      assert.equal(result.index.count, 3);
    }
});

test('a layer of too many entries or too long names is read in part', async () => {
  const many = Array.from({ length: 100 }, (_, at): TarInput => ({ path: `d/file-${at}` }));
  for (const indexLimits of [{ recordsMax: 50 }, { nameBytesMax: 200 }]) {
    const result = await read(many, [], { indexLimits });
    assert.deepEqual(codes(result), ['too-many-entries']);
    assert.equal(result.complete, false);
    assert.ok(result.index.count > 20 && result.index.count <= 50);
  }
});

test('a stopped read ends at once', async () => {
  const controller = new AbortController();
  let chunks = 0;
  const bytes = (async function* () {
    for (;;) {
      if (++chunks === 5) controller.abort();
      yield Buffer.alloc(1 << 16);
    }
  })();
  const { signal } = controller;
  await assert.rejects(readLayer({ kind: 'blob', bytes }, [], { signal }), { code: 'aborted' });
  assert.equal(chunks, 5);
});

test('errors of the medium stay what they are, and it is closed', async () => {
  let closed = false;
  const bytes = (async function* () {
    try {
      yield gzipSync(writeTar(entries)).subarray(0, 100);
      throw new RangeError('the disk is gone');
    } finally {
      closed = true;
    }
  })();
  await assert.rejects(readLayer({ kind: 'blob', bytes }, []), RangeError);
  assert.ok(closed);
});

test('what readers say is kept up to a number of bytes, and such a result is not for the cache', async () => {
  const wanting = reader([{ kind: 'suffix', suffix: '.list', sizeBytesMax }]);
  const lists = Array.from({ length: 10 }, (_, at) => ({
    path: `${at}.list`,
    content: 'x'.repeat(1000),
  }));
  const all = await read(lists, [wanting]);
  assert.deepEqual([all.facts.get('test')!.length, all.complete, codes(all)], [10, true, []]);
  const some = await read(lists, [wanting], { factBytesMax: 5000 });
  assert.deepEqual(
    [some.facts.get('test')!.length, some.complete, codes(some)],
    [4, false, ['too-many-files']],
  );
});

test('chunks whose memory is freed leave nothing behind that was not read', async () => {
  // Decompressed chunks end somewhere inside names, headers, short files and long ones.
  const long = 'n'.repeat(200);
  const inputs = Array.from({ length: 3000 }, (_, number): TarInput => {
    const letter = String.fromCodePoint(97 + (number % 26));
    const folder = `${letter}${long}/${number}`;
    const script = `#!${letter}`.repeat(((number * 7919) % 5000) + 1);
    return { path: `${folder}/${long}.txt`, mode: 0o755, content: script };
  });
  const tar = writeTar(inputs);
  assert.ok(tar.length > 10 << 20);
  const hash = (file: ContentFile): string => sha256(file.bytes());
  const all = reader([{ kind: 'suffix', suffix: '.txt', sizeBytesMax }], hash);
  const plain = await readLayer(blob(tar, {}, 1 << 20), [all]);
  assert.deepEqual(
    plain.facts.get('test')!.map(({ path, fact }) => [path, fact]),
    inputs.map(({ path, content }) => [`/${String(path)}`, sha256(Buffer.from(content as string))]),
  );
  for (const bytes of [gzipSync(tar, { level: 1 }), zstdCompressSync(tar)]) {
    const freed = await readLayer(blob(bytes, {}, 1 << 16), [all]);
    assert.deepEqual(freed.facts, plain.facts);
    assert.deepEqual(encodeLayerIndex(freed.index), encodeLayerIndex(plain.index));
  }
});
