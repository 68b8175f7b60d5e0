// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { sha256 } from '../../../../testing/image-builder.ts';
import { readLayers, walkTree } from '../../../../testing/read-image.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { writeTar } from '../../../formats/tar/write-tar.ts';
import type { FileReader } from '../../file-reader.ts';
import { readImage } from '../../read-image.ts';
import { mountsToSkip, parseMounts } from './mounts.ts';
import { plugin } from './plugin.ts';

test('a directory is one tree of entries', async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/file'), 'content');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/a/`), Buffer.of(0xff)]), 'bytes');
  chmodSync(join(folder, 'a/b/file'), 0o4755);
  symlinkSync('/etc/passwd', join(folder, 'link'));
  symlinkSync('/', join(folder, 'a/up'));
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  assert.equal(await plugin.recognises!(folder), true);
  const image = await plugin.open(folder, sourceContext());
  const entries = await walkTree(image, 0);
  assert.deepEqual(
    entries.map(({ name, kind, content }) => [name, kind, content]),
    [
      ['a', 'directory', ''],
      ['a/b', 'directory', ''],
      ['a/b/file', 'file', 'content'],
      ['a/up', 'symlink', ''],
      ['a/\udcff', 'file', 'bytes'],
      ['link', 'symlink', ''],
      ['pipe', 'fifo', ''],
    ],
  );
  const [file, link] = [entries[2]!, entries[5]!];
  assert.deepEqual([file.mode, file.sizeBytes], [0o4755, 7]);
  assert.equal(Buffer.from(link.linkTarget!).toString(), '/etc/passwd');
  assert.deepEqual(image.issues, []);
  assert.deepEqual(image.skippedMounts, []);
});

test('files that vanish or are exchanged for links while walking are passed over', async (context) => {
  const folder = temporaryFolder(context);
  const outside = temporaryFolder(context);
  writeFileSync(join(outside, 'secret'), 'secret');
  for (const name of ['gone', 'swapped', 'folder']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'folder/secret'), 'mine');
  writeFileSync(join(folder, 'gone/file'), 'x');
  writeFileSync(join(folder, 'swapped/secret'), 'x');
  const image = await plugin.open(folder, sourceContext());
  const seen: string[] = [];
  for await (const layer of image.readLayers(new Set([0]))) {
    assert.equal(layer.kind, 'tree');
    if (layer.kind !== 'tree') continue;
    await layer.walk({
      entry(entry) {
        const path = Buffer.from(entry.path).toString();
        // The moment between seeing a folder and entering it.
        if (path === 'gone') rmSync(join(folder, path), { recursive: true });
        if (path === 'swapped') {
          rmSync(join(folder, path), { recursive: true });
          symlinkSync(outside, join(folder, path));
        }
        if (path === 'folder/secret') {
          rmSync(join(folder, path));
          symlinkSync(join(outside, 'secret'), join(folder, path));
        }
        return { chunk: (bytes) => seen.push(Buffer.from(bytes).toString()), end: () => {} };
      },
    });
  }
  assert.deepEqual(seen, []);
  assert.deepEqual(image.issues, []);
});

test('content is read no further than it is wanted', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'large'), Buffer.alloc(1 << 20));
  const image = await plugin.open(folder, sourceContext());
  let sizeBytes = 0;
  let ended: boolean | undefined;
  for await (const layer of image.readLayers(new Set([0])))
    if (layer.kind === 'tree')
      await layer.walk({
        entry: () => ({
          wantsMore: () => sizeBytes < 4,
          chunk: (bytes) => {
            sizeBytes += bytes.length;
          },
          end: (complete) => {
            ended = complete;
          },
        }),
      });
  assert.ok(sizeBytes >= 4 && sizeBytes <= 4096, String(sizeBytes));
  assert.equal(ended, true);
});

test('a very deep tree ends with an issue', async (context) => {
  const folder = temporaryFolder(context);
  const deep = spawnSync('sh', ['-c', 'for i in $(seq 300); do mkdir d && cd d || exit 1; done'], {
    cwd: folder,
  });
  assert.equal(deep.status, 0);
  const image = await plugin.open(folder, sourceContext());
  assert.ok((await walkTree(image, 0)).length >= 200);
  assert.deepEqual(
    image.issues.map(({ code, fatal }) => [code, fatal]),
    [['too-deep', true]],
  );
});

test('tarballs are one layer, whatever their compression', async (context) => {
  const path = join(temporaryFolder(context), 'root');
  const tar = writeTar([{ path: 'etc/hostname', content: 'h' }]);
  for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
    writeFileSync(path, bytes);
    assert.equal(await plugin.recognises!(path), true);
    const image = await plugin.open(path, sourceContext());
    assert.deepEqual(await readLayers(image), [
      { number: 0, diffId: sha256(tar), digest: sha256(bytes) },
    ]);
    assert.equal((await readLayers(image)).length, 1, 'a second pass');
    assert.equal(image.layers[0]!.sizeBytes, bytes.length);
    await image.close();
  }
});

test('what is neither directory nor file is refused, not waited for', async (context) => {
  const path = join(temporaryFolder(context), 'pipe');
  spawnSync('mkfifo', [path]);
  assert.equal(await plugin.recognises!(path), false);
  await assert.rejects(plugin.open(path, sourceContext()), {
    code: 'io',
    message: /no regular file/,
  });
  await assert.rejects(plugin.open('/nonexistent', sourceContext()), { code: 'not-found' });
});

const mountinfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
23 27 0:22 / /sys rw - sysfs sysfs rw
31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
24 27 0:6 / /dev rw - devtmpfs devtmpfs rw
27 1 254:0 / / rw - ext4 /dev/vda rw
40 27 0:40 / /tmp rw,nosuid shared:3 master:1 - tmpfs tmpfs rw
41 27 254:1 / /home rw - xfs /dev/vdb rw
42 27 0:42 / /mnt/with\\040blank rw - nfs4 server:/x rw
43 27 0:43 / /mnt/f rw - fuse.sshfs h: rw
44 27 254:0 / /mnt/again rw - ext4 /dev/vda rw
45 27 0:45 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
46 27 0:46 / /hidden rw - nfs server:/y rw
47 46 254:3 / /hidden rw - ext4 /dev/vdc rw
48 27 254:0 /etc/hosts /mnt/hosts rw - ext4 /dev/vda rw
damaged line
`;

test('pseudo, remote, repeated and container file systems are skipped', () => {
  const skipped = mountsToSkip('/', parseMounts(mountinfo));
  assert.deepEqual([...skipped].sort(), [
    '/dev',
    '/mnt/again',
    '/mnt/f',
    '/mnt/with blank',
    '/proc',
    '/sys',
    '/var/lib/docker/overlay2/x/merged',
  ]);
});

test('only mounts below the root count, and the root itself is read', () => {
  const mounts = parseMounts(mountinfo);
  assert.deepEqual([...mountsToSkip('/mnt', mounts)].sort(), ['/mnt/f', '/mnt/with blank']);
  assert.deepEqual([...mountsToSkip('/var/lib/docker/overlay2/x/merged', mounts)], []);
  assert.deepEqual([...mountsToSkip('/mnt/f', mounts)], []);
  assert.deepEqual([...mountsToSkip('/ho', mounts)], []);
});

test('content is read where it may be a program or a library, or is wanted by its name', async (context) => {
  const folder = temporaryFolder(context);
  const elf = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(600_000, 'e')]);
  const files = ['program', 'libz.so', 'libz.so.1.3', 'data', 'x.sound', 'wanted.jar'];
  for (const name of files) writeFileSync(join(folder, name), elf);
  chmodSync(join(folder, 'program'), 0o755);
  const hash: FileReader['read'] = (file) => sha256(file.bytes());
  const readers: readonly FileReader[] = [
    { id: 'elf', version: 1, files: [{ kind: 'elf', sizeBytesMax: 1 << 20 }], read: hash },
    {
      id: 'jar',
      version: 1,
      files: [{ kind: 'suffix', suffix: '.jar', sizeBytesMax: 1 << 20 }],
      read: hash,
    },
  ];
  const image = await plugin.open(folder, sourceContext());
  const { layers } = await readImage(image, readers);
  const told = (id: string) =>
    Object.fromEntries(layers[0]!.facts.get(id)!.map(({ path, fact }) => [path, fact]));
  const programs = ['/libz.so', '/libz.so.1.3', '/program', '/wanted.jar'];
  // In several pieces, all of them through one buffer.
  assert.deepEqual(told('elf'), Object.fromEntries(programs.map((path) => [path, sha256(elf)])));
  assert.deepEqual(told('jar'), { '/wanted.jar': sha256(elf) });
});
