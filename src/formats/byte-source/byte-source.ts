// SPDX-License-Identifier: Apache-2.0
// Bytes that are read where they are needed. Formats with tables at their end or with a few
// interesting places in a large file (ELF, zip) work on this, so that nobody copies the file;
// a file in a layer (`ContentFile`) is one.
import { PlimsollError } from '../../model/errors.ts';

export interface ByteSource {
  readonly sizeBytes: number;
  /** Up to `length` bytes from `offset`; fewer at the end, none beyond it. Not to be written to. */
  read(offset: number, length: number): Uint8Array;
}

export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) =>
      offset >= bytes.length ? bytes.subarray(0, 0) : bytes.subarray(offset, offset + length),
  };
}

/** A window on another source: a stored member of an archive, a section. It never reaches outside. */
export function sliceOfSource(source: ByteSource, start: number, sizeBytes: number): ByteSource {
  const size = Math.max(0, Math.min(sizeBytes, source.sizeBytes - start));
  return {
    sizeBytes: size,
    read: (offset, length) =>
      source.read(start + offset, Math.max(0, Math.min(length, size - offset))),
  };
}

/**
 * Exactly `length` bytes.
 * @throws `invalid` when the source ends before; `what` names the part that is cut: `section headers`.
 */
export function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Uint8Array {
  const bytes = offset <= source.sizeBytes ? source.read(offset, length) : new Uint8Array(0);
  if (bytes.length === length) return bytes;
  throw new PlimsollError(
    'invalid',
    `Cannot read ${what}: want ${length} bytes at ${offset} of ${source.sizeBytes}`,
  );
}
