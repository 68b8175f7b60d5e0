// SPDX-License-Identifier: Apache-2.0
// For tests of the ELF reader: a program with everything that is read, in each form, and all that is
// read of one.
import { readDynamic, readInterpreter } from '../src/formats/elf/dynamic.ts';
import {
  readElfHeader,
  readSectionNames,
  readSections,
  readSegments,
} from '../src/formats/elf/elf.ts';
import { readNotes } from '../src/formats/elf/notes.ts';
import { sourceOfBytes } from '../src/formats/byte-source/byte-source.ts';
import { buildElf, elfNote, elfWords, type ElfDescription } from './elf-file.ts';

/** Widths and byte orders. */
export const elfForms = [32, 64].flatMap((bits) =>
  [true, false].map((littleEndian) => ({ bits: bits as 32 | 64, littleEndian })),
);

/** All that our reader reads of one file. */
export function readElf(bytes: Uint8Array) {
  const source = sourceOfBytes(bytes);
  const header = readElfHeader(source);
  const sections = readSections(source, header);
  const segments = readSegments(source, header);
  return {
    header,
    sections,
    segments,
    names: readSectionNames(source, header),
    notes: readNotes(source, header, sections, segments),
    dynamic: readDynamic(source, header, segments),
    interpreter: readInterpreter(source, segments),
  };
}

/** A program with everything that is read. */
export function elfProgram(form: Pick<ElfDescription, 'bits' | 'littleEndian'>): Buffer {
  const strings = Buffer.from('\0libc.so.6\0libm.so.6\0own.so.1\0/opt/lib\0$ORIGIN/../lib\0');
  const dynamic = elfWords(
    [1, 1, 1, 11, 14, 21, 15, 30, 29, 39, 5, 0x40_2000, 10, strings.length, 0, 0, 1, 1],
    form,
  );
  return buildElf({
    ...form,
    sections: [
      { name: '.interp', content: Buffer.from('/lib/ld.so\0'), address: 0x40_0000, segmentType: 3 },
      { name: '.dynstr', content: strings, address: 0x40_2000, type: 3 },
      {
        name: '.dynamic',
        content: dynamic,
        address: 0x40_3000,
        type: 6,
        segmentType: 2,
        writable: true,
      },
      {
        name: '.note.gnu.build-id',
        content: Buffer.concat([
          elfNote('GNU', 3, Buffer.from('0123456789abcdef', 'hex'), form.littleEndian),
          elfNote('Go', 4, Buffer.from('a/b/c/d'), form.littleEndian),
        ]),
        address: 0x40_4000,
        type: 7,
        segmentType: 4,
      },
    ],
  });
}
