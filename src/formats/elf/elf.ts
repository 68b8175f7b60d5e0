// SPDX-License-Identifier: Apache-2.0
// ELF files: the header and the two tables that everything else is found by. 32 and 64 bit, both
// byte orders. https://gabi.xinuos.com/ (System V ABI, chapters "Object Files" and "Program Loading")
//
// Offsets and sizes are checked against the file when something is read from them, not here: a
// table with one damaged row is still a table.
import { PlimsollError } from '../../model/errors.ts';
import { readExactly, type ByteSource } from '../byte-source/byte-source.ts';

export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_type`: 1 relocatable, 2 executable, 3 shared object or position-independent executable, 4 core. */
  readonly type: number;
  /** `e_machine`: 3 i386, 40 arm, 62 x86-64, 183 aarch64, 243 riscv, ... */
  readonly machine: number;
  readonly entry: number;
  readonly programHeaders: ElfTable;
  readonly sectionHeaders: ElfTable;
  /** Index of the section that holds the sections' names; 0: none. */
  readonly sectionNames: number;
}

interface ElfTable {
  readonly offset: number;
  readonly count: number;
  readonly rowBytes: number;
}

/** A row of the section header table. Addresses beyond 2^53 (kernels only) are NaN: they are in no range. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly link: number;
  readonly info: number;
  readonly entryBytes: number;
}

/** A row of the program header table. */
export interface ElfSegment {
  readonly type: number;
  /** 1 execute, 2 write, 4 read. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

export const sectionType = { nobits: 8, note: 7, dynamic: 6 } as const;
export const segmentType = { load: 1, dynamic: 2, interpreter: 3, note: 4 } as const;
export const segmentFlag = { execute: 1, write: 2, read: 4 } as const;

/** gcc with -ffunction-sections gives objects of some ten thousand; linked files have below 100. */
const sectionsMax = 100_000;
const segmentsMax = 10_000;
/** Section names of a real file: a few hundred bytes. */
const namesBytesMax = 16 << 20;
/** Names are cut here, or a hundred thousand rows could each name the same megabytes. */
const nameLengthMax = 256;

/** True when the first bytes are those of an ELF file. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads the numbers of one table row in the file's own width and byte order. */
export class ElfRow {
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #wide: boolean;

  constructor(bytes: Uint8Array, header: Pick<ElfHeader, 'bits' | 'littleEndian'>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = header.littleEndian;
    this.#wide = header.bits === 64;
  }

  half(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  word(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  /** An address, offset or size: 4 or 8 bytes; NaN beyond 2^53. */
  address(at: number): number {
    if (!this.#wide) return this.word(at);
    const high = this.word(this.#little ? at + 4 : at);
    const low = this.word(this.#little ? at : at + 4);
    return high >= 0x200000 ? Number.NaN : high * 0x1_0000_0000 + low;
  }
}

/**
 * Undefined where the file is no ELF file: for who looks at every file that begins like one, and has
 * nothing to say about those that are damaged.
 */
export function findElfHeader(source: ByteSource): ElfHeader | undefined {
  try {
    return readElfHeader(source);
  } catch {
    return undefined;
  }
}

/** @throws `invalid` when the file is no ELF file or is cut within its header. */
export function readElfHeader(source: ByteSource): ElfHeader {
  const start = source.read(0, 64);
  const bits = start[4] === 1 ? 32 : start[4] === 2 ? 64 : undefined;
  const order = start[5];
  if (!isElf(start) || bits === undefined || (order !== 1 && order !== 2))
    throw new PlimsollError('invalid', 'Cannot read ELF header: want magic, class and byte order');
  const wide = bits === 64;
  if (start.length < (wide ? 64 : 52))
    throw new PlimsollError('invalid', `Cannot read ELF header: file ends at ${start.length}`);
  const row = new ElfRow(start, { bits, littleEndian: order === 1 });
  const counts = wide ? 54 : 42;
  return withExtendedCounts(source, {
    bits,
    littleEndian: order === 1,
    type: row.half(16),
    machine: row.half(18),
    entry: row.address(24),
    programHeaders: {
      offset: row.address(wide ? 32 : 28),
      rowBytes: row.half(counts),
      count: row.half(counts + 2),
    },
    sectionHeaders: {
      offset: row.address(wide ? 40 : 32),
      rowBytes: row.half(counts + 4),
      count: row.half(counts + 6),
    },
    sectionNames: row.half(counts + 8),
  });
}

/** Counts that do not fit 16 bits are in the first section header ("ELF Header", e_shnum, e_shstrndx, e_phnum). */
function withExtendedCounts(source: ByteSource, header: ElfHeader): ElfHeader {
  const { programHeaders, sectionHeaders } = header;
  const extended =
    (sectionHeaders.count === 0 && sectionHeaders.offset !== 0) ||
    header.sectionNames === 0xffff ||
    programHeaders.count === 0xffff;
  const rowBytes = header.bits === 64 ? 64 : 40;
  if (!extended || sectionHeaders.rowBytes < rowBytes) return header;
  const bytes = source.read(sectionHeaders.offset, rowBytes);
  if (bytes.length < rowBytes) return header;
  const first = sectionOf(new ElfRow(bytes, header), header.bits === 64);
  return {
    ...header,
    sectionHeaders: { ...sectionHeaders, count: sectionHeaders.count || first.sizeBytes },
    programHeaders: {
      ...programHeaders,
      count: programHeaders.count === 0xffff ? first.info : programHeaders.count,
    },
    sectionNames: header.sectionNames === 0xffff ? first.link : header.sectionNames,
  };
}

/**
 * All sections in the table's order; the first (index 0) is the empty one. Empty where the file has
 * no table: it is not needed to run a program.
 * @throws `invalid` when the table is cut, `limit` when it is absurdly large.
 */
export function readSections(source: ByteSource, header: ElfHeader): readonly ElfSection[] {
  const wide = header.bits === 64;
  const rows = readTable(
    source,
    header,
    header.sectionHeaders,
    wide ? 64 : 40,
    sectionsMax,
    'section headers',
  );
  const sections = rows.map((row) => sectionOf(row, wide));
  const names = sections[header.sectionNames];
  const text =
    header.sectionNames === 0 || names === undefined
      ? new Uint8Array(0)
      : readRange(source, names.offset, names.sizeBytes, namesBytesMax);
  return sections.map(({ nameAt, ...section }) => ({ name: textAt(text, nameAt), ...section }));
}

/**
 * The table of section names alone, names separated by NUL; empty where there is none. It is read
 * in a few microseconds: for who looks at every ELF file of an image for one rare section.
 */
export function readSectionNames(source: ByteSource, header: ElfHeader): Buffer {
  const { offset, rowBytes, count } = header.sectionHeaders;
  const wide = header.bits === 64;
  const index = header.sectionNames;
  const at = offset + index * rowBytes;
  if (index === 0 || index >= count || rowBytes < (wide ? 64 : 40) || !Number.isSafeInteger(at))
    return Buffer.alloc(0);
  const row = source.read(at, rowBytes);
  if (row.length < rowBytes) return Buffer.alloc(0);
  const section = sectionOf(new ElfRow(row, header), wide);
  const names = readRange(source, section.offset, section.sizeBytes, namesBytesMax);
  return Buffer.from(names.buffer, names.byteOffset, names.length);
}

function sectionOf(row: ElfRow, wide: boolean): Omit<ElfSection, 'name'> & { nameAt: number } {
  return {
    nameAt: row.word(0),
    type: row.word(4),
    flags: row.address(8),
    address: row.address(wide ? 16 : 12),
    offset: row.address(wide ? 24 : 16),
    sizeBytes: row.address(wide ? 32 : 20),
    link: row.word(wide ? 40 : 24),
    info: row.word(wide ? 44 : 28),
    entryBytes: row.address(wide ? 56 : 36),
  };
}

/** @throws `invalid` when the table is cut, `limit` when it is absurdly large. */
export function readSegments(source: ByteSource, header: ElfHeader): readonly ElfSegment[] {
  const wide = header.bits === 64;
  return readTable(
    source,
    header,
    header.programHeaders,
    wide ? 56 : 32,
    segmentsMax,
    'program headers',
  ).map((row) => ({
    type: row.word(0),
    flags: row.word(wide ? 4 : 24),
    offset: row.address(wide ? 8 : 4),
    address: row.address(wide ? 16 : 8),
    fileBytes: row.address(wide ? 32 : 16),
    memoryBytes: row.address(wide ? 40 : 20),
  }));
}

function readTable(
  source: ByteSource,
  header: ElfHeader,
  table: ElfTable,
  rowBytesMin: number,
  countMax: number,
  what: string,
): readonly ElfRow[] {
  if (table.offset === 0 || table.count === 0) return [];
  if (!Number.isSafeInteger(table.offset) || table.rowBytes < rowBytesMin)
    throw new PlimsollError(
      'invalid',
      `Cannot read ${what}: rows of ${table.rowBytes} bytes at ${table.offset}`,
    );
  if (!(table.count <= countMax))
    throw new PlimsollError(
      'limit',
      `Cannot read ${what}: ${table.count} are more than ${countMax}`,
    );
  const bytes = readExactly(source, table.offset, table.count * table.rowBytes, what);
  return Array.from(
    { length: table.count },
    (_, index) =>
      new ElfRow(bytes.subarray(index * table.rowBytes, (index + 1) * table.rowBytes), header),
  );
}

/** The text at an offset of a string table, up to its NUL or `lengthMax`; empty where the offset is outside. */
export function textAt(table: Uint8Array, at: number, lengthMax = nameLengthMax): string {
  if (!(at < table.length)) return '';
  const limit = Math.min(table.length, at + lengthMax);
  let end = at;
  while (end < limit && table[end] !== 0) end++;
  return Buffer.from(table.buffer, table.byteOffset + at, end - at).toString('latin1');
}

/** Content of a section, at most `bytesMax` of it; empty for `.bss` and for what lies outside the file. */
export function readSection(source: ByteSource, section: ElfSection, bytesMax: number): Uint8Array {
  if (section.type === sectionType.nobits) return new Uint8Array(0);
  return readRange(source, section.offset, section.sizeBytes, bytesMax);
}

/** File content of a segment, at most `bytesMax` of it. */
export function readSegment(source: ByteSource, segment: ElfSegment, bytesMax: number): Uint8Array {
  return readRange(source, segment.offset, segment.fileBytes, bytesMax);
}

function readRange(source: ByteSource, offset: number, size: number, bytesMax: number): Uint8Array {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(size) || offset >= source.sizeBytes)
    return new Uint8Array(0);
  return source.read(offset, Math.min(size, bytesMax));
}

/** Offset in the file of an address of the loaded program; undefined where no segment loads it from the file. */
export function offsetOfAddress(
  segments: readonly ElfSegment[],
  address: number,
): number | undefined {
  for (const segment of segments) {
    if (segment.type !== segmentType.load) continue;
    const within = address - segment.address;
    if (within >= 0 && within < segment.fileBytes) return segment.offset + within;
  }
  return undefined;
}
