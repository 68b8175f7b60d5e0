// SPDX-License-Identifier: Apache-2.0
// One process at a time at some work on shared files. The lock is SQLite's own on a file of its
// own: the operating system takes it back when its holder dies, however that happens.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlimsollError, reasonOf } from '../model/errors.ts';

export interface LockOptions {
  /** How long to wait for another holder. */
  readonly waitMs: number;
  /** Called once when somebody else holds it. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal | undefined;
}

const pollMs = 200;
const sqliteBusy = 5;

/** @throws `store` when it is not free in time, `aborted`, `io`; else what `work` throws. */
export async function withFileLock<Result>(
  file: string,
  options: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = openLock(file);
  try {
    const endMs = performance.now() + options.waitMs;
    for (let tries = 0; !tryLock(lock, file); tries++) {
      if (tries === 0) options.onWait?.();
      if (options.signal?.aborted) throw new PlimsollError('aborted', 'Cannot wait: stopped');
      if (performance.now() > endMs)
        throw new PlimsollError('store', `Cannot lock ${JSON.stringify(file)}: it is in use`, {
          hint: 'another plimsoll is at work on the same state folder: wait for it, or stop it',
        });
      await sleep(pollMs);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function openLock(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    const message = `Cannot lock ${JSON.stringify(file)}: ${reasonOf(cause)}`;
    throw new PlimsollError('io', message, { cause });
  }
}

function tryLock(lock: DatabaseSync, file: string): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if ((cause as { errcode?: number }).errcode === sqliteBusy) return false;
    const message = `Cannot lock ${JSON.stringify(file)}: ${reasonOf(cause)}`;
    throw new PlimsollError('io', message, { cause });
  }
}
