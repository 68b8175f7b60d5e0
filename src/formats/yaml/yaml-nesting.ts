// SPDX-License-Identifier: Apache-2.0
// How deep a YAML text nests, told before it is parsed. The parser descends once per level and keeps
// about a kilobyte for each: two megabytes of `[` cost it ten seconds and two gigabytes before it
// fails. Its lexer is a generator, and stops where we do.
import { CST, Lexer } from 'yaml';

/** Published advisories nest less than ten deep. */
export const yamlNestingMax = 100;

/** Opened within the line that it stands in: `- - - x`, `? ? x`. Other nesting costs its indentation. */
const compact: ReadonlySet<string | null> = new Set([
  'seq-item-ind',
  'explicit-key-ind',
  'map-value-ind',
]);

/** True when flow collections (`[[`, `[{`) or those opened in one line nest beyond the limit. */
export function nestsTooDeep(text: string): boolean {
  let flow = 0;
  let line = 0;
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    const type: CST.TokenType | null = isContent ? null : CST.tokenType(token);
    // After this mark comes the text of a scalar, whatever it looks like.
    isContent = type === 'scalar';
    if (type === 'flow-seq-start' || type === 'flow-map-start') flow++;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') flow--;
    else if (type === 'newline') line = 0;
    else if (flow === 0 && compact.has(type)) line++;
    if (flow + line > yamlNestingMax) return true;
  }
  return false;
}
