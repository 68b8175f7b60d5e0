// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { type TarInput, writeTar } from '../../formats/tar/write-tar.ts';
import { PlimsollError } from '../../model/errors.ts';
import { asyncIterableOf } from '../async-iterable.ts';
import { openArchive } from './archive.ts';
import { readMembers } from './read-members.ts';
import { StreamBytes } from './sequential-bytes.ts';

const long = `${'folder/'.repeat(40)}file`;
const entries: readonly TarInput[] = [
  { path: 'first', content: 'one' },
  { path: './a//b/', kind: 'directory' },
  { path: `pax/${long}`, content: 'two', longNames: 'pax' },
  { path: `gnu/${long}`, content: 'three', longNames: 'gnu' },
  { path: 'link', linkTarget: `pax/${long}` },
  { path: 'hard', kind: 'hardlink', linkTarget: 'first' },
  { path: 'empty', content: '' },
  { path: 'large', content: 'x'.repeat(300_000) },
];

function* inChunks(bytes: Uint8Array, chunkBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function text(content: AsyncIterable<Uint8Array>): Promise<string> {
  let whole = '';
  for await (const chunk of content) whole += Buffer.from(chunk).toString();
  return whole;
}

test('members are gone through, however the stream is cut', async () => {
  const tar = writeTar(entries);
  for (const chunkBytes of [7, 512, 1 << 20]) {
    const found: unknown[] = [];
    for await (const member of readMembers(
      new StreamBytes(asyncIterableOf(inChunks(tar, chunkBytes))),
    )) {
      // Every other content is left, and must be skipped.
      const read = found.length % 2 === 0 ? (await text(member.content)).length : member.sizeBytes;
      found.push([member.path, member.kind, read]);
    }
    assert.deepEqual(found, [
      ['first', 'file', 3],
      ['a/b', 'directory', 0],
      [`pax/${long}`, 'file', 3],
      [`gnu/${long}`, 'file', 5],
      ['link', 'symlink', 0],
      ['hard', 'hardlink', 0],
      ['empty', 'file', 0],
      ['large', 'file', 300_000],
    ]);
  }
});

test('files are read by name, links followed, plain or compressed', async (context) => {
  const path = join(temporaryFolder(context), 'a');
  for (const bytes of [writeTar(entries), gzipSync(writeTar(entries))]) {
    writeFileSync(path, bytes);
    const archive = await openArchive(path);
    const read = async (name: string) => Buffer.from(await archive.read(name, 1000)).toString();
    assert.equal(await read('first'), 'one');
    assert.equal(await read('link'), 'two');
    assert.equal(await read('hard'), 'one');
    assert.equal(await archive.sizeOf('large'), 300_000);
    await assert.rejects(archive.read('large', 1000), { code: 'limit' });
    await assert.rejects(archive.read('a/b', 1000), { code: 'not-found' });
    const names: string[] = [];
    const wanted = new Set(['large', 'first', 'hard', 'link', 'nothing']);
    for await (const { path: name, bytes: content } of archive.contents(wanted)) {
      names.push(name);
      if (name !== 'large') assert.match(await text(content), /^(one|two)$/);
    }
    assert.deepEqual(names.sort(), ['first', 'hard', 'large', 'link']);
    await archive.close();
    await archive.close();
    await assert.rejects(archive.read('large', 1 << 20), { code: 'io' });
  }
});

test('an archive without its end marker or last padding is whole', async (context) => {
  const path = join(temporaryFolder(context), 'a');
  const tar = writeTar([{ path: 'only', content: 'content' }]);
  for (const length of [512 + 7, 1024, 1536, 2048]) {
    writeFileSync(path, tar.subarray(0, length));
    const archive = await openArchive(path);
    assert.equal(Buffer.from(await archive.read('only', 10)).toString(), 'content');
    await archive.close();
  }
  writeFileSync(path, tar.subarray(0, 512 + 6));
  await assert.rejects(openArchive(path), { code: 'invalid', message: /it ends at byte 518/ });
});

test('damage of any kind ends in our own words', async (context) => {
  const path = join(temporaryFolder(context), 'a');
  const tar = writeTar(entries.slice(0, 7));
  const damage = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(tar.length), fc.boolean(), async (bytes, cut, isCompressed) => {
      const damaged = Buffer.from(tar.subarray(0, tar.length - (cut % 3 === 0 ? cut : 0)));
      for (const [at, value] of bytes) if (at < damaged.length) damaged[at] = value;
      writeFileSync(path, isCompressed ? gzipSync(damaged) : damaged);
      try {
        const archive = await openArchive(path);
        for (const name of ['first', 'link', 'hard'])
          await archive.read(name, 1 << 20).catch((error: unknown) => {
            if (!(error instanceof PlimsollError)) throw error;
          });
        await archive.close();
      } catch (error) {
        assert.ok(error instanceof PlimsollError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
