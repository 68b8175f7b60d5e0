// SPDX-License-Identifier: Apache-2.0
// How much memory a fact takes, roughly: what readers say of files is kept until the end, and the
// files are a stranger's.
import type { JsonValue } from './file-reader.ts';

/** What any value takes beside its text: a slot, a header, often a shape. */
const valueBytes = 24;

/** Bytes of a fact, its text counted once. */
export function sizeOfFact(fact: JsonValue): number {
  // Facts are made by readers, which nest them a few levels deep.
  if (typeof fact === 'string') return valueBytes + fact.length;
  if (typeof fact !== 'object' || fact === null) return valueBytes;
  let size = valueBytes;
  for (const value of Object.values(fact) as Iterable<JsonValue | undefined>)
    size += value === undefined ? 0 : sizeOfFact(value);
  return size;
}
