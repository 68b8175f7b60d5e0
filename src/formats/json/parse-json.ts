// SPDX-License-Identifier: Apache-2.0
// JSON.parse for text from strangers. V8 takes any nesting, at up to 70 times the text's size in
// memory: eight megabytes of `[` cost half a gigabyte, and who walks the result overflows the
// stack. RFC 8259 section 9 allows a parser to limit both depth and size.
import { PlimsollError } from '../../model/errors.ts';

/** Documents that we read nest ten deep; a tree of SBOM components or npm dependencies some more. */
export const jsonDepthMax = 500;
/** Members and elements, empty ones too: an SBOM of 250 MB has some five million. */
export const jsonValuesMax = 8_000_000;

/** @throws SyntaxError as JSON.parse does, `limit` where it nests too deeply or holds too much. */
export function parseJson(text: string, valuesMax = jsonValuesMax): unknown {
  checkShape(text, valuesMax);
  return JSON.parse(text) as unknown;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;

/** Follows brackets and strings alone: JSON.parse judges the rest. */
function checkShape(text: string, valuesMax: number): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at + 1);
    } else if (code === comma) {
      values++;
    } else if (code === 0x5b || code === 0x7b) {
      values++;
      if (++depth > jsonDepthMax)
        throw new PlimsollError('limit', `JSON nests deeper than ${jsonDepthMax}`);
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  if (values > valuesMax)
    throw new PlimsollError('limit', `JSON holds more than ${valuesMax} values`);
}

/** Where the closing quote stands, or the end. */
function endOfString(text: string, start: number): number {
  for (let at = start; ;) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let slashes = 0;
    while (end - slashes > start && text.charCodeAt(end - slashes - 1) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    at = end + 1;
  }
}
