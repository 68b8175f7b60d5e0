// SPDX-License-Identifier: Apache-2.0
// A layer of three million entries, as thirty megabytes of gzip hold it: read and merged in a
// process of its own, whose memory is looked at.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { createGzip } from 'node:zlib';
import { writeTar } from '../formats/tar/write-tar.ts';
import { TreeBuilder } from './merge-layers.ts';
import { readLayer } from './read-layer.ts';

const count = 3_000_000;

/** Headers made from one template, a thousand to a folder. */
async function* layer(): AsyncGenerator<Uint8Array> {
  const template = writeTar([{ path: 'd0000/f0000000', uid: 1000, content: '' }]).subarray(0, 512);
  const perChunk = 2048;
  for (let first = 0; first < count; first += perChunk) {
    const chunk = Buffer.alloc(perChunk * 512);
    for (let at = 0; at < perChunk && first + at < count; at++) {
      const header = chunk.subarray(at * 512, (at + 1) * 512);
      header.set(template);
      const number = first + at;
      const folder = String(Math.floor(number / 1000)).padStart(4, '0');
      header.write(`d${folder}/f${String(number).padStart(7, '0')}`, 0, 'latin1');
      header.fill(0x20, 148, 156);
      let sum = 0;
      for (const byte of header) sum += byte;
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    }
    yield chunk;
  }
  yield new Uint8Array(1024);
}

async function readAll(file: string): Promise<Record<string, unknown>> {
  const bytes = createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>;
  const { index, issues } = await readLayer({ kind: 'blob', bytes }, []);
  const builder = new TreeBuilder({ add: () => {} });
  builder.apply(index);
  const { tree } = builder;
  const found = tree.lookup('/d2999/f2999999');
  const residentBytes = process.resourceUsage().maxRSS * 1024;
  return { issues, size: tree.size, uid: found?.uid, residentBytes };
}

async function readInChild(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-entries-'));
  try {
    const file = join(folder, 'layer.tar.gz');
    await pipeline(Readable.from(layer()), createGzip({ level: 1 }), createWriteStream(file));
    const args = ['--disable-warning=ExperimentalWarning', import.meta.filename, file];
    const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout) as Record<string, unknown>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const given = process.argv[2];
if (given?.endsWith('layer.tar.gz') === true) console.log(JSON.stringify(await readAll(given)));
else
  test('three million entries are all there, in less than 300 MB', async () => {
    const { residentBytes, ...told } = await readInChild();
    // The folders, and the root.
    assert.deepEqual(told, { issues: [], size: count + 3000 + 1, uid: 1000 });
    assert.ok(Number(residentBytes) < 300 << 20, `${String(residentBytes)} bytes`);
  });
