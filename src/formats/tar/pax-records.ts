// SPDX-License-Identifier: Apache-2.0
// PAX extended headers: `length key=value\n` records that override or add to the header behind.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
import type { TarLimits } from './tar-limits.ts';

/** What records say of an entry, of those that matter here. An empty value takes a record back. */
export interface PaxFields {
  path?: Uint8Array;
  linkPath?: Uint8Array;
  sizeBytes?: number;
  uid?: number;
  gid?: number;
  modifiedSeconds?: number;
  xattrs?: Map<string, Uint8Array>;
  /** https://www.gnu.org/software/tar/manual/html_node/PAX-0.html and PAX-1.html */
  sparse?: {
    major?: string;
    minor?: string;
    name?: Uint8Array;
    sizeBytes?: number;
    /** Offset, length, offset, length, ... */
    numbers?: number[];
  };
}

const nul = 0;

/**
 * Reads all records over `fields`. False when a record breaks the format or a limit: what stands
 * before it has been applied, and what the entry is called can no longer be trusted.
 */
export function readPaxRecords(bytes: Uint8Array, fields: PaxFields, limits: TarLimits): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < buffer.length;) {
    const blank = buffer.indexOf(0x20, at);
    // The length has at most seven digits: a whole header is limited to a mebibyte.
    if (blank < 0 || blank === at || blank - at > 7) return false;
    const length = decimal(buffer, at, blank);
    const end = at + length;
    if (Number.isNaN(length) || end > buffer.length || end <= blank + 1) return false;
    const equals = buffer.indexOf(0x3d, blank + 1);
    if (buffer[end - 1] !== 0x0a || equals < 0 || equals >= end - 1 || equals === blank + 1)
      return false;
    const key = buffer.toString('latin1', blank + 1, equals);
    if (!applyRecord(key, buffer.subarray(equals + 1, end - 1), fields, limits)) return false;
    at = end;
  }
  return true;
}

/** Digits alone; NaN for anything else. */
function decimal(buffer: Buffer, from: number, end: number): number {
  let value = 0;
  if (from === end || end - from > 16) return Number.NaN;
  for (let at = from; at < end; at++) {
    const digit = buffer[at]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function applyRecord(key: string, value: Buffer, fields: PaxFields, limits: TarLimits): boolean {
  switch (key) {
    case 'path':
      return setText(fields, 'path', value);
    case 'linkpath':
      return setText(fields, 'linkPath', value);
    case 'size':
      return setNumber(fields, 'sizeBytes', decimal(value, 0, value.length), value);
    case 'uid':
      return setNumber(fields, 'uid', decimal(value, 0, value.length), value);
    case 'gid':
      return setNumber(fields, 'gid', decimal(value, 0, value.length), value);
    case 'mtime':
      return setNumber(fields, 'modifiedSeconds', paxTime(value), value);
    default:
      if (key.startsWith('GNU.sparse.')) return applySparse(key, value, fields, limits);
      if (key.startsWith('SCHILY.xattr.'))
        return setXattr(fields, key.slice('SCHILY.xattr.'.length), value, limits);
      if (key.startsWith('LIBARCHIVE.xattr.')) return setEncodedXattr(fields, key, value, limits);
      return true;
  }
}

function setText(fields: PaxFields, name: 'path' | 'linkPath', value: Buffer): boolean {
  // A NUL would end the name in the kernel and nowhere else.
  if (value.includes(nul)) return false;
  if (value.length === 0) delete fields[name];
  else fields[name] = value;
  return true;
}

type NumberName = 'sizeBytes' | 'uid' | 'gid' | 'modifiedSeconds';

function setNumber(fields: PaxFields, name: NumberName, number: number, value: Buffer): boolean {
  if (value.length === 0) delete fields[name];
  else if (Number.isNaN(number)) return false;
  else fields[name] = number;
  return true;
}

/** Seconds with an optional sign and fraction. */
function paxTime(value: Buffer): number {
  const text = value.toString('latin1', 0, 40);
  return /^-?[0-9]{1,15}(\.[0-9]*)?$/.test(text) ? Number(text) : Number.NaN;
}

function setXattr(fields: PaxFields, name: string, value: Buffer, limits: TarLimits): boolean {
  if (value.length > limits.xattrBytesMax) return false;
  fields.xattrs ??= new Map();
  fields.xattrs.set(name, value);
  return true;
}

/** libarchive writes names with percent escapes and values in base64. */
function setEncodedXattr(
  fields: PaxFields,
  key: string,
  value: Buffer,
  limits: TarLimits,
): boolean {
  const name = key
    .slice('LIBARCHIVE.xattr.'.length)
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  if (fields.xattrs?.has(name)) return true;
  return setXattr(fields, name, Buffer.from(value.toString('latin1'), 'base64'), limits);
}

function applySparse(key: string, value: Buffer, fields: PaxFields, limits: TarLimits): boolean {
  const sparse = (fields.sparse ??= {});
  const number = decimal(value, 0, value.length);
  switch (key.slice('GNU.sparse.'.length)) {
    case 'major':
      sparse.major = value.toString('latin1', 0, 8);
      return true;
    case 'minor':
      sparse.minor = value.toString('latin1', 0, 8);
      return true;
    case 'name':
      sparse.name = value;
      return !value.includes(nul);
    case 'size':
    case 'realsize':
      sparse.sizeBytes = number;
      return !Number.isNaN(number);
    case 'offset':
    case 'numbytes':
      sparse.numbers ??= [];
      sparse.numbers.push(number);
      return !Number.isNaN(number) && sparse.numbers.length <= 2 * limits.sparseFragmentsMax;
    case 'map':
      return setSparseMap(sparse, value, limits);
    default:
      return true;
  }
}

function setSparseMap(
  sparse: NonNullable<PaxFields['sparse']>,
  value: Buffer,
  limits: TarLimits,
): boolean {
  const numbers: number[] = [];
  for (let at = 0; at < value.length;) {
    const comma = value.indexOf(0x2c, at);
    const end = comma < 0 ? value.length : comma;
    const number = decimal(value, at, end);
    if (Number.isNaN(number) || numbers.length >= 2 * limits.sparseFragmentsMax) return false;
    numbers.push(number);
    at = end + 1;
  }
  sparse.numbers = numbers;
  return true;
}
