// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { elfForms, elfProgram, readElf } from '../../../testing/elf-program.ts';
import { PlimsollError } from '../../model/errors.ts';
import { sourceOfBytes } from '../byte-source/byte-source.ts';
import { isElf, offsetOfAddress, readElfHeader, readSection, readSections } from './elf.ts';
import { gnuBuildIdOf, goBuildIdOf } from './notes.ts';

for (const form of elfForms) {
  test(`a ${form.bits} bit ${form.littleEndian ? 'little' : 'big'}-endian file is read`, () => {
    const read = readElf(elfProgram(form));
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
  const bytes = elfProgram({ bits: 64, littleEndian: true });
  assert.throws(() => readElf(bytes.subarray(0, bytes.length - 1)), { code: 'invalid' });
  const many = Buffer.from(bytes);
  many.writeUInt16LE(0x7000, 56);
  assert.throws(() => readElf(many), { code: 'limit' });
  // e_shnum 0: the true count is in the first section's size.
  const extended = Buffer.from(bytes);
  extended.writeUInt16LE(0, 60);
  const table = Number(extended.readBigUInt64LE(40));
  extended.writeBigUInt64LE(6n, table + 32);
  assert.equal(readElf(extended).sections.length, 6);
  extended.writeBigUInt64LE(1n << 40n, table + 32);
  assert.throws(() => readElf(extended), { code: 'limit' });
});

test('a section outside the file is empty, and an address beyond 2^53 is nowhere', () => {
  const bytes = elfProgram({ bits: 64, littleEndian: true });
  const source = sourceOfBytes(bytes);
  const sections = readSections(source, readElfHeader(source));
  const section = { ...sections[1]!, offset: 1 << 30 };
  assert.equal(readSection(source, section, 100).length, 0);
  const table = Number(bytes.readBigUInt64LE(40));
  bytes.writeBigUInt64LE(0xffff_ffff_8100_0000n, table + 64 + 16);
  assert.ok(Number.isNaN(readElf(bytes).sections[1]!.address));
});

test('flipped and cut bytes give a result or our own error', () => {
  const seeds = elfForms.map(elfProgram);
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
      fc.nat(),
      (seed, flips, cut) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        try {
          readElf(cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes);
        } catch (error) {
          assert.ok(error instanceof PlimsollError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});
