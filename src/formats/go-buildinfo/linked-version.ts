// SPDX-License-Identifier: Apache-2.0
// A version that a build put into a variable: `-ldflags "-X main.version=1.2.3"`. It is a hint
// about a program built from a working tree, whose module version is `(devel)`.
// https://pkg.go.dev/cmd/link, flag -X

/** Flags of real builds: some hundred characters. */
const flagsLengthMax = 64 << 10;
const wordsMax = 1000;

/**
 * The first value that looks like a version of a variable named so. Other variables are never
 * returned: builds put credentials there, too.
 */
export function linkedVersion(linkerFlags: string): string | undefined {
  const words = splitWords(linkerFlags.slice(0, flagsLengthMax));
  for (const [index, word] of words.entries()) {
    const assignment =
      word === '-X' || word === '--X' ? words[index + 1] : /^--?X=(.*)$/s.exec(word)?.[1];
    const match = /^[^=]*\.([A-Za-z0-9_]*)=(v?\d[\w.+-]{0,100})$/.exec(assignment ?? '');
    if (match && /^(?:\w*(?:version|Version|VERSION)|gitTag|tag|Tag)$/.test(match[1]!))
      return match[2];
  }
  return undefined;
}

/** Words as the go command splits them: single or double quotes around a whole word, no escapes. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (words.length < wordsMax) {
    while (at < text.length && /\s/.test(text[at]!)) at++;
    if (at >= text.length) break;
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1);
      if (end < 0) break;
      words.push(text.slice(at + 1, end));
      at = end + 1;
    } else {
      const start = at;
      while (at < text.length && !/\s/.test(text[at]!)) at++;
      words.push(text.slice(start, at));
    }
  }
  return words;
}
