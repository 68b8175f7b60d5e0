// SPDX-License-Identifier: Apache-2.0
// The file in which a distribution names itself, os-release(5):
// https://www.freedesktop.org/software/systemd/man/latest/os-release.html
// Assignments as a shell would read them, but without expansion and with one per line.

/** Files are below 1 kB; one beyond this is something else. */
export const osReleaseSizeBytesMax = 64 * 1024;
/** The specification names some 30 keys; vendors add a few. */
const keysMax = 500;

/**
 * Keys and unquoted values. A later assignment of a key wins, as in a shell. Lines that are no
 * assignment are passed over, as the specification asks of readers.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.slice(0, osReleaseSizeBytesMax).split('\n')) {
    const match = /^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=/.exec(line);
    if (match === null) continue;
    if (values.size >= keysMax) break;
    values.set(match[1]!, unquote(line.slice(match[0].length)));
  }
  return values;
}

/**
 * The shell's word rules: text in single quotes stands as it is, in double quotes a backslash
 * escapes `"`, `$`, a backtick and itself, outside of quotes it escapes anything, and the word ends at the
 * first white space outside of quotes.
 */
function unquote(word: string): string {
  let value = '';
  let quote = '';
  for (let at = 0; at < word.length; at++) {
    const character = word[at]!;
    if (quote === "'") {
      if (character === "'") quote = '';
      else value += character;
    } else if (character === '\\') {
      const next = word[at + 1];
      if (next === undefined || next === '\r') break;
      if (quote === '"' && !'"$`\\'.includes(next)) value += character;
      value += next;
      at++;
    } else if (character === '"') {
      quote = quote === '"' ? '' : '"';
    } else if (quote === '' && character === "'") {
      quote = "'";
    } else if (quote === '' && /\s/.test(character)) {
      break;
    } else value += character;
  }
  return value;
}
