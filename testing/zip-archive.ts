// SPDX-License-Identifier: Apache-2.0
// Makes zip archives for tests, also such as nobody should write: entries with a lying size,
// encrypted or of one name, 64 bit records, bytes before the archive.
// `unzip` and Python's zipfile are the tests' other writers.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipInput {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  /** Another length than the content's, in the directory. */
  readonly claimedBytes?: number;
  readonly method?: number;
}

export interface ZipOptions {
  /** Put before the archive, without its offsets following. */
  readonly prefix?: Uint8Array;
  /** Write 64 bit fields and records although nothing needs them. */
  readonly zip64?: boolean;
  readonly comment?: string;
  /** Another number of entries than there are, in the end record. */
  readonly claimedEntries?: number;
}

export function buildZip(inputs: readonly ZipInput[], options: ZipOptions = {}): Buffer {
  const { prefix = Buffer.alloc(0), zip64 = false, comment = '' } = options;
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const input of inputs) {
    const content = Buffer.from(input.content as string);
    const packed = input.stored ? content : deflateRawSync(content);
    const name = Buffer.from(input.name, 'utf8');
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    locals.push(local, name, packed);

    const extra = zip64 ? Buffer.alloc(28) : Buffer.alloc(0);
    const size = input.claimedBytes ?? content.length;
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE((input.encrypted ? 1 : 0) | 0x800, 8);
    entry.writeUInt16LE(input.method ?? (input.stored ? 0 : 8), 10);
    entry.writeUInt32LE(crc32(content), 16);
    entry.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 20);
    entry.writeUInt32LE(zip64 ? 0xffffffff : size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(zip64 ? 0xffffffff : at, 42);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(size), 4);
      extra.writeBigUInt64LE(BigInt(packed.length), 12);
      extra.writeBigUInt64LE(BigInt(at), 20);
    }
    directory.push(entry, name, extra);
    at += 30 + name.length + packed.length;
  }
  const entries = options.claimedEntries ?? inputs.length;
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : entries, 8);
  end.writeUInt16LE(zip64 ? 0xffff : entries, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : table.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : at, 16);
  end.writeUInt16LE(comment.length, 20);
  const wide = zip64 ? wideEnd(entries, table.length, at) : Buffer.alloc(0);
  return Buffer.concat([prefix, ...locals, table, wide, end, Buffer.from(comment, 'latin1')]);
}

function wideEnd(entries: number, tableBytes: number, tableAt: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(tableBytes), 40);
  record.writeBigUInt64LE(BigInt(tableAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(tableAt + tableBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
