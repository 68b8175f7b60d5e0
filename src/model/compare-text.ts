// SPDX-License-Identifier: Apache-2.0
// One order of texts for everything that sorts what it writes.

/** The order of JavaScript's `<` on strings (UTF-16 code units): the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
