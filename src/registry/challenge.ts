// SPDX-License-Identifier: Apache-2.0
// What a 401 asks for: https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate and
// https://distribution.github.io/distribution/spec/auth/token/

export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A header has room for a few. */
const challengesMax = 16;
const lengthMax = 8192;

const token = /[A-Za-z0-9!#$%&'*+.^_`|~-]+/y;
const blanks = /[\t ]*/y;
const quotedText = /"((?:[^"\\]|\\.)*)"/y;

/** Challenges in their order; what cannot be read ends the list. */
export function parseChallenges(header: string): readonly Challenge[] {
  const text = header.slice(0, lengthMax);
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length && found.length < challengesMax) {
    take(blanks);
    if (text[at] === ',') {
      at++;
      continue;
    }
    const name = take(token)?.[0].toLowerCase();
    if (name === undefined) break;
    take(blanks);
    if (text[at] !== '=') {
      found.push({ scheme: name, parameters: Object.create(null) as Record<string, string> });
      continue;
    }
    at++;
    take(blanks);
    const value = take(quotedText)?.[1]?.replace(/\\(.)/g, '$1') ?? take(token)?.[0];
    const current = found.at(-1);
    if (value === undefined || current === undefined) break;
    current.parameters[name] ??= value;
  }
  return found;
}
