// SPDX-License-Identifier: Apache-2.0
// Debian's version order, https://manpages.debian.org/deb-version.7: `[epoch:]upstream[-revision]`.
import { compareDigits, orderOf } from './version-order.ts';

interface DpkgVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

/** dpkg keeps the epoch in an int. */
const epochMax = 2 ** 31 - 1;

/** As `dpkg --compare-versions` orders them; undefined where dpkg refuses the text. */
export const compareDpkg = orderOf(
  parse,
  (left, right) =>
    compareDigits(left.epoch, right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision),
);

function parse(text: string): DpkgVersion | undefined {
  // Beyond printable ASCII dpkg's own answer depends on the platform's signedness of char.
  if (!/^[\u0021-\u007e]+$/.test(text)) return undefined;
  const colon = text.indexOf(':');
  const epoch = colon < 0 ? '0' : text.slice(0, colon);
  // dpkg reads it with strtol: a plus sign passes.
  if (!/^\+?[0-9]+$/.test(epoch) || Number(epoch) > epochMax) return undefined;
  const rest = text.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (upstream === '' || (hyphen >= 0 && revision === '')) return undefined;
  return { epoch: epoch.replace('+', ''), upstream, revision };
}

/** Runs of non-digits and of digits in turn, until one differs. */
function comparePart(left: string, right: string): number {
  let a = 0;
  let b = 0;
  while (a < left.length || b < right.length) {
    while ((a < left.length && !isDigit(left, a)) || (b < right.length && !isDigit(right, b))) {
      const difference = weight(left, a) - weight(right, b);
      if (difference !== 0) return difference;
      a++;
      b++;
    }
    const aEnd = digitsEnd(left, a);
    const bEnd = digitsEnd(right, b);
    const difference = compareDigits(left.slice(a, aEnd), right.slice(b, bEnd));
    if (difference !== 0) return difference;
    a = aEnd;
    b = bEnd;
  }
  return 0;
}

/** `~` before the end, the end and digits before letters, letters before everything else. */
function weight(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code) || isDigit(text, at)) return 0;
  if (code === 0x7e) return -1;
  return /[A-Za-z]/.test(text[at]!) ? code : code + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text, at)) at++;
  return at;
}
