// SPDX-License-Identifier: Apache-2.0
// Debian's control file syntax, deb822(5): paragraphs of `Field: value` lines, continued by lines
// that start with white space. https://www.debian.org/doc/debian-policy/ch-controlfields.html

export interface Paragraph {
  /** Value by field name in lower case; continuation lines keep their line breaks. */
  readonly fields: ReadonlyMap<string, string>;
  /** Number of its first line, from 1. */
  readonly line: number;
  /** Lines that are neither field nor continuation, and fields given twice (the first counts). */
  readonly damaged: number;
}

/** Longer paragraphs are cut: the longest in Debian (a kernel's file list) has some thousands of lines. */
const linesPerParagraphMax = 200_000;

/**
 * Paragraphs in order, with the `wanted` fields only (in lower case; undefined: all of them).
 * A field that `first` names starts a new paragraph when it comes a second time: a lost blank
 * line must not hide the package behind it.
 */
export function* parseDeb822(
  text: string,
  options: { readonly wanted?: ReadonlySet<string>; readonly first?: string } = {},
): Generator<Paragraph> {
  let fields = new Map<string, string>();
  let seen = new Set<string>();
  let start = 1;
  let damaged = 0;
  let current: string | undefined;
  let lineNumber = 0;
  let lines = 0;
  const flush = (): Paragraph => ({ fields, line: start, damaged });
  const reset = (): void => {
    fields = new Map();
    seen = new Set();
    damaged = 0;
    current = undefined;
    lines = 0;
  };
  for (let at = 0; at < text.length;) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    lineNumber++;
    const code = text.charCodeAt(at);
    const lineStart = at;
    at = end + 1;
    if (end === lineStart || (code === 0x0d && end === lineStart + 1)) {
      if (seen.size > 0 || damaged > 0) yield flush();
      reset();
      continue;
    }
    if (lines++ > linesPerParagraphMax) continue;
    if (code === 0x20 || code === 0x09) {
      if (current !== undefined)
        fields.set(current, `${fields.get(current)!}\n${text.slice(lineStart, end)}`);
      continue;
    }
    if (code === 0x23 && seen.size === 0) continue;
    const colon = text.indexOf(':', lineStart);
    if (colon < 0 || colon >= end || colon === lineStart) {
      damaged++;
      current = undefined;
      continue;
    }
    const name = text.slice(lineStart, colon).toLowerCase();
    if (name === options.first && seen.has(name)) {
      damaged++;
      yield flush();
      reset();
    }
    if (seen.size === 0) start = lineNumber;
    if (seen.has(name)) {
      damaged++;
      current = undefined;
      continue;
    }
    seen.add(name);
    current = options.wanted === undefined || options.wanted.has(name) ? name : undefined;
    if (current !== undefined) fields.set(current, text.slice(colon + 1, end).trim());
  }
  if (seen.size > 0 || damaged > 0) yield flush();
}
