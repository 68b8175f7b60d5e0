// SPDX-License-Identifier: Apache-2.0
// Oracle: binutils' readelf, over files of this machine and over what testing/elf-file.ts makes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { elfForms, elfProgram, readElf } from '../../../testing/elf-program.ts';
import { canRun } from '../../../testing/require.ts';
import { gnuBuildIdOf } from './notes.ts';

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
  const { header, sections } = readElf(readFileSync(path));
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return sections.map(({ name, address, offset, sizeBytes }) =>
    `${name} ${hex(address, header.bits / 4)} ${hex(offset, 6)} ${hex(sizeBytes, 6)}`.trim(),
  );
}

const noReadelf = canRun('readelf') ? false : 'readelf is not here';

test('sections, needs and build ids are those that readelf shows', { skip: noReadelf }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-elf-'));
  try {
    const made = elfForms.map((form) => {
      const path = join(folder, `${form.bits}${form.littleEndian}`);
      writeFileSync(path, elfProgram(form));
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
      const { dynamic, notes, interpreter } = readElf(readFileSync(path));
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
