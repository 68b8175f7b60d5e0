// SPDX-License-Identifier: Apache-2.0
// What the dynamic linker is told: needed libraries, own name, search paths, interpreter.
// System V ABI, "Dynamic Section"
import type { ByteSource } from '../byte-source/byte-source.ts';
import {
  ElfRow,
  offsetOfAddress,
  readSegment,
  segmentType,
  textAt,
  type ElfHeader,
  type ElfSegment,
} from './elf.ts';

export interface DynamicSection {
  /** In the file's order, which is the order of loading. */
  readonly needed: readonly string[];
  readonly soname?: string;
  /** Colon-separated, `$ORIGIN` unexpanded. `rpath` is ignored by linkers where `runpath` is present. */
  readonly rpath?: string;
  readonly runpath?: string;
}

const tag = {
  end: 0,
  needed: 1,
  stringTable: 5,
  stringBytes: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
} as const;

/** The largest real programs have below 1000 entries. */
const entriesMax = 100_000;
/** Chromium's string table: below 10 MB. */
const stringBytesMax = 64 << 20;
/** Linux's PATH_MAX. */
const pathLengthMax = 4096;
/** The most that any program of Debian names is below 200. */
const neededMax = 4096;

/** Undefined for a static program. Names that the string table does not hold are left out. */
export function readDynamic(
  source: ByteSource,
  header: ElfHeader,
  segments: readonly ElfSegment[],
): DynamicSection | undefined {
  const segment = segments.find((item) => item.type === segmentType.dynamic);
  if (segment === undefined) return undefined;
  const entries = readEntries(source, header, segment);
  const value = (wanted: number): number | undefined =>
    entries.find(([name]) => name === wanted)?.[1];
  const offset = offsetOfAddress(segments, value(tag.stringTable) ?? Number.NaN);
  const size = Math.min(value(tag.stringBytes) || 0, stringBytesMax);
  const strings = offset === undefined ? new Uint8Array(0) : source.read(offset, size);
  const text = (wanted: number): string | undefined => {
    const at = value(wanted);
    return at === undefined ? undefined : textAt(strings, at, pathLengthMax) || undefined;
  };
  const [soname, rpath, runpath] = [text(tag.soname), text(tag.rpath), text(tag.runpath)];
  return {
    needed: entries
      .filter(([name]) => name === tag.needed)
      .slice(0, neededMax)
      .map(([, at]) => textAt(strings, at))
      .filter((name) => name !== ''),
    ...(soname === undefined ? {} : { soname }),
    ...(rpath === undefined ? {} : { rpath }),
    ...(runpath === undefined ? {} : { runpath }),
  };
}

function readEntries(
  source: ByteSource,
  header: ElfHeader,
  segment: ElfSegment,
): readonly (readonly [number, number])[] {
  const width = header.bits / 8;
  const bytes = readSegment(source, segment, entriesMax * width * 2);
  const row = new ElfRow(bytes, header);
  const entries: (readonly [number, number])[] = [];
  for (let at = 0; at + 2 * width <= bytes.length; at += 2 * width) {
    const name = row.address(at);
    if (name === tag.end) break;
    entries.push([name, row.address(at + width)]);
  }
  return entries;
}

/** Path of the dynamic linker (`/lib64/ld-linux-x86-64.so.2`); undefined for a library or a static program. */
export function readInterpreter(
  source: ByteSource,
  segments: readonly ElfSegment[],
): string | undefined {
  const segment = segments.find((item) => item.type === segmentType.interpreter);
  if (segment === undefined) return undefined;
  return textAt(readSegment(source, segment, pathLengthMax), 0, pathLengthMax) || undefined;
}
