// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { dataFolder, noData } from '../../../testing/data.ts';
import { IssueList } from '../../model/issue.ts';
import { decodePath } from '../../model/path-bytes.ts';
import type { TarEntry } from './tar-entry.ts';
import type { TarLimits } from './tar-limits.ts';
import { TarParser } from './tar-parser.ts';
import { type TarInput, writeTar } from './write-tar.ts';

interface Seen extends Omit<TarEntry, 'path' | 'linkTarget'> {
  readonly path: string;
  readonly linkTarget?: string;
  content?: Buffer;
  complete?: boolean;
}

interface Parsed {
  readonly entries: readonly Seen[];
  readonly codes: readonly string[];
  readonly fatal: boolean;
}

async function parse(
  bytes: Uint8Array,
  options: { step?: number; limits?: Partial<TarLimits>; wanted?: boolean } = {},
): Promise<Parsed> {
  const issues = new IssueList();
  const entries: Seen[] = [];
  const parser = new TarParser(
    {
      entry(entry) {
        const { path, linkTarget, ...rest } = entry;
        const link = linkTarget === undefined ? {} : { linkTarget: decodePath(linkTarget) };
        const seen: Seen = { ...rest, path: decodePath(path), ...link };
        entries.push(seen);
        if (entry.kind !== 'file' || options.wanted === false) return undefined;
        const chunks: Uint8Array[] = [];
        return {
          chunk: (chunk) => void chunks.push(chunk),
          end: (complete) => {
            seen.content = Buffer.concat(chunks);
            seen.complete = complete;
          },
        };
      },
    },
    issues,
    options.limits,
  );
  const step = options.step ?? bytes.length;
  for (let at = 0; at < bytes.length; at += step) await parser.push(bytes.slice(at, at + step));
  await parser.end();
  const list = issues.toArray();
  return { entries, codes: list.map(({ code }) => code), fatal: issues.hasFatal };
}

function onlyPaths({ entries }: Parsed): readonly string[] {
  return entries.map(({ path }) => path);
}

const longName = `${'long/'.repeat(60)}name`;
const oddName = Buffer.from('bad\xff\xfename', 'latin1');

test('every form that the writer has comes back as it went in', async () => {
  const fragments = Array.from({ length: 30 }, (_, index) => ({
    offset: index * 1000,
    bytes: Buffer.from(`fragment ${index}`),
  }));
  const sparse = (format: NonNullable<TarInput['sparse']>['format']): TarInput => ({
    path: `sparse-${format}`,
    sparse: { format, sizeBytes: 40_000, fragments },
  });
  const expanded = Buffer.alloc(40_000);
  for (const { offset, bytes } of fragments) expanded.set(bytes, offset);
  const archive = writeTar([
    { path: './', mode: 0o755 },
    { path: 'etc/' },
    { path: './etc/passwd', content: 'root', mode: 0o4640, uid: 12, gid: 34, modifiedSeconds: 56 },
    { path: 'etc/link', linkTarget: '../usr' },
    { path: 'etc/hard', kind: 'hardlink', linkTarget: './etc/passwd' },
    { path: 'fifo', kind: 'fifo' },
    { path: 'null', kind: 'character', device: { major: 1, minor: 3 } },
    { path: longName, content: 'pax' },
    { path: `${longName}2`, content: 'gnu', longNames: 'gnu' },
    { path: 'to-long', linkTarget: longName },
    { path: 'to-long-gnu', linkTarget: longName, longNames: 'gnu' },
    { path: `${'p'.repeat(90)}/${'n'.repeat(90)}`, content: 'ustar prefix' },
    { path: oddName, content: 'not UTF-8' },
    { path: 'big-ids', uid: 2_000_000_000, gid: 3_000_000_000, modifiedSeconds: -1.5, content: '' },
    { path: 'xattrs', xattrs: { 'security.capability': Buffer.of(1, 0, 0, 2) }, content: '' },
    sparse('gnu'),
    sparse('pax-0.0'),
    sparse('pax-0.1'),
    sparse('pax-1.0'),
  ]);
  const whole = await parse(archive);
  assert.deepEqual(whole.codes, []);
  for (const step of [1, 511, 512, 513, 4000])
    assert.deepEqual(await parse(archive, { step }), whole, `in steps of ${step} bytes`);
  const at = (path: string): Seen => {
    const seen = whole.entries.find((entry) => entry.path === path);
    assert.ok(seen, path);
    return seen;
  };
  assert.equal(whole.entries[0]!.path, '');
  const passwd = at('etc/passwd');
  assert.equal(String(passwd.content), 'root');
  assert.deepEqual(
    [passwd.mode, passwd.uid, passwd.gid, passwd.modifiedSeconds],
    [0o4640, 12, 34, 56],
  );
  assert.equal(at('etc/link').linkTarget, '../usr');
  assert.equal(at('etc/hard').linkTarget, 'etc/passwd');
  assert.equal(at('null').kind, 'character');
  assert.equal(String(at(longName).content), 'pax');
  assert.equal(String(at(`${longName}2`).content), 'gnu');
  assert.equal(at('to-long').linkTarget, longName);
  assert.equal(at('to-long-gnu').linkTarget, longName);
  assert.equal(String(at('bad\udcff\udcfename').content), 'not UTF-8');
  const big = at('big-ids');
  assert.deepEqual([big.uid, big.gid, big.modifiedSeconds], [2_000_000_000, 3_000_000_000, -1.5]);
  assert.deepEqual([...at('xattrs').xattrs!], [['security.capability', Buffer.of(1, 0, 0, 2)]]);
  for (const format of ['gnu', 'pax-0.0', 'pax-0.1', 'pax-1.0']) {
    assert.equal(at(`sparse-${format}`).sizeBytes, 40_000);
    assert.ok(at(`sparse-${format}`).content!.equals(expanded), format);
  }
});

test(
  'the entries of real root file systems are those that GNU tar lists',
  { skip: noData },
  async () => {
    const folder = join(dataFolder, 'rootfs');
    const archives = readdirSync(folder).filter((name) => name.endsWith('.tar.gz'));
    assert.ok(archives.length >= 7);
    for (const name of archives) {
      const bytes = gunzipSync(readFileSync(join(folder, name)));
      const listed = spawnSync('tar', ['--numeric-owner', '-tvf', '-'], {
        input: bytes,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
        maxBuffer: 1 << 26,
      });
      assert.equal(listed.status, 0, listed.stderr);
      const parsed = await parse(bytes, { step: 1 << 16 });
      assert.deepEqual(parsed.codes, []);
      assert.deepEqual(
        parsed.entries.map(asGnuTar),
        listed.stdout.trimEnd().split('\n').map(squeeze),
      );
    }
  },
);

/** `mode owner size name`, without the date and what differs in writing. */
function squeeze(line: string): string {
  const [mode, owner, size, , , ...name] = line.split(/ +/);
  return `${mode} ${owner} ${size} ${name.join(' ').replace(/^\.\//, '').replace(/\/$/, '')}`;
}

function asGnuTar(entry: Seen): string {
  const letters = { directory: 'd', symlink: 'l', hardlink: 'h' } as Record<string, string>;
  const bits = entry.mode
    .toString(2)
    .padStart(12, '0')
    .split('')
    .map((bit) => bit === '1');
  const rights = [3, 4, 5, 6, 7, 8, 9, 10, 11].map((at) => (bits[at] ? 'rwx'[at % 3]! : '-'));
  for (const [special, at, letter] of [
    [0, 2, 's'],
    [1, 5, 's'],
    [2, 8, 't'],
  ] as const)
    if (bits[special]) rights[at] = rights[at] === 'x' ? letter : letter.toUpperCase();
  const link =
    entry.kind === 'symlink'
      ? ` -> ${entry.linkTarget}`
      : entry.kind === 'hardlink'
        ? ` link to ./${entry.linkTarget}`
        : '';
  const mode = (letters[entry.kind] ?? '-') + rights.join('');
  return `${mode} ${entry.uid}/${entry.gid} ${entry.sizeBytes} ${entry.path}${link}`;
}

test('sparse files that GNU tar writes have the content that it read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-tar-'));
  try {
    const content = Buffer.alloc(3_000_000);
    for (let index = 0; index < 12; index++) content.write(`island ${index}`, index * 250_000);
    writeHoles(join(folder, 'sparse'), content);
    symlinkSync('sparse', join(folder, 'link'));
    for (const form of [
      'gnu',
      'posix --sparse-version=0.0',
      'posix --sparse-version=0.1',
      'posix',
    ]) {
      const args = [
        '-C',
        folder,
        '--sparse',
        ...`--format=${form}`.split(' '),
        '-cf',
        '-',
        'sparse',
        'link',
      ];
      const made = spawnSync('tar', args, { maxBuffer: 1 << 26 });
      assert.equal(made.status, 0, String(made.stderr));
      assert.ok(made.stdout.length < 100_000, 'it is sparse');
      const { entries, codes } = await parse(made.stdout, { step: 999 });
      assert.deepEqual(codes, []);
      assert.equal(entries[0]!.path, 'sparse');
      assert.equal(entries[0]!.sizeBytes, content.length);
      assert.ok(entries[0]!.content!.equals(content), form);
      assert.equal(entries[1]!.linkTarget, 'sparse');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Writes only the blocks that are not zero. */
function writeHoles(file: string, content: Buffer): void {
  const handle = openSync(file, 'w');
  ftruncateSync(handle, content.length);
  for (let at = 0; at < content.length; at += 4096) {
    const block = content.subarray(at, at + 4096);
    if (block.some((byte) => byte !== 0)) writeSync(handle, block, 0, block.length, at);
  }
  closeSync(handle);
}

test('any entries survive writing and reading', async () => {
  const name = fc
    .array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.map((part) => part.replaceAll(/[/\0]|^\.+$/g, '_')).join('/'));
  const input = fc.record({
    path: name,
    content: fc.uint8Array({ maxLength: 2000 }),
    mode: fc.nat(0o7777),
    uid: fc.nat(),
    longNames: fc.constantFrom('pax' as const, 'gnu' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(input), fc.integer({ min: 1, max: 3000 }), async (inputs, step) => {
      const { entries, codes } = await parse(writeTar(inputs), { step });
      assert.deepEqual(codes, []);
      assert.deepEqual(
        entries.map(({ path, content, mode, uid }) => [path, content!.toString('hex'), mode, uid]),
        inputs.map(({ path, content, mode, uid }) => [
          path,
          Buffer.from(content).toString('hex'),
          mode,
          uid,
        ]),
      );
    }),
  );
});

// --- names

test('names are relative to the root, and those that climb above it are refused', async () => {
  const { entries, codes } = await parse(
    writeTar([
      { path: '/etc/a', content: '' },
      { path: '././/etc//./b/', kind: 'directory' },
      { path: 'etc/x/../c', content: '' },
      { path: '../../etc/passwd', content: 'evil' },
      { path: 'a/../../b', content: 'evil' },
      { path: 'link', kind: 'hardlink', linkTarget: '../../etc/shadow' },
      { path: 'symlink', linkTarget: '../../../etc/shadow' },
      { path: '..a/...', content: '' },
    ]),
  );
  assert.deepEqual(
    entries.map(({ path }) => path),
    ['etc/a', 'etc/b', 'etc/c', 'symlink', '..a/...'],
  );
  assert.deepEqual(codes, ['path-escapes', 'path-escapes', 'path-escapes']);
});

test('global PAX headers apply until they are taken back, and renaming ones are told', async () => {
  const parsed = await parse(
    writeTar([
      { path: '', kind: 'global', pax: [['uid', '7']] },
      { path: 'a', content: '' },
      { path: 'b', uid: 3_000_000, content: '' },
      { path: '', kind: 'global', pax: [['uid', '']] },
      { path: 'c', content: '' },
      { path: '', kind: 'global', pax: [['path', 'other']] },
      { path: 'd', content: '' },
    ]),
  );
  assert.deepEqual(
    parsed.entries.map(({ path, uid }) => [path, uid]),
    [
      ['a', 7],
      ['b', 3_000_000],
      ['c', 0],
      ['other', 0],
    ],
  );
  assert.deepEqual(parsed.codes, ['global-pax-header']);
});

test('LIBARCHIVE attributes are decoded', async () => {
  const { entries } = await parse(
    writeTar([{ path: 'a', pax: [['LIBARCHIVE.xattr.user.a%20b', 'aGk=']], content: '' }]),
  );
  assert.deepEqual([...entries[0]!.xattrs!], [['user.a b', Buffer.from('hi')]]);
});

// --- damage

/** Writes the checksum of a header anew, so that only the field itself is wrong. */
function withField(archive: Buffer, at: number, value: Uint8Array | string): Buffer {
  const copy = Buffer.from(archive);
  copy.set(Buffer.from(value), at);
  copy.fill(0x20, 148, 156);
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return copy;
}

const twoFiles = writeTar([
  { path: 'a', content: 'a'.repeat(600) },
  { path: 'b', content: 'b' },
]);

test('a truncated archive gives what came before, and says so', async () => {
  for (const [length, paths, codes] of [
    [0, [], []],
    [100, [], ['truncated-archive']],
    [512, ['a'], ['truncated-archive']],
    [1000, ['a'], ['truncated-archive']],
    [1536, ['a'], ['missing-end-marker']],
    [1600, ['a'], ['truncated-archive']],
    [2048, ['a', 'b'], ['truncated-archive']],
    [2560, ['a', 'b'], ['missing-end-marker']],
    [3072, ['a', 'b'], []],
    [3584, ['a', 'b'], []],
  ] as const) {
    const parsed = await parse(twoFiles.subarray(0, length));
    assert.deepEqual(onlyPaths(parsed), paths, `${length} bytes`);
    assert.deepEqual(parsed.codes, codes, `${length} bytes`);
  }
  const { entries } = await parse(twoFiles.subarray(0, 1000));
  assert.equal(entries[0]!.complete, false);
});

test('a flipped bit in a header ends the reading there', async () => {
  for (let at = 1536; at < 2048; at += 7) {
    const damaged = Buffer.from(twoFiles);
    damaged[at]! ^= 0x10;
    const parsed = await parse(damaged);
    if (at >= 1536 + 148 && at < 1536 + 156) continue;
    assert.deepEqual(onlyPaths(parsed), ['a'], `byte ${at}`);
    assert.deepEqual(parsed.codes, ['invalid-header'], `byte ${at}`);
  }
});

test('numbers in base 256 and with blanks are read, absurd ones end the reading', async () => {
  const size = async (field: Uint8Array | string): Promise<string> => {
    const { entries, codes } = await parse(withField(twoFiles, 124, field), { wanted: false });
    return codes[0] ?? String(entries[0]?.sizeBytes);
  };
  const base256 = (...bytes: readonly number[]): Buffer =>
    Buffer.from([0x80, ...Buffer.alloc(11 - bytes.length), ...bytes]);
  assert.equal(await size(base256(0x02, 0x58)), '600');
  assert.equal(await size('       1130 '), '600');
  assert.equal(await size('00000001130\0'), '600');
  assert.equal(await size('99999999999\0'), 'invalid-header');
  assert.equal(await size(Buffer.alloc(12, 0xff)), 'invalid-header');
  assert.equal(await size(Buffer.from([0x80, ...Buffer.alloc(11, 0xff)])), 'invalid-header');
  assert.equal(await size(base256(1, 0, 0, 0, 0, 0)), 'truncated-archive');
});

test('checksums of signed bytes are accepted', async () => {
  const archive = writeTar([{ path: Buffer.from('\xff\xfe', 'latin1'), content: '' }]);
  archive.fill(0x20, 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + ((byte << 24) >> 24), 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  assert.deepEqual(onlyPaths(await parse(archive)), ['\udcff\udcfe']);
});

test('a folder of before POSIX is a file whose name ends in a slash', async () => {
  const v7 = withField(writeTar([{ path: 'old/', kind: 'file', content: '' }]), 156, '\0');
  assert.equal((await parse(v7)).entries[0]!.kind, 'directory');
});

test('only files have content, whatever size a header claims', async () => {
  const folder = withField(
    writeTar([{ path: 'd/' }, { path: 'f', content: 'x' }]),
    124,
    '00000001000\0',
  );
  assert.deepEqual(onlyPaths(await parse(folder)), ['d', 'f']);
});

test('what stands behind the end marker is no part of the archive', async () => {
  const parsed = await parse(
    Buffer.concat([twoFiles, writeTar([{ path: 'hidden', content: '' }])]),
  );
  assert.deepEqual(onlyPaths(parsed), ['a', 'b']);
  assert.deepEqual(parsed.codes, ['data-after-end']);
});

test('a damaged PAX header costs its entry, not the archive', async () => {
  const good = writeTar([
    { path: 'a', pax: [['comment', 'x']], content: 'a' },
    { path: 'b', content: 'b' },
  ]);
  for (const broken of [
    '99 comment=x\n',
    '0 comment=x\n',
    '13 comment=xx',
    'x3 comment=x\n',
    '13 =omment=x\n',
  ]) {
    const archive = Buffer.from(good);
    archive.write(broken, 512);
    const parsed = await parse(archive);
    assert.deepEqual(onlyPaths(parsed), ['b'], broken);
    assert.deepEqual(parsed.codes, ['invalid-pax-header'], broken);
  }
});

test('PAX values that no file system can hold are refused', async () => {
  for (const record of [
    ['path', 'a\0b'],
    ['size', '-1'],
    ['size', '1e3'],
    ['size', '99999999999999999999'],
    ['mtime', 'now'],
    ['SCHILY.xattr.user.x', 'x'.repeat(70_000)],
    ['GNU.sparse.map', '1,2,x'],
  ] as const) {
    const parsed = await parse(writeTar([{ path: 'a', pax: [record], content: '' }]));
    assert.deepEqual(parsed.codes, ['invalid-pax-header'], record[0]);
    assert.deepEqual(parsed.entries, []);
  }
});

test('sparse maps that do not fit are refused, and the archive goes on', async () => {
  const sparse = (map: string, size: string): TarInput => ({
    path: 's',
    pax: [
      ['GNU.sparse.major', '0'],
      ['GNU.sparse.minor', '1'],
      ['GNU.sparse.size', size],
      ['GNU.sparse.map', map],
    ],
    content: 'abcd',
  });
  for (const [map, size] of [
    ['0,4,2,2', '10'],
    ['4,2,0,2', '10'],
    ['8,4', '10'],
    ['0,3', '10'],
    ['0,5', '10'],
    ['0', '10'],
    ['9007199254740991,4', '9007199254740991'],
  ] as const) {
    const parsed = await parse(writeTar([sparse(map, size), { path: 'b', content: 'b' }]));
    assert.deepEqual(parsed.codes, ['invalid-sparse-file'], map);
    assert.deepEqual(onlyPaths(parsed), ['s', 'b']);
    assert.equal(parsed.entries[0]!.complete, false);
    assert.equal(parsed.entries[1]!.complete, true);
  }
});

test('a hole of terabytes costs nothing unless it is wanted, and then only its limit', async () => {
  const sizeBytes = 8 * 1024 ** 4;
  const archive = writeTar([
    {
      path: 'huge',
      sparse: { format: 'pax-1.0', sizeBytes, fragments: [{ offset: 0, bytes: Buffer.from('x') }] },
    },
    { path: 'b', content: 'b' },
  ]);
  const unwanted = await parse(archive, { wanted: false });
  assert.deepEqual(unwanted.codes, []);
  assert.equal(unwanted.entries[0]!.sizeBytes, sizeBytes);
  const wanted = await parse(archive);
  assert.deepEqual(wanted.codes, ['sparse-file-too-large']);
  assert.deepEqual(
    wanted.entries.map(({ complete }) => complete),
    [false, true],
  );
});

test('limits hold', async () => {
  const cases: readonly (readonly [
    string,
    readonly TarInput[],
    Partial<TarLimits>,
    readonly string[],
  ])[] = [
    [
      'too-many-entries',
      [{ path: 'a' }, { path: 'b' }, { path: 'c' }],
      { entriesMax: 2 },
      ['a', 'b'],
    ],
    ['path-too-long', [{ path: 'x'.repeat(5000) }, { path: 'b' }], {}, ['b']],
    ['path-too-long', [{ path: 'x'.repeat(5000), longNames: 'gnu' }, { path: 'b' }], {}, ['b']],
    ['link-too-long', [{ path: 'a', linkTarget: 'x'.repeat(5000) }, { path: 'b' }], {}, ['b']],
    ['header-too-large', [{ path: 'x'.repeat(2_000_000) }, { path: 'b' }], {}, ['b']],
    [
      'header-too-large',
      [{ path: 'a', pax: [['comment', 'x'.repeat(2_000_000)]] }, { path: 'b' }],
      {},
      ['b'],
    ],
  ];
  for (const [code, inputs, limits, paths] of cases) {
    const parsed = await parse(writeTar(inputs), { limits });
    assert.deepEqual(parsed.codes, [code], code);
    assert.deepEqual(onlyPaths(parsed), paths, code);
    assert.ok(parsed.fatal);
  }
});

test('content waits for a sink that wants to be waited for', async () => {
  const order: string[] = [];
  const parser = new TarParser(
    {
      entry: ({ path }) => {
        order.push(`entry ${decodePath(path)}`);
        return {
          chunk: () => {},
          end: async () => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            order.push(`end ${decodePath(path)}`);
          },
        };
      },
    },
    new IssueList(),
  );
  await parser.push(twoFiles);
  await parser.end();
  assert.deepEqual(order, ['entry a', 'end a', 'entry b', 'end b']);
});

test('chunks are views of what was pushed, not copies', async () => {
  const hash = createHash('sha256').update(twoFiles).digest('hex');
  const views: Uint8Array[] = [];
  const parser = new TarParser(
    { entry: () => ({ chunk: (chunk) => void views.push(chunk), end: () => {} }) },
    new IssueList(),
  );
  await parser.push(twoFiles);
  assert.ok(views.every((view) => view.buffer === twoFiles.buffer));
  assert.equal(createHash('sha256').update(twoFiles).digest('hex'), hash);
});
