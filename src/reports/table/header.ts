// SPDX-License-Identifier: Apache-2.0
// The first lines: which image this is, what it is made of, and how much is in it.
import { compareText } from '../../model/compare-text.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import { shortDigest } from '../../model/digest.ts';
import { formatPlatform } from '../../model/platform.ts';
import { grouped, lifecycleWarning } from '../wording.ts';
import type { Page } from '../page.ts';

export function* header(inventory: Inventory, page: Page): Iterable<string> {
  const { image, distribution } = inventory;
  yield page.field('Image', inventory.source, 'bold');
  if (image.digest !== undefined)
    yield page.field('Digest', page.options.verbose ? image.digest : shortDigest(image.digest));
  if (image.platform !== undefined) yield page.field('Platform', formatPlatform(image.platform));
  if (image.created !== undefined) yield page.field('Created', image.created);
  if (image.layers.length > 1) yield page.field('Layers', grouped(image.layers.length));
  yield page.field('Distribution', distribution?.name ?? 'not recognised');
  const warning = distribution === undefined ? undefined : lifecycleWarning(distribution);
  if (warning !== undefined)
    yield page.field('', warning, distribution?.lifecycle.kind === 'ended' ? 'boldRed' : 'yellow');
  yield page.field('Packages', packageCounts(inventory.packages));
  const hidden = inventory.hiddenPackages.length;
  if (hidden > 0) yield page.field('', `${grouped(hidden)} more only in earlier layers`);
}

/** `152 Debian:12, 14 PyPI`: the largest ecosystem first. */
export function packageCounts(packages: readonly Package[]): string {
  const counts = new Map<string, number>();
  for (const { ecosystem } of packages) counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + 1);
  const parts = [...counts]
    .sort((left, right) => right[1] - left[1] || compareText(left[0], right[0]))
    .map(([ecosystem, count]) => `${grouped(count)} ${ecosystem}`);
  return parts.length === 0 ? 'none found' : parts.join(', ');
}
