// SPDX-License-Identifier: Apache-2.0
// The content of one file on its way to the readers that want it: in memory, the last piece without
// a copy, so that most files are never copied; a large file goes to a spool, a temporary file that is unlinked as soon as it is
// open, so that nothing stays behind whatever happens.
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import type { ContentFile } from './file-reader.ts';

/** Kept in memory up to here; one file is captured at a time. */
const memoryBytesMax = 32 << 20;

export class FileCapture {
  #chunks: Uint8Array[] = [];
  #length = 0;
  #spool: number | undefined;

  get length(): number {
    return this.#length;
  }

  /**
   * The next bytes of a file of `sizeBytes`. They are copied unless they are its last: those are
   * looked at while the medium waits.
   * @throws `io` when the spool cannot be written.
   */
  add(bytes: Uint8Array, sizeBytes: number): void {
    this.#length += bytes.length;
    if (this.#spool === undefined && this.#length <= memoryBytesMax) {
      this.#chunks.push(this.#length < sizeBytes ? Uint8Array.from(bytes) : bytes);
      return;
    }
    try {
      if (this.#spool === undefined) this.#startSpool();
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
    this.#chunks = [];
    this.#length = 0;
    if (this.#spool !== undefined) closeSync(this.#spool);
    this.#spool = undefined;
  }

  #startSpool(): void {
    const file = join(tmpdir(), `plimsoll-${randomUUID()}`);
    this.#spool = openSync(file, 'wx+', 0o600);
    unlinkSync(file);
    for (const chunk of this.#chunks) writeAll(this.#spool, chunk);
    this.#chunks = [];
  }

  #bytes(): Uint8Array {
    if (this.#spool !== undefined) return this.#read(0, this.#length);
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? new Uint8Array(0);
  }

  #read(offset: number, length: number): Uint8Array {
    const start = Math.min(Math.max(0, offset), this.#length);
    const end = Math.min(start + Math.max(0, length), this.#length);
    if (this.#spool !== undefined) return this.#readSpool(start, end);
    let position = 0;
    const parts: Uint8Array[] = [];
    for (const chunk of this.#chunks) {
      const from = Math.max(start, position);
      const to = Math.min(end, position + chunk.length);
      if (from < to) parts.push(chunk.subarray(from - position, to - position));
      position += chunk.length;
      if (position >= end) break;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
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
