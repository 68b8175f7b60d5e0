// SPDX-License-Identifier: Apache-2.0
// Opens regular files and nothing else: a pipe would hang the reader, a device do worse.
import { close, constants, fstat, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { PlimsollError, reasonOf } from '../model/errors.ts';

const openAsync = promisify(open);
const statAsync = promisify(fstat);
const closeAsync = promisify(close);

/**
 * An open file. Unlike Node's FileHandle, one that is left to the garbage collector costs a
 * descriptor and not the process.
 */
export class RegularFile {
  readonly sizeBytes: number;
  #descriptor: number | undefined;

  constructor(descriptor: number, sizeBytes: number) {
    this.#descriptor = descriptor;
    this.sizeBytes = sizeBytes;
  }

  /** Up to `length` bytes from `offset`; fewer only at the end. @throws `io`. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const count = await this.#readOnce(buffer, filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  }

  #readOnce(buffer: Uint8Array, filled: number, position: number): Promise<number> {
    const descriptor = this.#descriptor;
    if (descriptor === undefined)
      return Promise.reject(new PlimsollError('io', 'Cannot read file: it is closed'));
    return new Promise((resolve, reject) => {
      read(descriptor, buffer, filled, buffer.length - filled, position, (error, count) => {
        if (error === null) resolve(count);
        else
          reject(new PlimsollError('io', `Cannot read file: ${error.message}`, { cause: error }));
      });
    });
  }

  /** May be called again. */
  async close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) await closeAsync(descriptor);
  }
}

/** @throws `not-found`, or `io` when it cannot be opened or is no regular file. */
export async function openRegularFile(path: string): Promise<RegularFile> {
  let descriptor: number;
  try {
    descriptor = await openAsync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw openError(path, cause);
  }
  const stats = await statAsync(descriptor);
  if (stats.isFile()) return new RegularFile(descriptor, stats.size);
  await closeAsync(descriptor);
  throw new PlimsollError('io', `Cannot read ${JSON.stringify(path)}: it is no regular file`);
}

/** What the file system said, in our words. */
export function openError(path: string, cause: unknown): PlimsollError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const quoted = JSON.stringify(path);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new PlimsollError('not-found', `Cannot open ${quoted}: there is no such file`, {
      cause,
    });
  if (code === 'EACCES' || code === 'EPERM')
    return new PlimsollError('io', `Cannot open ${quoted}: permission denied`, {
      cause,
      hint: 'run as a user who may read it',
    });
  return new PlimsollError('io', `Cannot open ${quoted}: ${reasonOf(cause)}`, { cause });
}
