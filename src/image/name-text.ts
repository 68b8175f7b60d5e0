// SPDX-License-Identifier: Apache-2.0
// Names of an index as texts, for going through many of them one after the other: a part of all
// names is decoded at once and cut, which costs a tenth of decoding each.
import { decodePath } from '../model/path-bytes.ts';
import type { LayerIndex } from './layer-index.ts';

/** A name that is far from the one before costs the decoding of a part: no more than a few names'. */
const partBytes = 4096;

export class NameText {
  readonly #index: LayerIndex;
  #start = 0;
  #end = 0;
  #text = '';

  constructor(index: LayerIndex) {
    this.#index = index;
  }

  /** The basename, as `decodePath` gives it. */
  of(record: number): string {
    const start = this.#index.nameStart(record);
    const end = this.#index.nameEnd(record);
    const { names } = this.#index;
    for (let at = start; at < end; at++)
      if (names[at]! >= 0x80) return decodePath(names.subarray(start, end));
    if (start < this.#start || end > this.#end) this.#load(start, end);
    return this.#text.slice(start - this.#start, end - this.#start);
  }

  #load(start: number, end: number): void {
    const { names } = this.#index;
    this.#start = start;
    this.#end = Math.min(names.length, Math.max(end, start + partBytes));
    this.#text = Buffer.from(names.buffer, names.byteOffset + start, this.#end - start).toString(
      'latin1',
    );
  }
}
