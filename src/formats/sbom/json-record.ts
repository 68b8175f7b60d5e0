// SPDX-License-Identifier: Apache-2.0
// Tolerant access to other people's JSON: what has the wrong type counts as absent.

export type JsonRecord = Readonly<Record<string, unknown>>;

const nothing: JsonRecord = Object.freeze(Object.create(null) as JsonRecord);

/** The object, or one without members. */
export function record(value: unknown): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : nothing;
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or undefined; an empty one counts as absent. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
