// SPDX-License-Identifier: Apache-2.0
import { deflateSync } from 'node:zlib';
import { sourceOfBytes } from '../../src/formats/byte-source/byte-source.ts';
import { parseRustAudit, readRustAudit } from '../../src/formats/rust-audit/rust-audit.ts';
import { buildElf } from '../elf-file.ts';

export const name = 'rust-audit';

export function seeds(): Uint8Array[] {
  const audit = { packages: [{ name: 'a', version: '1.0.0', source: 'crates.io', root: true }] };
  const packed = deflateSync(JSON.stringify(audit));
  return [
    buildElf({ sections: [{ name: '.dep-v0', content: packed }] }),
    packed,
    Buffer.from(JSON.stringify(audit)),
  ];
}

export function run(bytes: Uint8Array): void {
  if (bytes[0] === 0x7f) readRustAudit(sourceOfBytes(bytes));
  // Most changes to compressed bytes end in zlib: JSON is changed before it is packed, too.
  else parseRustAudit(bytes[0] === 0x7b ? deflateSync(bytes) : bytes);
}
