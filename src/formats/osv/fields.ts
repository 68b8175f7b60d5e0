// SPDX-License-Identifier: Apache-2.0
// Single fields of a record whose shape nobody guarantees.
import type { IssueSink } from '../../model/issue.ts';

export interface RecordContext {
  readonly where: string;
  readonly issues: IssueSink;
  /** Enumerated versions that the record may still have. */
  versionsLeft: number;
}

/** Identifiers, names and versions: the longest real ones (vectors, module paths) stay under 300. */
const shortLengthMax = 1_024;

/** A name, identifier or version: not empty, of bounded length, without control characters. */
export function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > shortLengthMax) return undefined;
  return /[\u0000-\u001f\u007f]/.test(value) ? undefined : value;
}

/** Text for people, cut to the length and not through a surrogate pair. */
export function textOf(value: unknown, lengthMax: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '' || text === 'null') return undefined;
  return text.length <= lengthMax ? text : text.slice(0, lengthMax).toWellFormed();
}

/** @returns undefined when it is not a list of short texts, or longer than allowed. */
export function textListOf(value: unknown, countMax: number): readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value) || value.length > countMax) return undefined;
  const list: string[] = [];
  for (const item of value as unknown[]) {
    const text = shortText(item);
    if (text === undefined) return undefined;
    list.push(text);
  }
  return list;
}
