// SPDX-License-Identifier: Apache-2.0
// The shape follows the specification's example: https://github.com/rust-secure-code/cargo-auditable
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { buildElf } from '../../../testing/elf-file.ts';
import { PlimsollError } from '../../model/errors.ts';
import { sourceOfBytes } from '../byte-source/byte-source.ts';
import { parseRustAudit, readRustAudit } from './rust-audit.ts';

const audit = {
  packages: [
    { name: 'adler', version: '0.2.3', source: 'registry' },
    { name: 'cc', version: '1.0.83', source: 'crates.io', kind: 'build' },
    { name: 'app', version: '0.1.0', source: 'local', dependencies: [0, 1], root: true },
    { name: 'unsourced', version: '1.0.0' },
    { name: 'broken', version: 7 },
    null,
  ],
};
const packed = deflateSync(JSON.stringify(audit));
const program = buildElf({
  sections: [
    { name: '.text', content: Buffer.alloc(64) },
    { name: '.dep-v0', content: packed },
  ],
});

test('crates are listed with source and kind; damaged ones are left out', () => {
  assert.deepEqual(readRustAudit(sourceOfBytes(program)), [
    { name: 'adler', version: '0.2.3', source: 'registry', kind: 'runtime', root: false },
    { name: 'cc', version: '1.0.83', source: 'crates.io', kind: 'build', root: false },
    { name: 'app', version: '0.1.0', source: 'local', kind: 'runtime', root: true },
    { name: 'unsourced', version: '1.0.0', source: 'unknown', kind: 'runtime', root: false },
  ]);
});

test('what cargo auditable wrote is read', () => {
  // Section of a program built with cargo-auditable 0.7 from adler2, itoa and a build script with cc.
  const section = Buffer.from(
    'eJyNkM0OwiAQhN9lz0hKjQf7KsYDwlZJKdsAbUyavrurB9MfE3tksvPNDCN02jT6jgmqywhBtwgVaOsxliBgwJgcBZ' +
      'ZKWUjFSqI+mveNiTpjko5gEl+jMQuTkkrJ42+XgMYFy9Ktd97y02KHwWIw7lOmFKfrjFzz8aFNgzlkIp8WMdxMqtOu' +
      'mBnRZdKrtgw6/90Yt+HF3OTJaL/dUwgljlcBkShDlWOPM2Z6eHzu/e/1JIbWFFvNWDW9AAgYkjI=',
    'base64',
  );
  const crates = parseRustAudit(section);
  assert.deepEqual(
    crates.map(({ name, version, kind }) => `${name} ${version} ${kind}`),
    [
      'adler2 2.0.1 runtime',
      'cc 1.11.3 build',
      'find-msvc-tools 0.1.15 build',
      'itoa 1.0.19 runtime',
      'rs 0.1.0 runtime',
      'shlex 2.0.1 build',
    ],
  );
  assert.deepEqual(crates.find(({ root }) => root)?.name, 'rs');
});

test('a program without the section has nothing to say', () => {
  const bytes = buildElf({ sections: [{ name: '.text', content: Buffer.alloc(4) }] });
  assert.equal(readRustAudit(sourceOfBytes(bytes)), undefined);
});

test('what is no list of packages is refused', () => {
  for (const content of [
    Buffer.from('no zlib'),
    deflateSync('{'),
    deflateSync('{}'),
    deflateSync('null'),
    Buffer.alloc(0),
  ])
    assert.throws(() => parseRustAudit(content), { code: 'invalid' });
});

test('a decompression bomb is refused', () => {
  const bomb = deflateSync(Buffer.alloc(64 << 20, 0x20));
  assert.ok(bomb.length < 100_000);
  assert.throws(() => parseRustAudit(bomb), { code: 'limit' });
});

test('flipped bytes give a list or our own error', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), (flips) => {
      const bytes = Buffer.from(program);
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      try {
        readRustAudit(sourceOfBytes(bytes));
      } catch (error) {
        assert.ok(error instanceof PlimsollError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
