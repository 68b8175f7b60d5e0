// SPDX-License-Identifier: Apache-2.0
// Notes: small records that tools leave in an ELF file: build ids, ABI tags, package metadata.
// System V ABI, "Note Section"; https://systemd.io/ELF_PACKAGE_METADATA/
import type { ByteSource } from '../byte-source/byte-source.ts';
import {
  ElfRow,
  readSection,
  readSegment,
  sectionType,
  segmentType,
  type ElfHeader,
  type ElfSection,
  type ElfSegment,
} from './elf.ts';

export interface ElfNote {
  /** Who defines the type: `GNU`, `Go`, `FDO`, ... */
  readonly owner: string;
  readonly type: number;
  readonly content: Uint8Array;
}

/** Real notes take some hundred bytes; annobin's, which fill megabytes, are not wanted whole. */
const notesBytesMax = 1 << 20;
const notesMax = 10_000;

/** `NT_GNU_BUILD_ID` of owner `GNU`. */
const gnuBuildId = 3;
/** Owner `Go`. */
const goBuildId = 4;

/** Notes of all loaded note segments, or of the note sections of a file without segments. */
export function readNotes(
  source: ByteSource,
  header: ElfHeader,
  sections: readonly ElfSection[],
  segments: readonly ElfSegment[],
): readonly ElfNote[] {
  const inSegments = segments.filter((segment) => segment.type === segmentType.note);
  const blocks =
    inSegments.length > 0
      ? inSegments.map((segment) => (max: number) => readSegment(source, segment, max))
      : sections
          .filter((section) => section.type === sectionType.note)
          .map((section) => (max: number) => readSection(source, section, max));
  const notes: ElfNote[] = [];
  // One budget for all: ten thousand rows can name the same megabyte.
  let bytesLeft = notesBytesMax;
  for (const read of blocks) {
    const bytes = read(bytesLeft);
    notes.push(...parseNotes(bytes, header, notesMax - notes.length));
    bytesLeft -= bytes.length;
    if (bytesLeft <= 0 || notes.length >= notesMax) break;
  }
  return notes;
}

/** Notes of one block. What is cut or lies about its length ends the list. */
export function parseNotes(
  bytes: Uint8Array,
  header: Pick<ElfHeader, 'bits' | 'littleEndian'>,
  countMax = notesMax,
): readonly ElfNote[] {
  const row = new ElfRow(bytes, header);
  const notes: ElfNote[] = [];
  let at = 0;
  while (at + 12 <= bytes.length && notes.length < countMax) {
    const ownerBytes = row.word(at);
    const contentBytes = row.word(at + 4);
    const ownerAt = at + 12;
    const contentAt = ownerAt + aligned(ownerBytes);
    if (contentAt + contentBytes > bytes.length) break;
    const owner = Buffer.from(bytes.subarray(ownerAt, ownerAt + ownerBytes)).toString('latin1');
    notes.push({
      owner: owner.replace(/\0+$/, ''),
      type: row.word(at + 8),
      content: bytes.subarray(contentAt, contentAt + contentBytes),
    });
    at = contentAt + aligned(contentBytes);
  }
  return notes;
}

/** Every known producer aligns to 4 bytes, also where the ABI text says 8 for 64 bit. */
function aligned(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** Lower-case hexadecimal digits of the linker's build id. */
export function gnuBuildIdOf(notes: readonly ElfNote[]): string | undefined {
  const note = notes.find((item) => item.owner === 'GNU' && item.type === gnuBuildId);
  return note && Buffer.from(note.content).toString('hex');
}

/** Go's own build id, four hashes separated by `/`. */
export function goBuildIdOf(notes: readonly ElfNote[]): string | undefined {
  const note = notes.find((item) => item.owner === 'Go' && item.type === goBuildId);
  return note && Buffer.from(note.content).toString('latin1').replace(/\0+$/, '');
}
