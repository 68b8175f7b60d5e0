// SPDX-License-Identifier: Apache-2.0
// The toolchain's version of a Go program whose build information was removed (esbuild's binaries
// are such). The runtime keeps the version in a variable, `runtime.buildVersion`: a string, that
// is, an address and a length in the program's data. Text in the read-only data alone would not
// do: Go packs its strings without anything between them, so where one ends cannot be seen there.
import type { ByteSource } from '../byte-source/byte-source.ts';
import { ElfRow, readSection, type ElfHeader, type ElfSection } from '../elf/elf.ts';

/** The largest Go programs have some 50 MB of read-only data, and some 20 MB that can be written. */
const textBytesMax = 128 << 20;
const dataBytesMax = 32 << 20;
/** Places with `go1.` in the text: a hundred in the go command itself. */
const candidatesMax = 4096;
const versionLengthMax = 120;
const versionPattern =
  /^go1\.\d{1,3}(?:\.\d{1,3}|rc\d{1,2}|beta\d{1,2})?(?:[ -][\x20-\x7e]{1,80})?$/;
const dataSections = ['.data', '.noptrdata', '.data.rel.ro'];

/** Undefined where no such variable is found. Only what a word of the data really points to counts. */
export function findBuildVersion(
  source: ByteSource,
  header: ElfHeader,
  sections: readonly ElfSection[],
): string | undefined {
  const named = (name: string): ElfSection | undefined =>
    sections.find((section) => section.name === name);
  const rodata = named('.rodata');
  if (rodata === undefined) return undefined;
  const text = bufferOf(readSection(source, rodata, textBytesMax));
  const candidates = new Map<number, number>();
  for (let at = text.indexOf('go1.'); at >= 0; at = text.indexOf('go1.', at + 1)) {
    candidates.set(rodata.address + at, at);
    if (candidates.size >= candidatesMax) break;
  }
  if (candidates.size === 0) return undefined;
  for (const section of dataSections.map(named)) {
    if (section === undefined) continue;
    const data = readSection(source, section, dataBytesMax);
    for (const [at, length] of stringsAt(data, header, candidates)) {
      const version = text.toString('latin1', at, at + Math.min(length, versionLengthMax));
      if (versionPattern.test(version)) return version;
    }
  }
  return undefined;
}

/** Place in the text and length of each string variable in `data` that begins at a candidate's address. */
function* stringsAt(
  data: Uint8Array,
  header: ElfHeader,
  candidates: ReadonlyMap<number, number>,
): Iterable<readonly [number, number]> {
  const width = header.bits / 8;
  const row = new ElfRow(data, header);
  for (let word = 0; word + 2 * width <= data.length; word += width) {
    const at = candidates.get(row.address(word));
    const length = at === undefined ? 0 : row.address(word + width);
    if (at !== undefined && length > 0 && length <= versionLengthMax) yield [at, length];
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
