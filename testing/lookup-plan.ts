// SPDX-License-Identifier: Apache-2.0
// For tests of matchers: which questions a package makes.
import type { Package } from '../src/model/package.ts';
import type { Lookup, Matcher } from '../src/vulnerability/matcher.ts';

export function packageOf(parts: Partial<Package>): Package {
  const base = { name: 'n', version: '1', ecosystem: 'npm', purl: '', locations: [], foundBy: 't' };
  return { ...base, ...parts };
}

/** The questions, or the reason why there are none. `known`: ecosystems that feeds have data for. */
export function lookupsOf(
  matcher: Matcher,
  item: Package,
  known: readonly string[] = [],
): readonly Lookup[] | string {
  const ecosystems = (base: string): readonly string[] =>
    known.filter((name) => name === base || name.startsWith(`${base}:`));
  const found = matcher.plan(item, { ecosystems });
  return found.kind === 'unknown' ? found.reason : found.lookups;
}

/** `ecosystem name version` of each question, or `unknown`. */
export function planText(
  matcher: Matcher,
  parts: Partial<Package>,
  known: readonly string[] = [],
): string {
  const found = lookupsOf(matcher, packageOf(parts), known);
  if (typeof found === 'string') return 'unknown';
  return found.map((one) => `${one.ecosystem} ${one.name} ${one.version}`).join(', ');
}

/** The order in which a package's only question has its versions: -1, 0, 1, undefined for no version. */
export function orderText(
  matcher: Matcher,
  parts: Partial<Package>,
  left: string,
  right: string,
): string {
  const found = lookupsOf(matcher, packageOf(parts));
  if (typeof found === 'string') return found;
  const sign = found[0]!.order(left, right);
  return sign === undefined ? 'cannot tell' : sign < 0 ? '<' : sign > 0 ? '>' : '=';
}
