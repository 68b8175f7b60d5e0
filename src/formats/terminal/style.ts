// SPDX-License-Identifier: Apache-2.0
// The few colours of our output, as SGR sequences (ECMA-48 section 8.3.117). Colour only repeats
// what a word says: without it nothing is lost.

const codes = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  blue: ['34', '39'],
  magenta: ['35', '39'],
  cyan: ['36', '39'],
  boldRed: ['1;31', '22;39'],
} as const;

export type Style = keyof typeof codes;

/** Wraps a text, already escaped and padded, into a style. */
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) => {
    if (text === '') return text;
    const [on, off] = codes[style];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}
