// SPDX-License-Identifier: Apache-2.0
// The content of one file on its way to the readers that want it. A file that comes in one piece is
// not copied; pieces are put together in memory that the next file uses again; a large file goes to
// a spool, a temporary file that is unlinked as soon as it is open, so that nothing stays behind
// whatever happens.
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import type { ContentFile } from './file-reader.ts';

/** Kept in memory up to here; one file is captured at a time. */
const memoryBytesMax = 32 << 20;

export class FileCapture {
  /** The whole file, where it came in one piece. */
  #piece: Uint8Array | undefined;
  /** The pieces of a file one after the other; kept for the next one. */
  #memory: Uint8Array = new Uint8Array(0);
  #length = 0;
  #spool: number | undefined;

  get length(): number {
    return this.#length;
  }

  /**
   * The next bytes of a file of `sizeBytes`. They are copied unless they are all of it: those are
   * looked at while the medium waits.
   * @throws `io` when the spool cannot be written.
   */
  add(bytes: Uint8Array, sizeBytes: number): void {
    const start = this.#length;
    this.#length += bytes.length;
    if (start === 0 && bytes.length >= sizeBytes) this.#piece = bytes;
    else if (this.#spool === undefined && this.#length <= memoryBytesMax)
      this.#remember(bytes, start, sizeBytes);
    else this.#toSpool(bytes, start);
  }

  #remember(bytes: Uint8Array, start: number, sizeBytes: number): void {
    if (this.#piece !== undefined) {
      // A medium that gives more than it promised.
      this.#reserve(start, this.#length);
      this.#memory.set(this.#piece);
      this.#piece = undefined;
    }
    this.#reserve(start, Math.max(this.#length, Math.min(sizeBytes, memoryBytesMax)));
    this.#memory.set(bytes, start);
  }

  /** Room for `length` bytes; the first `used` stay. */
  #reserve(used: number, length: number): void {
    if (this.#memory.length >= length) return;
    const larger = Buffer.allocUnsafeSlow(
      Math.max(length, Math.min(memoryBytesMax, 2 * this.#memory.length)),
    );
    larger.set(this.#memory.subarray(0, used));
    this.#memory = larger;
  }

  #toSpool(bytes: Uint8Array, start: number): void {
    try {
      if (this.#spool === undefined) this.#startSpool(start);
      writeAll(this.#spool!, bytes);
    } catch (error) {
      throw spoolError(error);
    }
  }

  /** A view for readers: valid until `clear`. */
  file(path: string, mode: number): ContentFile {
    return {
      path,
      mode,
      sizeBytes: this.#length,
      bytes: () => this.#bytes(),
      read: (offset, length) => this.#read(offset, length),
    };
  }

  clear(): void {
    this.#piece = undefined;
    this.#length = 0;
    if (this.#spool !== undefined) closeSync(this.#spool);
    this.#spool = undefined;
  }

  #startSpool(length: number): void {
    const file = join(tmpdir(), `plimsoll-${randomUUID()}`);
    this.#spool = openSync(file, 'wx+', 0o600);
    unlinkSync(file);
    writeAll(this.#spool, this.#inMemory(length));
    this.#piece = undefined;
  }

  #inMemory(length: number): Uint8Array {
    return this.#piece ?? this.#memory.subarray(0, length);
  }

  #bytes(): Uint8Array {
    return this.#read(0, this.#length);
  }

  #read(offset: number, length: number): Uint8Array {
    const start = Math.min(Math.max(0, offset), this.#length);
    const end = Math.min(start + Math.max(0, length), this.#length);
    if (this.#spool !== undefined) return this.#readSpool(start, end);
    return this.#inMemory(this.#length).subarray(start, end);
  }

  #readSpool(start: number, end: number): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(this.#spool!, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function spoolError(error: unknown): PlimsollError {
  return new PlimsollError('io', `Cannot spool a large file: ${reasonOf(error)}`, {
    hint: 'free space in the temporary folder, or name another one with TMPDIR',
    cause: error,
  });
}
