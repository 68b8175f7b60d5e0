// SPDX-License-Identifier: Apache-2.0
// Sparse files: the archive stores fragments and where they belong; what is between them is zeros.
// https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
import { type Field, field, readNumber } from './tar-header.ts';
import { blockBytes, type TarContentSink } from './tar-entry.ts';

/** Handed out again and again for holes: nobody writes into chunks. */
const zeros = new Uint8Array(1 << 18);

/** Offset, length, offset, length, ...; a number that cannot be read makes it invalid. */
export type SparseMap = readonly number[];

/**
 * Fragments in order, without overlap, inside the file, and together as long as what is stored.
 * Otherwise one archive would show two readers two different files.
 */
export function isSparseMapValid(map: SparseMap, sizeBytes: number, storedBytes: number): boolean {
  if (map.length % 2 !== 0) return false;
  let end = 0;
  let total = 0;
  for (let index = 0; index < map.length; index += 2) {
    const offset = map[index]!;
    const length = map[index + 1]!;
    if (!(offset >= end && length >= 0 && offset + length <= sizeBytes)) return false;
    end = offset + length;
    total += length;
  }
  return total === storedBytes;
}

/** Appends the fragments of an old GNU header or extension block. False when more blocks follow not. */
export function readGnuFragments(
  bytes: Uint8Array,
  at: number,
  count: number,
  into: number[],
): void {
  for (let index = 0; index < count; index++) {
    const start = at + index * 24;
    // An unused slot begins with a NUL.
    if (bytes[start] === 0) return;
    const part = (offset: number): Field => [offset, 12];
    into.push(readNumber(bytes, start, part(0)), readNumber(bytes, start, part(12)));
  }
}

/** True when extension blocks follow the header, or another one follows this extension block. */
export function hasGnuExtension(
  bytes: Uint8Array,
  at: number,
  block: 'header' | 'extension',
): boolean {
  return bytes[at + (block === 'header' ? field.sparseExtended[0] : 504)] !== 0;
}

/**
 * Collects the map that PAX 1.0 puts before the data: decimal numbers, one a line, the first being
 * the number of fragments, filled up to a whole block.
 */
export class SparseMapReader {
  readonly #fragmentsMax: number;
  readonly #numbers: number[] = [];
  #value = 0;
  #digits = 0;
  state: 'reading' | 'done' | 'invalid' = 'reading';

  constructor(fragmentsMax: number) {
    this.#fragmentsMax = fragmentsMax;
  }

  get map(): SparseMap {
    return this.#numbers.slice(1);
  }

  /** Takes one block or a part of it; bytes behind the last number are padding. */
  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.state !== 'reading') return;
      if (byte === 0x0a) this.#endNumber();
      else this.#digit(byte - 0x30);
    }
  }

  #digit(digit: number): void {
    this.#value = this.#value * 10 + digit;
    this.#digits++;
    if (digit < 0 || digit > 9 || this.#digits > 15) this.state = 'invalid';
  }

  #endNumber(): void {
    if (this.#digits === 0) {
      this.state = 'invalid';
      return;
    }
    this.#numbers.push(this.#value);
    this.#value = 0;
    this.#digits = 0;
    const fragments = this.#numbers[0]!;
    if (fragments > this.#fragmentsMax) this.state = 'invalid';
    else if (this.#numbers.length === 1 + 2 * fragments) this.state = 'done';
  }
}

/** Puts zeros between the fragments on their way to a sink. */
export class SparseExpander {
  readonly #sink: TarContentSink;
  readonly #map: SparseMap;
  readonly #sizeBytes: number;
  #at = 0;
  #fragment = 0;
  #position = 0;

  constructor(sink: TarContentSink, map: SparseMap, sizeBytes: number) {
    this.#sink = sink;
    this.#map = map;
    this.#sizeBytes = sizeBytes;
  }

  chunk(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const offset = this.#map[this.#fragment]!;
      const left = this.#map[this.#fragment + 1]! - this.#at;
      if (left === 0) {
        this.#fragment += 2;
        this.#at = 0;
        continue;
      }
      this.#fillTo(offset + this.#at);
      const part = bytes.subarray(from, from + left);
      this.#sink.chunk(part);
      this.#at += part.length;
      this.#position += part.length;
      from += part.length;
    }
  }

  end(complete: boolean): void | Promise<void> {
    if (complete) this.#fillTo(this.#sizeBytes);
    return this.#sink.end(complete);
  }

  #fillTo(position: number): void {
    while (this.#position < position) {
      const part = zeros.subarray(0, Math.min(zeros.length, position - this.#position));
      this.#sink.chunk(part);
      this.#position += part.length;
    }
  }
}

/** Length of `bytes` filled up to whole blocks. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}
