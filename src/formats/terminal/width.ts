// SPDX-License-Identifier: Apache-2.0
// Terminal cells of a text that `escapeForTerminal` has made: most characters take one, East Asian
// wide ones two, combining marks none. Grapheme clusters are not consulted: terminals differ there,
// and the joiners that make them are escaped before.
import { wideRanges } from './wide-ranges.ts';

const mark = /^\p{M}$/u;
const ellipsis = '…';

/** Cells of one code point. */
function cellsOf(code: number): 0 | 1 | 2 {
  if (code < 0x300) return 1;
  // Vowels and final consonants of conjoining Hangul are drawn into the syllable before them.
  if (code >= 0x1160 && code <= 0x11ff) return 0;
  if (mark.test(String.fromCodePoint(code))) return 0;
  return isWide(code) ? 2 : 1;
}

function isWide(code: number): boolean {
  let low = 0;
  let high = wideRanges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = wideRanges[middle]!;
    if (code < first) high = middle - 1;
    else if (code > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** Number of cells; the text must hold no controls and no colours. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOf(character.codePointAt(0)!);
  return cells;
}

/** The text when it fits into `cells`, else its beginning and `…`. Never wider than `cells`. */
export function truncate(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  if (cells <= 0) return '';
  return takeCells(text, cells - 1).trimEnd() + ellipsis;
}

/** The longest beginning that takes at most `cells`. */
function takeCells(text: string, cells: number): string {
  let taken = 0;
  let end = 0;
  for (const character of text) {
    taken += cellsOf(character.codePointAt(0)!);
    if (taken > cells) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Filled up with blanks to `cells`, at the end or, for figures, at the start. */
export function pad(text: string, cells: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, cells - displayWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Lines of at most `cells`, broken between words where that is possible. At least one line. */
export function wrap(text: string, cells: number): readonly string[] {
  const room = Math.max(1, cells);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = splitWord(word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1)!;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** Pieces of at most `room` cells, in one pass; a wide character in a room of one is taken whole. */
function splitWord(word: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const character of word) {
    const cells = cellsOf(character.codePointAt(0)!);
    if (taken + cells > room && piece !== '') {
      pieces.push(piece);
      piece = '';
      taken = 0;
    }
    piece += character;
    taken += cells;
  }
  pieces.push(piece);
  return pieces;
}
