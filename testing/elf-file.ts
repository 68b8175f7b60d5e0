// SPDX-License-Identifier: Apache-2.0
// Makes small ELF files of either width and byte order, for tests of what stands on the ELF reader.
// Nothing runs them; `readelf` reads them (src/formats/elf/elf.system.test.ts compares).

export interface ElfDescription {
  readonly bits?: 32 | 64;
  readonly littleEndian?: boolean;
  readonly type?: number;
  readonly machine?: number;
  /** Without the empty first and the names' section, which are added. */
  readonly sections?: readonly ElfSectionDescription[];
  /** Leave the section table out, as some packers do. */
  readonly noSectionHeaders?: boolean;
}

export interface ElfSectionDescription {
  readonly name: string;
  readonly content: Uint8Array;
  /** Default 1, PROGBITS. */
  readonly type?: number;
  /** Set: a PT_LOAD segment loads it there. */
  readonly address?: number;
  readonly writable?: boolean;
  /** A further segment of this type over the same bytes: 2 dynamic, 3 interpreter, 4 note. */
  readonly segmentType?: number;
}

class Writer {
  readonly #wide: boolean;
  readonly #little: boolean;
  readonly #parts: Buffer[] = [];

  constructor(wide: boolean, little: boolean) {
    this.#wide = wide;
    this.#little = little;
  }

  half(...values: readonly number[]): this {
    for (const value of values) {
      const bytes = Buffer.alloc(2);
      if (this.#little) bytes.writeUInt16LE(value);
      else bytes.writeUInt16BE(value);
      this.#parts.push(bytes);
    }
    return this;
  }

  word(...values: readonly number[]): this {
    for (const value of values) {
      const bytes = Buffer.alloc(4);
      if (this.#little) bytes.writeUInt32LE(value);
      else bytes.writeUInt32BE(value);
      this.#parts.push(bytes);
    }
    return this;
  }

  /** As wide as the file's addresses. */
  address(...values: readonly number[]): this {
    if (!this.#wide) return this.word(...values);
    for (const value of values) {
      const bytes = Buffer.alloc(8);
      if (this.#little) bytes.writeBigUInt64LE(BigInt(value));
      else bytes.writeBigUInt64BE(BigInt(value));
      this.#parts.push(bytes);
    }
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Address-wide words in the file's byte order, for the content of sections. */
export function elfWords(
  values: readonly number[],
  { bits = 64, littleEndian = true }: Pick<ElfDescription, 'bits' | 'littleEndian'> = {},
): Buffer {
  return new Writer(bits === 64, littleEndian).address(...values).bytes();
}

/** One note, as in a note section. */
export function elfNote(
  owner: string,
  type: number,
  content: Uint8Array,
  littleEndian = true,
): Buffer {
  const padded = (bytes: Uint8Array): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const name = Buffer.from(`${owner}\0`, 'latin1');
  const head = new Writer(false, littleEndian).word(name.length, content.length, type);
  return head.raw(padded(name)).raw(padded(content)).bytes();
}

export function buildElf(description: ElfDescription): Buffer {
  const { bits = 64, littleEndian = true, type = 2, machine = 62, noSectionHeaders } = description;
  const wide = bits === 64;
  const writer = (): Writer => new Writer(wide, littleEndian);
  const headerBytes = wide ? 64 : 52;
  const segmentBytes = wide ? 56 : 32;
  const sectionBytes = wide ? 64 : 40;
  const described = [
    ...(description.sections ?? []),
    { name: '.shstrtab', content: Buffer.alloc(0), type: 3 },
  ] as ElfSectionDescription[];
  const nameOffsets: number[] = [];
  let names = '\0';
  for (const { name } of described) {
    nameOffsets.push(names.length);
    names += `${name}\0`;
  }
  described[described.length - 1] = {
    name: '.shstrtab',
    content: Buffer.from(names, 'latin1'),
    type: 3,
  };
  const segmentCount =
    described.filter((section) => section.address !== undefined).length +
    described.filter((section) => section.segmentType !== undefined).length;

  const body = writer();
  let at = headerBytes + segmentCount * segmentBytes;
  const placed = described.map((section) => {
    const padding = (16 - (at % 16)) % 16;
    body.raw(Buffer.alloc(padding)).raw(section.content);
    const offset = at + padding;
    at = offset + section.content.length;
    return { ...section, offset };
  });

  const segments = writer();
  const segment = (kind: number, flags: number, section: (typeof placed)[number]): void => {
    const { offset, content, address = 0 } = section;
    const size = content.length;
    const align = kind === 4 ? 4 : 16;
    if (wide) segments.word(kind, flags).address(offset, address, address, size, size, align);
    else segments.word(kind, offset, address, address, size, size, flags, align);
  };
  for (const section of placed)
    if (section.address !== undefined) segment(1, section.writable ? 6 : 4, section);
  for (const section of placed)
    if (section.segmentType !== undefined) segment(section.segmentType, 4, section);

  const sections = writer().raw(Buffer.alloc(sectionBytes));
  for (const [index, section] of placed.entries())
    sections
      .word(nameOffsets[index]!, section.type ?? 1)
      .address(
        section.address === undefined ? 0 : section.writable ? 3 : 2,
        section.address ?? 0,
        section.offset,
        section.content.length,
      )
      .word(0, 0)
      .address(section.type === 7 ? 4 : 16, 0);

  const header = writer()
    .raw(Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, littleEndian ? 1 : 2, 1, 0]))
    .raw(Buffer.alloc(8))
    .half(type, machine)
    .word(1)
    .address(0x1000, segmentCount === 0 ? 0 : headerBytes, noSectionHeaders ? 0 : at)
    .word(0)
    .half(headerBytes, segmentBytes, segmentCount, sectionBytes)
    .half(noSectionHeaders ? 0 : placed.length + 1, noSectionHeaders ? 0 : placed.length);
  const table = noSectionHeaders ? Buffer.alloc(0) : sections.bytes();
  return Buffer.concat([header.bytes(), segments.bytes(), body.bytes(), table]);
}
