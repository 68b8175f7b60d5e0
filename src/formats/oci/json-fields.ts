// SPDX-License-Identifier: Apache-2.0
// Reads hostile JSON documents field by field: the wrong type is an error that names the field,
// never an `undefined` that surfaces later. Go's encoder writes null for empty lists and maps, so
// null counts as absent everywhere.
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { parseJson } from '../json/parse-json.ts';
import { isCode, PlimsollError } from '../../model/errors.ts';

/**
 * The object in the bytes.
 * @param what Names the document in messages: `image manifest`.
 * @throws `limit` when the document is larger, `invalid` when it is no JSON object.
 */
export function decodeRecord(bytes: Uint8Array, what: string, sizeBytesMax: number): JsonRecord {
  const value = decodeJson(bytes, what, sizeBytesMax);
  if (!isRecord(value)) throw invalid(what, 'it is not a JSON object');
  return value;
}

/** @throws `limit` when the document is larger, `invalid` when it is no JSON. */
export function decodeJson(bytes: Uint8Array, what: string, sizeBytesMax: number): unknown {
  if (bytes.length > sizeBytesMax)
    throw new PlimsollError(
      'limit',
      `Cannot read ${what}: it has ${bytes.length} bytes, at most ${sizeBytesMax} are read`,
    );
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(what, 'it is not UTF-8', cause);
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw invalid(what, isCode(cause, 'limit') ? cause.message : 'it is not JSON', cause);
  }
}

export function invalid(what: string, state: string, cause?: unknown): PlimsollError {
  return new PlimsollError('invalid', `Cannot read ${what}: ${state}`, { cause });
}

/** A value for a message: quoted and short. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** Own fields only: a document cannot reach what objects inherit. */
export function field(record: JsonRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? (record[name] ?? undefined) : undefined;
}

export function optionalString(record: JsonRecord, name: string, what: string): string | undefined {
  const value = field(record, name);
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(what, `${name} is ${quoted(value)}, want text`);
}

export function optionalRecord(
  record: JsonRecord,
  name: string,
  what: string,
): JsonRecord | undefined {
  const value = field(record, name);
  if (value === undefined || isRecord(value)) return value;
  throw invalid(what, `${name} is ${quoted(value)}, want an object`);
}

/** The list, empty when absent. @throws `limit` when it is longer, `invalid` when it is none. */
export function listOf(
  record: JsonRecord,
  name: string,
  what: string,
  lengthMax: number,
): readonly unknown[] {
  const value = field(record, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(what, `${name} is ${quoted(value)}, want a list`);
  if (value.length > lengthMax)
    throw new PlimsollError(
      'limit',
      `Cannot read ${what}: ${name} has ${value.length} items, at most ${lengthMax} are read`,
    );
  return value;
}

/** Values that are text, under their names; the others are left out. */
export function stringMap(value: JsonRecord | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(value ?? {}).filter(([, item]) => typeof item === 'string');
  // A null prototype, so that a key such as `__proto__` is an ordinary one.
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as Record<string, string>;
}
