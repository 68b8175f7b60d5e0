// SPDX-License-Identifier: Apache-2.0
// The 512 bytes before each entry: fields and numbers of v7, ustar, GNU and star headers.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
// https://www.gnu.org/software/tar/manual/html_node/Standard.html
import { blockBytes } from './tar-entry.ts';

/** Where fields begin, and how long they are. */
export const field = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
  /** star shortens the prefix to make room for times, and marks it at the end of the block. */
  starPrefix: [345, 131],
  starTrailer: [508, 4],
  /** Old GNU sparse files: four fragments, "more follow", the expanded size. */
  sparseFragments: [386, 96],
  sparseExtended: [482, 1],
  sparseRealSize: [483, 12],
} as const;

export type Field = readonly [at: number, length: number];

/** True when all bytes of the block are zero: half of the end marker. */
export function isZeroBlock(bytes: Uint8Array, at: number): boolean {
  for (let index = at; index < at + blockBytes; index++) if (bytes[index] !== 0) return false;
  return true;
}

/**
 * The sum of all bytes, those of the checksum itself counted as blanks. Some old writers summed
 * signed bytes: both are accepted, as every reader does.
 */
export function isChecksumRight(bytes: Uint8Array, at: number): boolean {
  const want = readNumber(bytes, at, field.checksum);
  let sum = 0;
  for (let index = at; index < at + blockBytes; index++) sum += bytes[index]!;
  for (let index = at + 148; index < at + 156; index++) sum -= bytes[index]! - 0x20;
  return sum === want || signedSum(bytes, at) === want;
}

function signedSum(bytes: Uint8Array, at: number): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < blockBytes; index++)
    if (index < 148 || index >= 156) sum += (bytes[at + index]! << 24) >> 24;
  return sum;
}

/**
 * An octal number between blanks and NULs, or GNU's base-256 (first bit set, two's complement).
 * NaN where it is neither, or too large to be exact.
 */
export function readNumber(bytes: Uint8Array, at: number, [offset, length]: Field): number {
  let index = at + offset;
  const end = index + length;
  if (bytes[index]! >= 0x80) return readBase256(bytes, index, end);
  while (index < end && (bytes[index] === 0x20 || bytes[index] === 0)) index++;
  let value = 0;
  for (; index < end; index++) {
    const digit = bytes[index]! - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; index < end && bytes[index] !== 0; index++) if (bytes[index] !== 0x20) return Number.NaN;
  return value;
}

function readBase256(bytes: Uint8Array, from: number, end: number): number {
  const negative = (bytes[from]! & 0x40) !== 0;
  let value = negative ? -1 : 0;
  // The first byte gives its low six bits; those above are copies of the sign.
  value = value * 64 + (bytes[from]! & 0x3f);
  for (let index = from + 1; index < end; index++) value = value * 256 + bytes[index]!;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** The bytes of a field up to its first NUL. A view. */
export function readText(bytes: Uint8Array, at: number, [offset, length]: Field): Uint8Array {
  const from = at + offset;
  let end = from;
  while (end < from + length && bytes[end] !== 0) end++;
  return bytes.subarray(from, end);
}

export type HeaderDialect = 'v7' | 'ustar' | 'gnu';

export function readDialect(bytes: Uint8Array, at: number): HeaderDialect {
  const magic = at + field.magic[0];
  if (!equalsAscii(bytes, magic, 'ustar')) return 'v7';
  return bytes[magic + 5] === 0x20 && bytes[magic + 6] === 0x20 ? 'gnu' : 'ustar';
}

/** What stands before the name and a slash; empty in dialects without it. A view. */
export function readPrefix(bytes: Uint8Array, at: number): Uint8Array {
  if (bytes[at + field.prefix[0]] === 0 || readDialect(bytes, at) !== 'ustar')
    return bytes.subarray(at, at);
  const isStar = equalsAscii(bytes, at + field.starTrailer[0], 'tar\0');
  return readText(bytes, at, isStar ? field.starPrefix : field.prefix);
}

function equalsAscii(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
