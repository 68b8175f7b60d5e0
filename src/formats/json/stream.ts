// SPDX-License-Identifier: Apache-2.0
// Writes JSON piece by piece, so that the document of a large image is never one string, and so that
// every reader can take it: text is always well-formed Unicode. `JSON.stringify` writes a lone
// surrogate as `\udc80`, which RFC 8259 section 8.2 calls unpredictable; strict parsers refuse the
// whole document for one file name. Here it becomes U+FFFD.

/**
 * Text of a value. Objects and iterables down to `levels` deep are written one member to a line and
 * consumed as they are written: an array may be a generator. What is deeper goes on one line.
 * Members that are undefined are left out.
 */
export function* jsonText(value: unknown, levels: number, indent = ''): Iterable<string> {
  if (levels <= 0 || !isContainer(value)) {
    yield jsonLine(value);
    return;
  }
  const listed = isIterable(value);
  const inner = `${indent}  `;
  let empty = true;
  for (const member of listed ? value : Object.entries(value)) {
    if (!listed && (member as [string, unknown])[1] === undefined) continue;
    yield `${empty ? (listed ? '[' : '{') : ','}\n${inner}`;
    empty = false;
    if (listed) yield* jsonText(member, levels - 1, inner);
    else {
      const [key, content] = member as [string, unknown];
      yield `${jsonLine(key)}: `;
      yield* jsonText(content, levels - 1, inner);
    }
  }
  if (empty) yield listed ? '[]' : '{}';
  else yield `\n${indent}${listed ? ']' : '}'}`;
}

/** What tells its own text, as dates do, is a single value. */
function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/**
 * What a terminal obeys or hides although JSON may hold it raw: DEL and C1 controls (U+009B begins
 * an escape sequence), separators of lines, characters that reorder or hide text (CVE-2021-42574).
 * Documents get shown with `cat` too; escaped, they say the same.
 */
const raw = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const raws = new RegExp(raw.source, 'g');

/** The whole text on one line, fit to be shown. */
export function jsonLine(value: unknown): string {
  const text = wellFormed(
    JSON.stringify(isContainer(value) && isIterable(value) ? [...value] : value),
  );
  if (!raw.test(text)) return text;
  return text.replace(
    raws,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function wellFormed(text: string): string {
  if (!text.includes('\\ud')) return text;
  // Pairs of backslashes are taken first: `\\udc80` is a backslash and letters.
  return text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) =>
    found === '\\\\' ? found : '\ufffd',
  );
}
