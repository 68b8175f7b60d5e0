// SPDX-License-Identifier: Apache-2.0
// Build information in Go programs (ELF): the toolchain's version and the list of modules.
// https://pkg.go.dev/debug/buildinfo; layout: cmd/link/internal/ld/data.go, `buildinfo`
//
// Every ELF file of an image comes through here, and hardly one is Go's. So the section names are
// looked at first, and nothing else is read where they show no Go program.
import { PlimsollError } from '../../model/errors.ts';
import type { ByteSource } from '../byte-source/byte-source.ts';
import {
  ElfRow,
  findElfHeader,
  offsetOfAddress,
  readSection,
  readSectionNames,
  readSections,
  readSegment,
  readSegments,
  segmentFlag,
  segmentType,
  type ElfHeader,
  type ElfSection,
  type ElfSegment,
} from '../elf/elf.ts';
import { parseModuleInfo, type GoModuleInfo } from './module-info.ts';
import { findBuildVersion } from './build-version.ts';

export interface GoBuildInfo {
  /** As the toolchain calls itself: `go1.22.1`, `go1.22.1 X:boringcrypto`, `devel go1.23-abcdef ...`. */
  readonly toolchain: string;
  /** Where the version was read: the record that Go writes, or, where that was removed, the variable of the runtime. */
  readonly from: 'build-info' | 'runtime-variable';
  /** Undefined where the program was built without module support, or the record was removed. */
  readonly modules?: GoModuleInfo;
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const headerBytes = 32;
const alignment = 16;
/** Header, version and module list of Kubernetes' largest program: below 100 kB. */
const recordBytesMax = 16 << 20;
/** A program without section names has the record at the start of its data (debug/buildinfo looks there too). */
const searchBytesMax = 64 << 10;
/** Linkers make one or two. */
const dataSegmentsMax = 16;
/** Sections that only Go's linker makes; `strip` keeps them. */
const goSections = ['.go.buildinfo', '.gopclntab', '.note.go.buildid', '.go.module'] as const;

/**
 * Undefined where the file is no Go program.
 * @throws `invalid` when it is one and its record is damaged.
 */
export function readGoBuildInfo(source: ByteSource): GoBuildInfo | undefined {
  const header = findElfHeader(source);
  if (header === undefined || !mayBeGo(source, header)) return undefined;
  // A program runs without its section table, so a damaged one must not hide what is in it.
  const sections = orNone(() => readSections(source, header));
  const segments = orNone(() => readSegments(source, header));
  const record = findRecord(source, sections, segments);
  if (record !== undefined) return readRecord(source, segments, record);
  const toolchain = findBuildVersion(source, header, sections);
  return toolchain ? { toolchain, from: 'runtime-variable' } : undefined;
}

function orNone<Row>(read: () => readonly Row[]): readonly Row[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof PlimsollError) return [];
    throw error;
  }
}

/** True when only Go's linker can have made the file, with build information or without. */
export function isGoProgram(source: ByteSource): boolean {
  const header = findElfHeader(source);
  const names = header === undefined ? Buffer.alloc(0) : readSectionNames(source, header);
  return goSections.some((name) => names.includes(name));
}

/** A file without section names may be anything. */
function mayBeGo(source: ByteSource, header: ElfHeader): boolean {
  const names = readSectionNames(source, header);
  return names.length === 0 || goSections.some((name) => names.includes(name));
}

function findRecord(
  source: ByteSource,
  sections: readonly ElfSection[],
  segments: readonly ElfSegment[],
): Uint8Array | undefined {
  const section = sections.find(({ name }) => name === '.go.buildinfo');
  if (section !== undefined) return fromMagic(readSection(source, section, recordBytesMax));
  const data = segments.filter(
    ({ type, flags }) => type === segmentType.load && (flags & segmentFlag.write) !== 0,
  );
  for (const segment of data.slice(0, dataSegmentsMax)) {
    if (fromMagic(readSegment(source, segment, searchBytesMax)) !== undefined)
      return fromMagic(readSegment(source, segment, recordBytesMax));
  }
  return undefined;
}

/** The bytes from the record's aligned start on. */
function fromMagic(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(magic); at >= 0; at = buffer.indexOf(magic, at + 1))
    if (at % alignment === 0 && at + headerBytes <= buffer.length) return bytes.subarray(at);
  return undefined;
}

function readRecord(
  source: ByteSource,
  segments: readonly ElfSegment[],
  record: Uint8Array,
): GoBuildInfo | undefined {
  const flags = record[15]!;
  const inline = (flags & 2) !== 0;
  const [toolchain, text] = inline
    ? readInline(record)
    : readPointers(source, segments, {
        record,
        bits: record[14] === 4 ? 32 : 64,
        littleEndian: (flags & 1) === 0,
      });
  // A linker that could not tell leaves the version empty; then the rest says nothing either.
  if (toolchain === '') return undefined;
  const modules = moduleText(text);
  return {
    toolchain,
    from: 'build-info',
    ...(modules === undefined ? {} : { modules: parseModuleInfo(modules) }),
  };
}

/** Since Go 1.18: two strings, each with its length as an unsigned LEB128 number before it. */
function readInline(record: Uint8Array): readonly [string, string] {
  const version = readCounted(record, headerBytes);
  const modules = readCounted(record, version.end);
  return [version.text.toString('utf8'), modules.text.toString('latin1')];
}

function readCounted(bytes: Uint8Array, start: number): { text: Buffer; end: number } {
  let length = 0;
  let at = start;
  // Five groups of seven bits hold more than recordBytesMax.
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if (at + length > bytes.length) break;
      return { text: Buffer.from(bytes.buffer, bytes.byteOffset + at, length), end: at + length };
    }
  }
  throw new PlimsollError('invalid', 'Cannot read Go build information: a string is cut');
}

interface PointerRecord extends Pick<ElfHeader, 'bits' | 'littleEndian'> {
  readonly record: Uint8Array;
}

/** Before Go 1.18: two addresses of string headers (address and length) in the program's data. */
function readPointers(
  source: ByteSource,
  segments: readonly ElfSegment[],
  form: PointerRecord,
): readonly [string, string] {
  const width = form.bits / 8;
  const row = new ElfRow(form.record, form);
  const string = (at: number): Buffer => {
    const head = bytesAt(source, segments, row.address(at), 2 * width);
    if (head === undefined) return Buffer.alloc(0);
    const text = new ElfRow(head, form);
    const length = text.address(width);
    const bytes = bytesAt(source, segments, text.address(0), length);
    return bytes === undefined ? Buffer.alloc(0) : Buffer.from(bytes);
  };
  return [string(16).toString('utf8'), string(16 + width).toString('latin1')];
}

function bytesAt(
  source: ByteSource,
  segments: readonly ElfSegment[],
  address: number,
  length: number,
): Uint8Array | undefined {
  const offset = offsetOfAddress(segments, address);
  if (offset === undefined || !(length > 0 && length <= recordBytesMax)) return undefined;
  const bytes = source.read(offset, length);
  return bytes.length === length ? bytes : undefined;
}

/** The list stands between two 16-byte marks that gdb and `go version` know; it ends with a newline. */
function moduleText(latin1: string): string | undefined {
  if (latin1.length < 33 || latin1[latin1.length - 17] !== '\n') return undefined;
  return Buffer.from(latin1.slice(16, -16), 'latin1').toString('utf8');
}
