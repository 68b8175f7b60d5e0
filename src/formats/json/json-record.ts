// SPDX-License-Identifier: Apache-2.0
// Objects in other people's JSON, and tolerant access to them: what has the wrong type counts as absent.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** An object, neither a list nor null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const nothing: JsonRecord = Object.freeze(Object.create(null) as JsonRecord);

/** The object, or one without members. */
export function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : nothing;
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or undefined; an empty one counts as absent. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
