// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { isCode } from '../model/errors.ts';
import { withFileLock } from './file-lock.ts';

const atOnce = { waitMs: 0 };

/** Another process that holds the lock until it is killed. */
async function holder(file: string): Promise<ChildProcessByStdio<null, Readable, null>> {
  const module = JSON.stringify(join(import.meta.dirname, 'file-lock.ts'));
  const script = `import { withFileLock } from ${module};
    await withFileLock(${JSON.stringify(file)}, { waitMs: 60_000 }, async () => {
      process.stdout.write('held');
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

test('the work’s result and error pass, and both free the lock', async (context) => {
  const file = join(temporaryFolder(context), 'made/on/the/way/lock');
  assert.equal(await withFileLock(file, atOnce, async () => 7), 7);
  const failing = withFileLock(file, atOnce, async () => {
    throw new RangeError('of the work');
  });
  await assert.rejects(failing, RangeError);
  assert.equal(await withFileLock(file, atOnce, async () => 8), 8);
});

test('who does not get it in time says so', async (context) => {
  const file = join(temporaryFolder(context), 'lock');
  await withFileLock(file, atOnce, async () => {
    const second = withFileLock(file, atOnce, async () => assert.fail('two at once'));
    await assert.rejects(second, (error) => isCode(error, 'store') && /in use/.test(error.message));
  });
});

test('works follow each other, and a waiter is told once', async (context) => {
  const file = join(temporaryFolder(context), 'lock');
  const order: string[] = [];
  let waits = 0;
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  const { promise: isAwaited, resolve: onWait } = Promise.withResolvers<void>();
  const first = withFileLock(file, atOnce, async () => {
    hold();
    await isAwaited;
    order.push('first');
  });
  await isHeld;
  const told = (): void => {
    waits++;
    onWait();
  };
  const second = withFileLock(file, { waitMs: 60_000, onWait: told }, async () => {
    order.push('second');
  });
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
  assert.equal(waits, 1);
});

test('a signal ends the wait', async (context) => {
  const file = join(temporaryFolder(context), 'lock');
  const abort = new AbortController();
  await withFileLock(file, atOnce, async () => {
    const options = { waitMs: 60_000, signal: abort.signal, onWait: () => abort.abort() };
    const waiting = withFileLock(file, options, async () => assert.fail('two at once'));
    await assert.rejects(waiting, (error) => isCode(error, 'aborted'));
  });
});

test('another process’s lock holds, until it dies however it dies', async (context) => {
  const file = join(temporaryFolder(context), 'lock');
  const other = await holder(file);
  const refused = withFileLock(file, atOnce, async () => assert.fail('two at once'));
  await assert.rejects(refused, (error) => isCode(error, 'store'));
  await killed(other);
  assert.equal(await withFileLock(file, atOnce, async () => 'free'), 'free');
});

test('a lock that cannot be made is an io error', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'folder'));
  for (const place of ['file/lock', 'folder'])
    await assert.rejects(
      withFileLock(join(folder, place), atOnce, async () => assert.fail('not locked')),
      (error) => isCode(error, 'io'),
      place,
    );
});
