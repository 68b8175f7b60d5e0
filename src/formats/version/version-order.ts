// SPDX-License-Identifier: Apache-2.0
// What the version orders of all package managers have in common.
import { compareText } from '../../model/compare-text.ts';

/**
 * Negative when the left version is older, positive when it is newer, 0 when they are equal;
 * undefined when one of them is no version of the scheme: then nobody can tell. Never throws, and
 * takes time in proportion to the length.
 */
export type VersionOrder = (left: string, right: string) => number | undefined;

/** The longest version in published advisories has about 100 characters. */
export const versionLengthMax = 1_024;

/** Decimal digits of any length by their value; leading zeros do not count, and nothing is 0. */
export function compareDigits(left: string, right: string): number {
  const a = stripZeros(left);
  const b = stripZeros(right);
  return a.length - b.length || compareText(a, b);
}

/** An order made of a parser, which tells what is no version, and a comparison of what it parsed. */
export function orderOf<Parsed>(
  parse: (text: string) => Parsed | undefined,
  compare: (left: Parsed, right: Parsed) => number,
): VersionOrder {
  return (left, right) => {
    if (left.length > versionLengthMax || right.length > versionLengthMax) return undefined;
    const a = parse(left);
    const b = a === undefined ? undefined : parse(right);
    return a === undefined || b === undefined ? undefined : compare(a, b);
  };
}

function stripZeros(digits: string): string {
  let at = 0;
  while (at < digits.length && digits[at] === '0') at++;
  return digits.slice(at);
}
