// SPDX-License-Identifier: Apache-2.0
// Makes foreign text fit to be printed. A file name, a package name or an advisory's title can hold
// anything: escape sequences that rewrite what stands above (CWE-150), bidirectional overrides that
// reorder what stands beside (CVE-2021-42574), characters that nobody sees, a thousand accents on
// one letter. All of it becomes a visible escape; what is left takes exactly the cells that
// `displayWidth` counts. What is shown is for eyes: to get the exact text, take the JSON.

/**
 * Controls and separators, format characters (bidirectional ones among them), lone surrogates,
 * unassigned and other invisible characters, and a spacing character nobody can tell from a blank.
 */
const unprintable =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u2000-\u200a\u202f\u205f\u2800]/u;
const unprintables = new RegExp(unprintable.source, 'gu');

/** Writing systems stack at most three marks on a letter; more of them cover the lines around. */
const marksInRow = 4;
const tooManyMarks = new RegExp(`(?<=\\p{M}{${marksInRow}})\\p{M}`, 'gu');

const plainAscii = /^[\x20-\x7e]*$/;

/** The text with each dangerous or invisible character as `\n`, `\x1b` or `\u{202e}`. */
export function escapeForTerminal(text: string): string {
  if (plainAscii.test(text)) return text;
  return text.replace(unprintables, escapeCharacter).replace(tooManyMarks, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  // A byte of a file name that is not UTF-8, see model/path-bytes.ts.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code & 0xff).toString(16)}`;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/** For running text such as a summary: line breaks, tabs and rows of blanks become one blank. */
export function escapeProse(text: string): string {
  return escapeForTerminal(text.replace(/[\s\0]+/g, ' ').trim());
}
