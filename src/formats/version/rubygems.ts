// SPDX-License-Identifier: Apache-2.0
// RubyGems' version order, https://docs.ruby-lang.org/en/master/Gem/Version.html.
import { compareText } from '../../model/compare-text.ts';
import { compareDigits, orderOf } from './version-order.ts';

/** Numbers and words of a version, without the zeros that end its release and its pre-release part. */
type Segments = readonly string[];

export const compareRubygems = orderOf(parse, compareSegments);

function parse(text: string): Segments | undefined {
  // `-` begins a pre-release; RubyGems reads it as `.pre.`.
  if (!/^[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.test(text))
    return undefined;
  const segments = text.replaceAll('-', '.pre.').match(/[0-9]+|[A-Za-z]+/g) ?? [];
  const word = segments.findIndex((segment) => !isNumber(segment));
  if (word < 0) return withoutEndingZeros(segments);
  return [
    ...withoutEndingZeros(segments.slice(0, word)),
    ...withoutEndingZeros(segments.slice(word)),
  ];
}

function compareSegments(left: Segments, right: Segments): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[index] ?? '0';
    const b = right[index] ?? '0';
    // A word makes a pre-release: it is before every number, and before nothing at all.
    if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
    const difference = isNumber(a) ? compareDigits(a, b) : compareText(a, b);
    if (difference !== 0) return difference;
  }
  return 0;
}

function withoutEndingZeros(segments: readonly string[]): readonly string[] {
  let end = segments.length;
  while (end > 0 && /^0+$/.test(segments[end - 1]!)) end--;
  return segments.slice(0, end);
}

function isNumber(segment: string): boolean {
  return segment >= '0' && segment < ':';
}
