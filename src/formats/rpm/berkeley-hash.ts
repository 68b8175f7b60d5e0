// SPDX-License-Identifier: Apache-2.0
// The hash form of Berkeley DB 4 and 5, `Packages` (RHEL to 8, Amazon Linux 2, SUSE to 12): pages
// of key and value in turn, long values on chains of overflow pages, numbers in the byte order of
// the machine that made it. Layout: src/dbinc/db_page.h of Berkeley DB 5.3.
import type { ByteSource } from '../byte-source/byte-source.ts';

const hashMagic = 0x061561;
const pageType = { hashUnsorted: 2, overflow: 7, hashMeta: 8, hash: 13 } as const;
const itemType = { keyData: 1, offPage: 3 } as const;
const pageHeaderSizeBytes = 26;
const offPageSizeBytes = 12;
const pageSizeBytesMin = 512;
const pageSizeBytesMax = 64 * 1024;
/** Versions that rpm has made databases with: 7 (4.0) to 10 (6.x); the layout of pages is the same from 8 on. */
const versions = [8, 9, 10];
/** As in header.ts: a header of more is refused there. */
const valueSizeBytesMax = 72 * 1024 * 1024;

/** Reads numbers in the database's own byte order. */
interface ByteOrder {
  readonly u16: (bytes: Buffer, at: number) => number;
  readonly u32: (bytes: Buffer, at: number) => number;
}
const little: ByteOrder = {
  u16: (bytes, at) => bytes.readUInt16LE(at),
  u32: (bytes, at) => bytes.readUInt32LE(at),
};
const big: ByteOrder = {
  u16: (bytes, at) => bytes.readUInt16BE(at),
  u32: (bytes, at) => bytes.readUInt32BE(at),
};

function byteOrder(start: Uint8Array): ByteOrder | undefined {
  const bytes = Buffer.from(start);
  if (bytes.length < 28) return undefined;
  return [little, big].find((order) => order.u32(bytes, 12) === hashMagic);
}

export function isBerkeleyHash(start: Uint8Array): boolean {
  return byteOrder(start) !== undefined;
}

interface Pages {
  readonly order: ByteOrder;
  readonly sizeBytes: number;
  readonly last: number;
  /** Undefined beyond the end of the file. */
  page(number: number): Buffer | undefined;
}

/** Header of each package, in the order of the pages. */
export function* readBerkeleyHash(
  file: ByteSource,
  report: (message: string) => void,
): Generator<Uint8Array> {
  const pages = openPages(file);
  if (typeof pages === 'string') return report(`Cannot read the Berkeley DB database: ${pages}`);
  // Chains that share pages would multiply the work: each byte is read once at most.
  let budget = file.sizeBytes;
  for (let number = 1; number <= pages.last; number++) {
    const page = pages.page(number);
    if (page === undefined)
      return report(`Cannot read the Berkeley DB database: it ends before page ${number}`);
    const kind = page[25];
    if (kind !== pageType.hash && kind !== pageType.hashUnsorted) continue;
    for (const value of pageValues(page, pages)) {
      budget -= value instanceof Uint8Array ? value.length : pages.sizeBytes;
      if (budget < 0) return report('Cannot read the Berkeley DB database: its values overlap');
      if (typeof value === 'string')
        report(`Cannot read the Berkeley DB database: page ${number} ${value}`);
      else yield value;
    }
  }
}

/** A reason where the database cannot be read. */
function openPages(file: ByteSource): Pages | string {
  const meta = Buffer.from(file.read(0, pageSizeBytesMin));
  const order = byteOrder(meta);
  if (order === undefined || meta.length < 72) return 'it ends in its first page';
  const version = order.u32(meta, 16);
  if (!versions.includes(version)) return `its version is ${version}`;
  const sizeBytes = order.u32(meta, 20);
  if (sizeBytes < pageSizeBytesMin || sizeBytes > pageSizeBytesMax || sizeBytes % 2 !== 0)
    return `its pages have ${sizeBytes} bytes`;
  if (meta[24] !== 0) return 'it is encrypted';
  if (meta[25] !== pageType.hashMeta) return `its first page has type ${meta[25]}`;
  // Bit 0 of the flags: every page carries a checksum, and items start elsewhere. rpm never asked for it.
  if ((meta[26]! & 1) !== 0) return 'its pages have checksums';
  const last = Math.min(order.u32(meta, 32), Math.ceil(file.sizeBytes / sizeBytes));
  return {
    order,
    sizeBytes,
    last,
    page: (number) => {
      const page = Buffer.from(file.read(number * sizeBytes, sizeBytes));
      return page.length === sizeBytes ? page : undefined;
    },
  };
}

/** Values of one page; a text where one cannot be read. The record of key 0 counts packages and is none. */
function* pageValues(page: Buffer, pages: Pages): Generator<Uint8Array | string> {
  const { order, sizeBytes } = pages;
  const entries = order.u16(page, 20);
  if (pageHeaderSizeBytes + entries * 2 > sizeBytes) {
    yield `has ${entries} entries`;
    return;
  }
  const offsetOf = (index: number): number =>
    index < 0 ? sizeBytes : order.u16(page, pageHeaderSizeBytes + index * 2);
  for (let index = 0; index + 1 < entries; index += 2) {
    // Items lie from the end of the page downwards: one ends where the one before it starts.
    const key = page.subarray(offsetOf(index), offsetOf(index - 1));
    const value = page.subarray(offsetOf(index + 1), offsetOf(index));
    if (key.length === 5 && key.readUInt32LE(1) === 0) continue;
    if (value[0] === itemType.keyData) yield value.subarray(1);
    else if (value[0] === itemType.offPage && value.length >= offPageSizeBytes)
      yield readChain(order.u32(value, 4), order.u32(value, 8), pages);
    else yield `has an item of type ${value[0]}`;
  }
}

/** A value on overflow pages: each holds as many bytes as its header says, and the number of the next. */
function readChain(first: number, length: number, pages: Pages): Uint8Array | string {
  if (length > valueSizeBytesMax) return `has a value of ${length} bytes`;
  const parts: Buffer[] = [];
  let have = 0;
  for (let number = first; have < length;) {
    const page = number === 0 ? undefined : pages.page(number);
    if (page === undefined || page[25] !== pageType.overflow)
      return `has a value that breaks off at page ${number}`;
    const used = pages.order.u16(page, 22);
    // A page without bytes would let a chain go round for ever.
    if (used === 0 || pageHeaderSizeBytes + used > pages.sizeBytes)
      return `has a value with ${used} bytes on page ${number}`;
    parts.push(page.subarray(pageHeaderSizeBytes, pageHeaderSizeBytes + used));
    have += used;
    number = pages.order.u32(page, 16);
  }
  return Buffer.concat(parts, length);
}
