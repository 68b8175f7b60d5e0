// SPDX-License-Identifier: Apache-2.0
// Bytes that are gone through from front to back, from a file (where skipping is free) or from a
// stream (where it is reading).
import { PlimsollError } from '../../model/errors.ts';
import type { RegularFile } from '../open-file.ts';

export interface SequentialBytes {
  /** Offset of the next byte. */
  readonly offset: number;
  /** The next `length` bytes; fewer at the end. */
  take(length: number): Promise<Uint8Array>;
  /** @throws `invalid` when the end comes before. */
  skip(length: number): Promise<void>;
  /** The next `length` bytes in pieces. @throws `invalid` when the end comes before. */
  chunks(length: number): AsyncIterable<Uint8Array>;
}

/** Headers lie between contents: each reads this much at once. */
const readAheadBytes = 64 << 10;
/** Pieces of content, as large as decompression and hashing like them. */
const chunkBytes = 1 << 20;

function endsEarly(offset: number): PlimsollError {
  return new PlimsollError(
    'invalid',
    `Cannot read archive: it ends at byte ${offset}, within a member`,
  );
}

export class FileBytes implements SequentialBytes {
  readonly #file: RegularFile;
  #offset: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #bufferStart = 0;

  constructor(file: RegularFile, offset = 0) {
    this.#file = file;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  async take(length: number): Promise<Uint8Array> {
    if (!this.#isBuffered(length)) {
      this.#buffer = await this.#file.read(this.#offset, Math.max(length, readAheadBytes));
      this.#bufferStart = this.#offset;
    }
    const from = this.#offset - this.#bufferStart;
    const bytes = this.#buffer.subarray(from, from + length);
    this.#offset += bytes.length;
    return bytes;
  }

  #isBuffered(length: number): boolean {
    const from = this.#offset - this.#bufferStart;
    return from >= 0 && from + length <= this.#buffer.length;
  }

  skip(length: number): Promise<void> {
    const end = this.#offset + length;
    if (end > this.#file.sizeBytes) return Promise.reject(endsEarly(this.#file.sizeBytes));
    this.#offset = end;
    return Promise.resolve();
  }

  async *chunks(length: number): AsyncGenerator<Uint8Array> {
    const end = this.#offset + length;
    while (this.#offset < end) {
      const length = Math.min(chunkBytes, end - this.#offset);
      const chunk = await this.#file.read(this.#offset, length);
      if (chunk.length === 0) throw endsEarly(this.#offset);
      this.#offset += chunk.length;
      yield chunk;
    }
  }
}

export class StreamBytes implements SequentialBytes {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#iterator = stream[Symbol.asyncIterator]();
  }

  get offset(): number {
    return this.#offset;
  }

  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (part === undefined) break;
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    let missing = length;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (part === undefined) throw endsEarly(this.#offset);
      missing -= part.length;
    }
  }

  async *chunks(length: number): AsyncGenerator<Uint8Array> {
    let missing = length;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (part === undefined) throw endsEarly(this.#offset);
      missing -= part.length;
      yield part;
    }
  }

  /** Gives the stream up. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #next(lengthMax: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#iterator.next();
      if (done === true) return undefined;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, lengthMax);
    this.#rest = this.#rest.subarray(part.length);
    this.#offset += part.length;
    return part;
  }
}
