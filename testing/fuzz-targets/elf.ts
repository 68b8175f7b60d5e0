// SPDX-License-Identifier: Apache-2.0
import { sourceOfBytes } from '../../src/formats/byte-source/byte-source.ts';
import { readDynamic, readInterpreter } from '../../src/formats/elf/dynamic.ts';
import {
  readElfHeader,
  readSectionNames,
  readSections,
  readSegments,
} from '../../src/formats/elf/elf.ts';
import { readNotes } from '../../src/formats/elf/notes.ts';
import { buildElf, elfNote, elfWords } from '../elf-file.ts';

export const name = 'elf';

export function seeds(): Uint8Array[] {
  const forms = [
    { bits: 64, littleEndian: true },
    { bits: 64, littleEndian: false },
    { bits: 32, littleEndian: true },
    { bits: 32, littleEndian: false },
  ] as const;
  return forms.map((form) =>
    buildElf({
      ...form,
      sections: [
        {
          name: '.interp',
          content: Buffer.from('/lib/ld.so\0'),
          address: 0x40_0000,
          segmentType: 3,
        },
        { name: '.dynstr', content: Buffer.from('\0libc.so.6\0own\0'), address: 0x40_1000 },
        {
          name: '.dynamic',
          content: elfWords([1, 1, 14, 11, 5, 0x40_1000, 10, 15, 0, 0], form),
          address: 0x40_2000,
          segmentType: 2,
        },
        {
          name: '.note.gnu.build-id',
          content: elfNote('GNU', 3, Buffer.alloc(20, 7), form.littleEndian),
          type: 7,
          address: 0x40_3000,
          segmentType: 4,
        },
      ],
    }),
  );
}

export function run(bytes: Uint8Array): void {
  const source = sourceOfBytes(bytes);
  const header = readElfHeader(source);
  readSectionNames(source, header);
  const sections = readSections(source, header);
  const segments = readSegments(source, header);
  readNotes(source, header, sections, segments);
  readDynamic(source, header, segments);
  readInterpreter(source, segments);
}
