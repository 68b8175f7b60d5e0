// SPDX-License-Identifier: Apache-2.0
// The toolchain's version of a Go program whose build information was removed (esbuild's binaries
// are such). The runtime keeps the version in a variable, `runtime.buildVersion`: a string, that
// is, an address and a length in the program's data. Text in the read-only data alone would not
// do: Go packs its strings without anything between them, so where one ends cannot be seen there.
import type { ByteSource } from '../byte-source/byte-source.ts';
import { readSection, type ElfHeader, type ElfSection } from '../elf/elf.ts';

/** The largest Go programs have some 50 MB of read-only data. */
const textBytesMax = 128 << 20;
const dataBytesMax = 32 << 20;
/** Places with `go1.` in the text that are followed up; real programs have about ten. */
const candidatesMax = 200;
const versionPattern =
  /^go1\.\d{1,3}(?:\.\d{1,3}|rc\d{1,2}|beta\d{1,2})?(?:[ -][\x20-\x7e]{1,80})?$/;

/** Undefined where no such variable is found. Only what a data word really points to counts. */
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
  const data = ['.data', '.noptrdata', '.data.rel.ro']
    .map(named)
    .filter((section) => section !== undefined)
    .map((section) => bufferOf(readSection(source, section, dataBytesMax)));
  let candidates = 0;
  for (let at = text.indexOf('go1.'); at >= 0; at = text.indexOf('go1.', at + 1)) {
    if (++candidates > candidatesMax) return undefined;
    for (const bytes of data) {
      const length = lengthBeside(bytes, rodata.address + at, header);
      const version = text.toString('latin1', at, at + Math.min(length, 120));
      if (length > 0 && versionPattern.test(version)) return version;
    }
  }
  return undefined;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The word after the aligned word that holds the address; 0 where no word holds it. */
function lengthBeside(data: Buffer, address: number, header: ElfHeader): number {
  const width = header.bits / 8;
  if (!Number.isSafeInteger(address)) return 0;
  const word = encodeAddress(address, header);
  for (let at = data.indexOf(word); at >= 0; at = data.indexOf(word, at + 1)) {
    if (at % width !== 0 || at + 2 * width > data.length) continue;
    const low = header.littleEndian || width === 4 ? at + width : at + width + 4;
    return header.littleEndian ? data.readUInt32LE(low) : data.readUInt32BE(low);
  }
  return 0;
}

function encodeAddress(address: number, header: ElfHeader): Buffer {
  const word = Buffer.alloc(header.bits / 8);
  if (header.bits === 64 && header.littleEndian) word.writeBigUInt64LE(BigInt(address));
  else if (header.bits === 64) word.writeBigUInt64BE(BigInt(address));
  else if (header.littleEndian) word.writeUInt32LE(address);
  else word.writeUInt32BE(address);
  return word;
}
