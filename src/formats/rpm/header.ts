// SPDX-License-Identifier: Apache-2.0
// An rpm header as databases store it: two counts, an index of entries, the data they point into,
// all big-endian. https://rpm-software-management.github.io/rpm/manual/format_header.html
// Tag numbers: https://rpm-software-management.github.io/rpm/manual/tags.html
import { PlimsollError } from '../../model/errors.ts';
import { decodePath } from '../../model/path-bytes.ts';

/** Tags that Plimsoll reads. */
export const rpmTags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  fileModes: 1030,
  fileDigests: 1035,
  fileFlags: 1037,
  sourceRpm: 1044,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  fileDigestAlgorithm: 5011,
  modularityLabel: 5096,
} as const;

/** rpm's own limits (HEADER_TAGS_MAX); its data limit of 256 MB is lowered to what real packages stay far below. */
const entriesMax = 65_535;
const dataBytesMax = 64 * 1024 * 1024;
const entrySizeBytes = 16;

const type = {
  char: 1,
  int8: 2,
  int16: 3,
  int32: 4,
  int64: 5,
  string: 6,
  stringArray: 8,
  i18nString: 9,
};

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/** Gives values by tag; what is absent or does not fit is undefined. */
export class RpmHeader {
  readonly #entries: ReadonlyMap<number, Entry>;
  readonly #data: Buffer;

  private constructor(entries: ReadonlyMap<number, Entry>, data: Buffer) {
    this.#entries = entries;
    this.#data = data;
  }

  /** @throws `invalid` when the counts do not fit the bytes. */
  static parse(bytes: Uint8Array): RpmHeader {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const refuse = (reason: string): never => {
      throw new PlimsollError('invalid', `Cannot read an rpm header: ${reason}`);
    };
    if (buffer.length < 8) return refuse(`it has ${buffer.length} bytes`);
    const count = buffer.readUInt32BE(0);
    const dataBytes = buffer.readUInt32BE(4);
    if (count === 0 || count > entriesMax) return refuse(`it has ${count} entries`);
    if (dataBytes > dataBytesMax) return refuse(`it has ${dataBytes} bytes of data`);
    const dataStart = 8 + count * entrySizeBytes;
    if (dataStart + dataBytes > buffer.length)
      return refuse(`it ends after ${buffer.length} of ${dataStart + dataBytes} bytes`);
    const entries = new Map<number, Entry>();
    for (let at = 8; at < dataStart; at += entrySizeBytes) {
      const entry = {
        type: buffer.readUInt32BE(at + 4),
        offset: buffer.readUInt32BE(at + 8),
        count: buffer.readUInt32BE(at + 12),
      };
      if (entry.offset <= dataBytes) entries.set(buffer.readUInt32BE(at), entry);
    }
    return new RpmHeader(entries, buffer.subarray(dataStart, dataStart + dataBytes));
  }

  /** The string, or the first of several: the untranslated one. */
  text(tag: number): string | undefined {
    return this.texts(tag, 1)?.[0];
  }

  /** File names are bytes: they come as `decodePath` gives them. */
  texts(tag: number, limit = Infinity): string[] | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return undefined;
    const isArray = entry.type === type.stringArray || entry.type === type.i18nString;
    if (!isArray && entry.type !== type.string) return undefined;
    const texts: string[] = [];
    let at = entry.offset;
    const count = Math.min(isArray ? entry.count : 1, limit);
    // Each string takes a byte at least, so a lying count ends with the data.
    while (texts.length < count) {
      const end = this.#data.indexOf(0, at);
      if (end < 0) return undefined;
      texts.push(decodePath(this.#data.subarray(at, end)));
      at = end + 1;
    }
    return texts;
  }

  number(tag: number): number | undefined {
    return this.numbers(tag, 1)?.[0];
  }

  /** Unsigned; 64-bit numbers are not read: no tag that is used here has them. */
  numbers(tag: number, limit = Infinity): number[] | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return undefined;
    const size = { [type.char]: 1, [type.int8]: 1, [type.int16]: 2, [type.int32]: 4 }[entry.type];
    if (size === undefined || entry.offset + entry.count * size > this.#data.length)
      return undefined;
    const numbers: number[] = [];
    const count = Math.min(entry.count, limit);
    for (let index = 0; index < count; index++)
      numbers.push(this.#data.readUIntBE(entry.offset + index * size, size));
    return numbers;
  }
}
