// SPDX-License-Identifier: Apache-2.0
// Zip archives, read by their central directory. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
// (section numbers below are its own)
//
// Why not the library that the advisory downloads use: an archive here may lie in another one, may
// have a start script before it (executable jars, whose recorded offsets then are off by the
// script's length, which that library refuses), and is one of hundreds in one file, under limits
// that all of them share. Read synchronously from memory or a spool, that is less code than the
// adapter would be.
import { crc32, inflateRawSync } from 'node:zlib';
import { PlimsollError, reasonOf } from '../../model/errors.ts';
import type { IssueSink } from '../../model/issue.ts';
import { decodePath } from '../../model/path-bytes.ts';
import { readExactly, sliceOfSource, type ByteSource } from '../byte-source/byte-source.ts';

export interface ZipEntry {
  /** As stored, never used to write files; bytes that are not UTF-8 as lone surrogates. */
  readonly name: string;
  /** 0 stored, 8 deflated; others are not read. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly compressedBytes: number;
  /** As the directory says; the content is never longer. */
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Of the local header, in the source. */
  readonly offset: number;
}

export interface ZipDirectory {
  /** One per name: of two with the same name the last counts, as in Java's own reader of jars. */
  readonly entries: readonly ZipEntry[];
}

export interface ZipLimits {
  readonly entriesMax: number;
  readonly directoryBytesMax: number;
}

/** The largest jars seen (shaded Spark and Scala assemblies) hold some 100,000 entries. */
export const zipLimits: ZipLimits = { entriesMax: 250_000, directoryBytesMax: 64 << 20 };

const endSignature = 0x06054b50;
const endBytes = 22;
const commentBytesMax = 0xffff;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;
const end64Signature = 0x06064b50;
const end64Bytes = 56;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;
const zip64Extra = 0x0001;

interface DirectoryPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly entries: number;
  /** What to add to each recorded offset: the length of what was put before the archive. */
  readonly shift: number;
}

/**
 * The archive's entries. Damage after the first good ones ends the list and is an issue.
 * @throws `invalid` when there is no directory, `limit` when it is larger than `limits` allow.
 */
export function readZipDirectory(
  source: ByteSource,
  issues: IssueSink,
  limits: ZipLimits = zipLimits,
): ZipDirectory {
  const place = findDirectory(source);
  if (place.sizeBytes > limits.directoryBytesMax || place.entries > limits.entriesMax)
    throw new PlimsollError(
      'limit',
      `Cannot read zip directory: ${place.entries} entries in ${place.sizeBytes} bytes, want at most ${limits.entriesMax} in ${limits.directoryBytesMax}`,
    );
  const bytes = bufferOf(readExactly(source, place.offset, place.sizeBytes, 'zip directory'));
  const byName = new Map<string, ZipEntry>();
  let duplicates = 0;
  let count = 0;
  for (let at = 0; count < place.entries; count++) {
    const entry = readEntry(bytes, at, place.shift);
    if (entry === undefined) break;
    if (byName.has(entry.name)) duplicates++;
    byName.set(entry.name, entry);
    at = entry.end;
  }
  if (count < place.entries)
    issues.add({
      code: 'zip-directory-damaged',
      message: `Cannot read zip directory whole: ${count} of ${place.entries} entries are readable`,
      fatal: true,
    });
  if (duplicates > 0)
    issues.add({
      code: 'zip-duplicate-names',
      message: `Zip archive has ${duplicates} entries whose name another one has: the last counts`,
      fatal: false,
    });
  return { entries: [...byName.values()] };
}

/** Section 4.3.16. The record ends the file, behind it only its own comment. */
function findDirectory(source: ByteSource): DirectoryPlace {
  const tailBytes = Math.min(source.sizeBytes, endBytes + commentBytesMax);
  const tailAt = source.sizeBytes - tailBytes;
  const tail = bufferOf(source.read(tailAt, tailBytes));
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== endSignature) continue;
    if (at + endBytes + tail.readUInt16LE(at + 20) > tail.length) continue;
    const recorded = {
      entries: tail.readUInt16LE(at + 10),
      sizeBytes: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
    const place = readZip64(source, tailAt + at) ?? { ...recorded, end: tailAt + at };
    // What stands before the archive moved the directory, and the recorded offsets did not follow.
    const shift = place.end - place.sizeBytes - place.offset;
    if (shift === 0 || hasSignature(source, place.offset, entrySignature))
      return { ...place, shift: 0 };
    if (shift > 0) return { ...place, offset: place.offset + shift, shift };
  }
  throw new PlimsollError('invalid', 'Cannot read zip archive: no end of central directory');
}

/** Sections 4.3.14 and 4.3.15: the record before the end record, where the archive has one. */
function readZip64(
  source: ByteSource,
  endAt: number,
): (Omit<DirectoryPlace, 'shift'> & { end: number }) | undefined {
  const locatorAt = endAt - locatorBytes;
  if (locatorAt < 0 || !hasSignature(source, locatorAt, locatorSignature)) return undefined;
  const locator = bufferOf(source.read(locatorAt, locatorBytes));
  // The record usually stands right before the locator, also where something was put before the archive.
  for (const at of [number64(locator, 8), locatorAt - end64Bytes]) {
    if (at < 0 || !hasSignature(source, at, end64Signature)) continue;
    const record = bufferOf(source.read(at, end64Bytes));
    if (record.length < end64Bytes) continue;
    return {
      entries: number64(record, 32),
      sizeBytes: number64(record, 40),
      offset: number64(record, 48),
      end: at,
    };
  }
  return undefined;
}

function hasSignature(source: ByteSource, offset: number, signature: number): boolean {
  if (!Number.isSafeInteger(offset)) return false;
  const bytes = source.read(offset, 4);
  return bytes.length === 4 && bufferOf(bytes).readUInt32LE(0) === signature;
}

/** Section 4.3.12. */
function readEntry(
  bytes: Buffer,
  at: number,
  shift: number,
): (ZipEntry & { end: number }) | undefined {
  if (at + entryBytes > bytes.length || bytes.readUInt32LE(at) !== entrySignature) return undefined;
  const nameAt = at + entryBytes;
  const extraAt = nameAt + bytes.readUInt16LE(at + 28);
  const extraEnd = extraAt + bytes.readUInt16LE(at + 30);
  const end = extraEnd + bytes.readUInt16LE(at + 32);
  if (end > bytes.length) return undefined;
  const wide = readWide(bytes.subarray(extraAt, extraEnd), {
    sizeBytes: bytes.readUInt32LE(at + 24),
    compressedBytes: bytes.readUInt32LE(at + 20),
    offset: bytes.readUInt32LE(at + 42),
  });
  return {
    name: decodePath(bytes.subarray(nameAt, extraAt)),
    method: bytes.readUInt16LE(at + 10),
    encrypted: (bytes.readUInt16LE(at + 8) & 1) !== 0,
    crc32: bytes.readUInt32LE(at + 16),
    ...wide,
    offset: wide.offset + shift,
    end,
  };
}

type Wide = Pick<ZipEntry, 'sizeBytes' | 'compressedBytes' | 'offset'>;

/** Section 4.5.3: the 64 bit values of just those fields that say 0xffffffff, in this order. */
function readWide(extra: Buffer, narrow: Wide): Wide {
  for (let at = 0; at + 4 <= extra.length;) {
    const size = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === zip64Extra) {
      const block = extra.subarray(at + 4, at + 4 + size);
      let next = 0;
      const value = (field: number): number => {
        if (field !== 0xffffffff || next + 8 > block.length) return field;
        next += 8;
        return number64(block, next - 8);
      };
      const sizeBytes = value(narrow.sizeBytes);
      const compressedBytes = value(narrow.compressedBytes);
      return { sizeBytes, compressedBytes, offset: value(narrow.offset) };
    }
    at += 4 + size;
  }
  return narrow;
}

/** Beyond 2^53 the number is inexact, and larger than every file. */
function number64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
}

/**
 * The entry's compressed bytes, as a window on the source.
 * @throws `invalid` when its local header is not where the directory says, `unsupported` when it is encrypted.
 */
export function locateZipEntry(source: ByteSource, entry: ZipEntry): ByteSource {
  const fail = (reason: string): PlimsollError =>
    new PlimsollError('invalid', `Cannot read zip entry ${JSON.stringify(entry.name)}: ${reason}`);
  if (entry.encrypted)
    throw new PlimsollError(
      'unsupported',
      `Cannot read zip entry ${JSON.stringify(entry.name)}: it is encrypted`,
    );
  // Whoever counts an entry by its size must not be given more than that.
  if (entry.method === 0 && entry.compressedBytes !== entry.sizeBytes)
    throw fail('it is stored, and its two sizes differ');
  if (!hasSignature(source, entry.offset, localSignature)) throw fail('no local header');
  const header = bufferOf(readExactly(source, entry.offset, localBytes, 'zip local header'));
  const start = entry.offset + localBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (!(start + entry.compressedBytes <= source.sizeBytes)) throw fail('its content is cut');
  return sliceOfSource(source, start, entry.compressedBytes);
}

/**
 * The entry's content, checked by its CRC.
 * @throws `limit` when it is longer than `sizeBytesMax`, `unsupported` when it is encrypted or
 * compressed by another method than deflate, `invalid` when it is damaged.
 */
export function readZipEntry(
  source: ByteSource,
  entry: ZipEntry,
  sizeBytesMax: number,
): Uint8Array {
  const name = JSON.stringify(entry.name);
  if (entry.sizeBytes > sizeBytesMax)
    throw new PlimsollError(
      'limit',
      `Cannot read zip entry ${name}: ${entry.sizeBytes} bytes are more than ${sizeBytesMax}`,
    );
  const stored = locateZipEntry(source, entry);
  const content = decompress(stored, entry);
  if (content.length !== entry.sizeBytes || crc32(content) !== entry.crc32)
    throw new PlimsollError('invalid', `Cannot read zip entry ${name}: size or checksum differs`);
  return content;
}

function decompress(stored: ByteSource, entry: ZipEntry): Uint8Array {
  const name = JSON.stringify(entry.name);
  if (entry.method !== 0 && entry.method !== 8)
    throw new PlimsollError(
      'unsupported',
      `Cannot read zip entry ${name}: compression method ${entry.method}`,
    );
  if (entry.method === 0) return stored.read(0, entry.sizeBytes);
  // Deflate grows incompressible content by some bytes per block: more than this is not its content,
  // and a size that lies about the compressed bytes must not fill the memory.
  const inputBytes = Math.min(stored.sizeBytes, entry.sizeBytes * 2 + 1024);
  try {
    return inflateRawSync(stored.read(0, inputBytes), {
      maxOutputLength: Math.max(1, entry.sizeBytes),
    });
  } catch (error) {
    throw new PlimsollError('invalid', `Cannot read zip entry ${name}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
