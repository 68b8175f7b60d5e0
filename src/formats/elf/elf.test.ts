// SPDX-License-Identifier: Apache-2.0
// Oracle: binutils' readelf, over files of this machine and over what testing/elf-file.ts makes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildElf, elfNote, elfWords, type ElfDescription } from '../../../testing/elf-file.ts';
import { canRun } from '../../../testing/require.ts';
import { PlimsollError } from '../../model/errors.ts';
import { sourceOfBytes } from '../byte-source/byte-source.ts';
import { readDynamic, readInterpreter } from './dynamic.ts';
import {
  isElf,
  offsetOfAddress,
  readElfHeader,
  readSection,
  readSectionNames,
  readSections,
  readSegments,
} from './elf.ts';
import { gnuBuildIdOf, goBuildIdOf, readNotes } from './notes.ts';

const forms = [32, 64].flatMap((bits) =>
  [true, false].map((littleEndian) => ({ bits: bits as 32 | 64, littleEndian })),
);

function readAll(bytes: Uint8Array) {
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
function program(form: Pick<ElfDescription, 'bits' | 'littleEndian'>): Buffer {
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

for (const form of forms) {
  test(`a ${form.bits} bit ${form.littleEndian ? 'little' : 'big'}-endian file is read`, () => {
    const read = readAll(program(form));
    assert.equal(read.header.bits, form.bits);
    assert.equal(read.header.machine, 62);
    assert.deepEqual(
      read.sections.map(({ name }) => name),
      ['', '.interp', '.dynstr', '.dynamic', '.note.gnu.build-id', '.shstrtab'],
    );
    assert.ok(read.names.includes('.dynstr\0'));
    assert.equal(read.interpreter, '/lib/ld.so');
    assert.deepEqual(read.dynamic, {
      needed: ['libc.so.6', 'libm.so.6'],
      soname: 'own.so.1',
      rpath: '/opt/lib',
      runpath: '$ORIGIN/../lib',
    });
    assert.equal(gnuBuildIdOf(read.notes), '0123456789abcdef');
    assert.equal(goBuildIdOf(read.notes), 'a/b/c/d');
    const strings = read.sections[2]!;
    assert.equal(offsetOfAddress(read.segments, strings.address + 5), strings.offset + 5);
    assert.equal(offsetOfAddress(read.segments, 0x50_0000), undefined);
    assert.equal(offsetOfAddress(read.segments, Number.NaN), undefined);
  });
}

/** `name type address offset size` of each section, in readelf's spelling. */
function readelfSections(path: string): readonly string[] {
  const { stdout } = spawnSync('readelf', ['-SW', path], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return [
    ...stdout.matchAll(
      /^ +\[ *\d+\] (.*?) +[A-Z_]+[\w.]* +([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) /gm,
    ),
  ].map(([, name, address, offset, size]) => `${name!.trim()} ${address} ${offset} ${size}`);
}

function ownSections(path: string): readonly string[] {
  const { header, sections } = readAll(readFileSync(path));
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return sections.map(({ name, address, offset, sizeBytes }) =>
    `${name} ${hex(address, header.bits / 4)} ${hex(offset, 6)} ${hex(sizeBytes, 6)}`.trim(),
  );
}

const noReadelf = canRun('readelf') ? false : 'readelf is not here';

test('sections, needs and build ids are those that readelf shows', { skip: noReadelf }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-elf-'));
  try {
    const made = forms.map((form) => {
      const path = join(folder, `${form.bits}${form.littleEndian}`);
      writeFileSync(path, program(form));
      return path;
    });
    const real = [process.execPath, '/bin/ls', '/bin/sh', '/usr/bin/dpkg'].filter((path) =>
      existsSync(path),
    );
    assert.ok(real.length > 0);
    for (const path of [...made, ...real]) {
      const sections = readelfSections(path);
      assert.ok(sections.length > 3, path);
      // readelf cuts long names and, in the first row, shows none.
      assert.deepEqual(
        ownSections(path).slice(1),
        sections.slice(-ownSections(path).length + 1),
        path,
      );
      const { dynamic, notes, interpreter } = readAll(readFileSync(path));
      const shown = spawnSync('readelf', ['-dnlW', path], { encoding: 'utf8' }).stdout;
      const needed = [...shown.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
      assert.deepEqual(dynamic?.needed ?? [], needed, path);
      assert.equal(gnuBuildIdOf(notes), /Build ID: ([0-9a-f]+)/.exec(shown)?.[1], path);
      assert.equal(interpreter, /program interpreter: (.*)\]/.exec(shown)?.[1], path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what is no ELF file is refused', () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('\x7fELF'),
    Buffer.from('#!/bin/sh\n'.repeat(10)),
  ])
    assert.throws(() => readElfHeader(sourceOfBytes(bytes)), { code: 'invalid' });
  assert.equal(isElf(Buffer.from('\x7fELF')), true);
  assert.equal(isElf(Buffer.from('\x7fEL')), false);
});

test('a table that is cut or absurdly long is refused', () => {
  const bytes = program({ bits: 64, littleEndian: true });
  assert.throws(() => readAll(bytes.subarray(0, bytes.length - 1)), { code: 'invalid' });
  const many = Buffer.from(bytes);
  many.writeUInt16LE(0x7000, 56);
  assert.throws(() => readAll(many), { code: 'limit' });
  // e_shnum 0: the true count is in the first section's size.
  const extended = Buffer.from(bytes);
  extended.writeUInt16LE(0, 60);
  const table = Number(extended.readBigUInt64LE(40));
  extended.writeBigUInt64LE(6n, table + 32);
  assert.equal(readAll(extended).sections.length, 6);
  extended.writeBigUInt64LE(1n << 40n, table + 32);
  assert.throws(() => readAll(extended), { code: 'limit' });
});

test('a section outside the file is empty, and an address beyond 2^53 is nowhere', () => {
  const bytes = program({ bits: 64, littleEndian: true });
  const source = sourceOfBytes(bytes);
  const sections = readSections(source, readElfHeader(source));
  const section = { ...sections[1]!, offset: 1 << 30 };
  assert.equal(readSection(source, section, 100).length, 0);
  const table = Number(bytes.readBigUInt64LE(40));
  bytes.writeBigUInt64LE(0xffff_ffff_8100_0000n, table + 64 + 16);
  assert.ok(Number.isNaN(readAll(bytes).sections[1]!.address));
});

test('flipped and cut bytes give a result or our own error', () => {
  const seeds = forms.map(program);
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
      fc.nat(),
      (seed, flips, cut) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        try {
          readAll(cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes);
        } catch (error) {
          assert.ok(error instanceof PlimsollError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});
