// SPDX-License-Identifier: Apache-2.0
// rpm's version order, https://rpm.org/docs/latest/manual/dependencies (versioning) and
// https://rpm-software-management.github.io/rpm/man/rpm-version.7: `[epoch:]version[-release]`.
import { compareText } from '../../model/compare-text.ts';
import { compareDigits, orderOf } from './version-order.ts';

interface RpmVersion {
  /** Without one it is 0. */
  readonly epoch: string;
  readonly version: string;
  readonly release: string | undefined;
}

/** As rpm orders epoch, version and release; a version without a release is older than any with one. */
export const compareRpm = orderOf(parse, compareParsed);

function compareParsed(left: RpmVersion, right: RpmVersion): number {
  const difference =
    compareSegments(left.epoch, right.epoch) || compareSegments(left.version, right.version);
  if (difference !== 0) return difference;
  if (left.release === undefined || right.release === undefined)
    return Number(left.release !== undefined) - Number(right.release !== undefined);
  return compareSegments(left.release, right.release);
}

/** A colon ends an epoch only after digits (`1.m+e2:1` has none); the last hyphen begins the release. */
function parse(text: string): RpmVersion | undefined {
  if (text === '' || /[\s\u0000-\u001f\u007f]/.test(text)) return undefined;
  const epoch = /^([0-9]*):/.exec(text)?.[1];
  const rest = epoch === undefined ? text : text.slice(epoch.length + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: epoch === undefined || epoch === '' ? '0' : epoch,
    version: hyphen < 0 ? rest : rest.slice(0, hyphen),
    release: hyphen < 0 ? undefined : rest.slice(hyphen + 1),
  };
}

/**
 * Runs of digits and of ASCII letters; all else only separates. `~` is before everything, the end
 * included; `^` is after the end and before anything else.
 */
function compareSegments(left: string, right: string): number {
  if (left === right) return 0;
  let a = 0;
  let b = 0;
  for (;;) {
    a = skipSeparators(left, a);
    b = skipSeparators(right, b);
    const marks = compareMarks(left[a], right[b]);
    if (marks === 'same') {
      a++;
      b++;
      continue;
    }
    if (marks !== undefined) return marks;
    if (a >= left.length || b >= right.length)
      return Number(a < left.length) - Number(b < right.length);
    const kind = isDigit(left[a]!) ? isDigit : isLetter;
    const aEnd = runEnd(left, a, kind);
    const bEnd = runEnd(right, b, kind);
    // Digits are newer than letters.
    if (b === bEnd) return kind === isDigit ? 1 : -1;
    const compare = kind === isDigit ? compareDigits : compareText;
    const difference = compare(left.slice(a, aEnd), right.slice(b, bEnd));
    if (difference !== 0) return difference;
    a = aEnd;
    b = bEnd;
  }
}

/** @returns undefined when neither text goes on with a mark. */
function compareMarks(a: string | undefined, b: string | undefined): number | 'same' | undefined {
  if (a === '~' || b === '~') return a === b ? 'same' : a === '~' ? -1 : 1;
  if (a !== '^' && b !== '^') return undefined;
  if (a === b) return 'same';
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a === '^' ? -1 : 1;
}

function skipSeparators(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[0-9A-Za-z~^]/.test(text[at]!)) at++;
  return at;
}

function runEnd(text: string, from: number, kind: (char: string) => boolean): number {
  let at = from;
  while (at < text.length && kind(text[at]!)) at++;
  return at;
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isLetter(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z');
}
