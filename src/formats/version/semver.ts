// SPDX-License-Identifier: Apache-2.0
// Semantic versioning, https://semver.org/spec/v2.0.0.html section 11, as npm, crates.io, Go and
// Bitnami use it. What they publish is wider than the specification, so the reader is as well: a
// leading `v`, leading zeros (`2023.03.13`), one to many numbers (missing ones are 0), and a
// pre-release without its hyphen (`1.2.3rc1`, npm's loose form).
import { compareText } from '../../model/compare-text.ts';
import { compareDigits, orderOf } from './version-order.ts';

export interface SemanticVersion {
  readonly numbers: readonly string[];
  /** Its identifiers; none: a release. Build metadata is left out, it has no order. */
  readonly preRelease: readonly string[];
}

export const compareSemver = orderOf(parseSemver, compareSemanticVersions);

/** @returns undefined when the text is no version in this wider sense. */
export function parseSemver(text: string): SemanticVersion | undefined {
  const match =
    /^[vV=]?([0-9]+(?:\.[0-9]+)*)(?:-([0-9A-Za-z.-]+)|([A-Za-z][0-9A-Za-z.-]*))?(?:\+[0-9A-Za-z.+_-]*)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const preRelease = match[2] ?? match[3];
  const identifiers = preRelease === undefined ? [] : preRelease.split('.');
  if (identifiers.includes('')) return undefined;
  return { numbers: match[1]!.split('.'), preRelease: identifiers };
}

export function compareSemanticVersions(left: SemanticVersion, right: SemanticVersion): number {
  const count = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < count; index++) {
    const difference = compareDigits(left.numbers[index] ?? '0', right.numbers[index] ?? '0');
    if (difference !== 0) return difference;
  }
  return comparePreReleases(left.preRelease, right.preRelease);
}

function comparePreReleases(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0)
    return Number(left.length === 0) - Number(right.length === 0);
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = compareIdentifiers(left[index]!, right[index]!);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Numbers by value and before words; words by ASCII. */
function compareIdentifiers(left: string, right: string): number {
  const leftNumeric = /^[0-9]+$/.test(left);
  const rightNumeric = /^[0-9]+$/.test(right);
  if (leftNumeric && rightNumeric) return compareDigits(left, right);
  return leftNumeric === rightNumeric
    ? compareText(left, right)
    : Number(rightNumeric) - Number(leftNumeric);
}
