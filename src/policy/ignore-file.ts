// SPDX-License-Identifier: Apache-2.0
// The ignore file: findings that somebody looked at and accepted, each with the reason and, best,
// an end. It is written by people and reviewed like code, so errors name the line, and a key that is
// not understood is an error: a misspelled `expires` would suppress for ever.
//
//   - id: CVE-2024-1234
//     package: openssl          # only in this package
//     path: /opt/vendor/        # only below this folder, or in this file
//     reason: not reachable, see TICKET-7
//     expires: 2027-03-31       # the last day on which it applies (UTC)
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { nestsTooDeep } from '../formats/yaml/yaml-nesting.ts';
import { PlimsollError } from '../model/errors.ts';

const sizeBytesMax = 1024 * 1024;
/** More is no list that somebody looked at. */
const entriesMax = 10_000;
const textLengthMax = 2_000;

export interface IgnoreEntry {
  /** The finding's id or one of its aliases. */
  readonly id: string;
  /** Name of the installed package. */
  readonly package?: string;
  /** Absolute: a file, or with a `/` at its end a folder and all below it. */
  readonly path?: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which it applies. */
  readonly expires?: string;
  /** From 1. */
  readonly line: number;
}

export interface IgnoreFile {
  /** As the user named it. */
  readonly source: string;
  readonly entries: readonly IgnoreEntry[];
}

/** @throws `usage` with the line for whatever is not understood, `limit` for a file out of bounds. */
export function parseIgnoreFile(text: string, source: string): IgnoreFile {
  const name = JSON.stringify(source);
  if (text.length > sizeBytesMax)
    throw new PlimsollError(
      'limit',
      `Cannot read ${name}: it is larger than ${sizeBytesMax} bytes`,
    );
  const lines = new LineCounter();
  const refuse = (why: string, offset: number): never => {
    const { line } = lines.linePos(offset);
    throw new PlimsollError('usage', `Cannot read ${name}, line ${line}: ${why}`, { hint });
  };
  const document = parse(text, lines);
  if (document === undefined)
    throw new PlimsollError('usage', `Cannot read ${name}: it is nested too deep`, { hint });
  const [error] = document.errors;
  if (error !== undefined) refuse(error.message, error.pos[0]);
  const root = document.contents as Node | null;
  if (root === null) return { source, entries: [] };
  if (!isSeq(root)) return refuse('want a list of entries', root.range?.[0] ?? 0);
  if (root.items.length > entriesMax)
    throw new PlimsollError('limit', `Cannot read ${name}: more than ${entriesMax} entries`);
  return { source, entries: root.items.map((item) => readEntry(item, lines, refuse)) };
}

/** Undefined where it nests deeper than the parser should be let. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  if (nestsTooDeep(text)) return undefined;
  // Every scalar is text: dates and versions stay as they are written.
  const schema = 'failsafe';
  return parseDocument(text, { lineCounter, schema, prettyErrors: false, logLevel: 'silent' });
}

const hint = 'each entry has `id` and `reason`, and may have `package`, `path` and `expires`';

type Refuse = (why: string, offset: number) => never;
type Field = 'id' | 'package' | 'path' | 'reason' | 'expires';
const fields: readonly string[] = ['id', 'package', 'path', 'reason', 'expires'] satisfies Field[];

function readEntry(item: unknown, lines: LineCounter, refuse: Refuse): IgnoreEntry {
  const offset = offsetOf(item);
  if (!isMap(item)) return refuse('want an entry with `id` and `reason`', offset);
  const found = new Map<string, string>();
  for (const { key, value } of item.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!fields.includes(name))
      refuse(`${JSON.stringify(name)} is no field of an entry`, offsetOf(key));
    const text = isScalar(value) && !isAlias(value) ? String(value.value).trim() : '';
    if (text === '' || text.length > textLengthMax)
      refuse(`want a text as \`${name}\``, offsetOf(value) || offsetOf(key));
    check(name as Field, text, offsetOf(value), refuse);
    found.set(name, text);
  }
  const get = (name: Field): string | undefined => found.get(name);
  const id = get('id') ?? refuse('the entry has no `id`', offset);
  const reason =
    get('reason') ?? refuse(`the entry for ${JSON.stringify(id)} has no \`reason\``, offset);
  const [name, path, expires] = [get('package'), get('path'), get('expires')];
  return {
    id,
    ...(name === undefined ? {} : { package: name }),
    ...(path === undefined ? {} : { path }),
    reason,
    ...(expires === undefined ? {} : { expires }),
    line: lines.linePos(offset).line,
  };
}

function check(name: Field, text: string, offset: number, refuse: Refuse): void {
  if (name === 'expires' && !isDate(text))
    refuse(`want a date like 2027-03-31 as \`expires\`, have ${JSON.stringify(text)}`, offset);
  if (name === 'path' && !text.startsWith('/'))
    refuse(`want an absolute path as \`path\`, have ${JSON.stringify(text)}`, offset);
  // No pattern: "CVE-*" would accept whatever comes.
  if (name === 'id' && !/^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(text))
    refuse(`want one identifier as \`id\`, have ${JSON.stringify(text)}`, offset);
}

function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function offsetOf(node: unknown): number {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? 0;
}
