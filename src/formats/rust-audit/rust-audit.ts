// SPDX-License-Identifier: Apache-2.0
// The list of crates that `cargo auditable` puts into a program: zlib-compressed JSON in the ELF
// section `.dep-v0`. https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md
import { parseJson } from '../json/parse-json.ts';
import { inflateSync } from 'node:zlib';
import { PlimsollError } from '../../model/errors.ts';
import type { ByteSource } from '../byte-source/byte-source.ts';
import { findElfHeader, readSection, readSectionNames, readSections } from '../elf/elf.ts';

export interface AuditedCrate {
  readonly name: string;
  readonly version: string;
  /** `crates.io`, `git`, `local`, `registry` (another one), or a word that a later version adds. */
  readonly source: string;
  /** `build`: it ran when the program was compiled and is not part of it. */
  readonly kind: 'runtime' | 'build';
  /** The crate whose program this is. */
  readonly root: boolean;
}

const sectionName = '.dep-v0';
/** The specification's own advice for parsers is 8 MiB; 1000 crates take 100 kB. */
const jsonBytesMax = 8 << 20;
const compressedBytesMax = 8 << 20;
const cratesMax = 50_000;
const textLengthMax = 1024;

/**
 * Undefined where the file has no such section.
 * @throws `invalid` when it has one that cannot be read.
 */
export function readRustAudit(source: ByteSource): readonly AuditedCrate[] | undefined {
  const header = findElfHeader(source);
  if (header === undefined || !readSectionNames(source, header).includes(sectionName))
    return undefined;
  const section = readSections(source, header).find(({ name }) => name === sectionName);
  if (section === undefined) return undefined;
  return parseRustAudit(readSection(source, section, compressedBytesMax));
}

/** @throws `invalid` when the bytes are not compressed JSON with a list of packages, `limit` when there is too much of it. */
export function parseRustAudit(compressed: Uint8Array): readonly AuditedCrate[] {
  let value: unknown;
  try {
    value = parseJson(inflateSync(compressed, { maxOutputLength: jsonBytesMax }).toString('utf8'));
  } catch (error) {
    const code =
      (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'invalid';
    // The reason may quote the data, which has no place in a message.
    throw new PlimsollError(
      code,
      `Cannot read Rust audit data: want compressed JSON of at most ${jsonBytesMax} bytes`,
      { cause: error },
    );
  }
  const packages = (value as { packages?: unknown } | null)?.packages;
  if (!Array.isArray(packages))
    throw new PlimsollError('invalid', 'Cannot read Rust audit data: want a list "packages"');
  return packages.slice(0, cratesMax).flatMap(crateOf);
}

function crateOf(value: unknown): readonly AuditedCrate[] {
  if (typeof value !== 'object' || value === null) return [];
  const { name, version, source, kind, root } = value as Record<string, unknown>;
  if (!isText(name) || !isText(version)) return [];
  return [
    {
      name,
      version,
      source: isText(source) ? source : 'unknown',
      kind: kind === 'build' ? 'build' : 'runtime',
      root: root === true,
    },
  ];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= textLengthMax;
}
