// SPDX-License-Identifier: Apache-2.0
// Columns of numbers that grow to millions of elements, in as little memory as they need.

export type Column = Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Columns grow by this many elements more than are needed: no page is taken long before its use. */
const growth = 1 << 14;

/**
 * An empty column that can grow to `lengthMax` where it stands: only addresses are taken, not
 * memory, and nothing is ever copied to a larger place.
 */
export function growing<Kind extends Column>(
  kind: new (buffer: ArrayBuffer) => Kind,
  lengthMax: number,
): Kind {
  const elementBytes = (kind as unknown as { readonly BYTES_PER_ELEMENT: number })
    .BYTES_PER_ELEMENT;
  return new kind(new ArrayBuffer(0, { maxByteLength: lengthMax * elementBytes }));
}

/** Makes room for `length` elements; new ones are 0, and take no memory until they are written. */
export function reserve(column: Column, length: number): void {
  if (length <= column.length) return;
  const buffer = column.buffer as ArrayBuffer;
  const bytes = (length + growth) * column.BYTES_PER_ELEMENT;
  buffer.resize(Math.min(buffer.maxByteLength, bytes));
}

/**
 * Its first elements with a memory of their own, none where all are 0; what it grew in is given
 * back at once.
 */
export function settled<Kind extends Column>(column: Kind, length: number): Kind {
  const isZero = isAllZero(column, length);
  const copy = column.slice(0, isZero ? 0 : length) as Kind;
  (column.buffer as ArrayBuffer).resize(0);
  return copy;
}

function isAllZero(column: Column, length: number): boolean {
  for (let at = 0; at < length; at++) if (column[at] !== 0) return false;
  return true;
}
