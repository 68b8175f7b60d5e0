// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { isCode } from '../model/errors.ts';
import { silentProgress } from '../model/progress.ts';
import type { Terminal } from './terminal.ts';
import { writeOutput } from './write-output.ts';

function fakeTerminal(): Terminal & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    env: {},
    write: async (text) => {
      written.push(text);
    },
    note: () => {},
    color: false,
    width: 80,
    progress: silentProgress,
    signal: new AbortController().signal,
    now: new Date(0),
  };
}

function* failing(): Iterable<string> {
  yield 'half';
  throw new RangeError('of the report');
}

test('without a file, and for -, pieces go to standard output in order', async () => {
  for (const file of [undefined, '-']) {
    const terminal = fakeTerminal();
    await writeOutput(['a', 'b'], file, terminal);
    assert.deepEqual(terminal.written, ['a', 'b']);
  }
});

test('a file holds it all, and replaces what was there', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'report.json');
  writeFileSync(file, 'the old and longer one');
  const terminal = fakeTerminal();
  await writeOutput(['é', '漢\n'], file, terminal);
  assert.equal(readFileSync(file, 'utf8'), 'é漢\n');
  assert.deepEqual(readdirSync(folder), ['report.json']);
  assert.deepEqual(terminal.written, []);
});

test('a report that breaks off leaves the old file and nothing beside it', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'report.json');
  writeFileSync(file, 'old');
  await assert.rejects(writeOutput(failing(), file, fakeTerminal()), RangeError);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['report.json']);
});

test('a link stays one, and its target is replaced', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'target'), 'old');
  symlinkSync('target', join(folder, 'link'));
  await writeOutput(['new'], join(folder, 'link'), fakeTerminal());
  assert.equal(readFileSync(join(folder, 'target'), 'utf8'), 'new');
  assert.ok(lstatSync(join(folder, 'link')).isSymbolicLink());
  assert.deepEqual(readdirSync(folder), ['link', 'target']);
});

test('a pipe stays one, and whoever reads it gets the report', async (context) => {
  const pipe = join(temporaryFolder(context), 'pipe');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  let read = '';
  reader.stdout.on('data', (chunk: Buffer) => (read += chunk.toString()));
  await writeOutput(['a', 'b'], pipe, fakeTerminal());
  await once(reader, 'close');
  assert.equal(read, 'ab');
  assert.ok(lstatSync(pipe).isFIFO());
});

test('a device stays one', async () => {
  await writeOutput(['x'], '/dev/null', fakeTerminal());
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});

test('a file that cannot be written is an io error that names it', async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, 'folder'));
  for (const file of [join(folder, 'no', 'such', 'x'), join(folder, 'folder')])
    await assert.rejects(
      writeOutput(['x'], file, fakeTerminal()),
      (error) => isCode(error, 'io') && error.message.includes(JSON.stringify(file)),
    );
  assert.deepEqual(readdirSync(folder), ['folder']);
});
