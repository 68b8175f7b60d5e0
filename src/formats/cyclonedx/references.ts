// SPDX-License-Identifier: Apache-2.0
// `bom-ref`s: unique within a document, and the same whenever the same packages are written.
import type { Package } from '../../model/package.ts';

export class References {
  readonly #taken = new Set<string>();
  readonly #byPackage = new Map<Package, string>();
  /** By purl, for findings, which know no more of their package. */
  readonly #byPurl = new Map<string, string>();

  constructor(packages: readonly Package[]) {
    for (const item of packages) {
      const reference = this.unique(item.purl || `${item.name}@${item.version}`);
      this.#byPackage.set(item, reference);
      const key = purlKey(item.purl, item.hidden);
      if (!this.#byPurl.has(key)) this.#byPurl.set(key, reference);
    }
  }

  /** The wish, or with a number at its end when it is taken. Never a BOM-Link (`urn:cdx:`). */
  unique(wish: string): string {
    const base = wish.startsWith('urn:cdx:') ? `ref:${wish}` : wish.toWellFormed() || 'ref';
    let reference = base;
    // The count of what is taken makes a free one likely at once, however many share the wish.
    for (let number = this.#taken.size + 1; this.#taken.has(reference); number++)
      reference = `${base}#${number}`;
    this.#taken.add(reference);
    return reference;
  }

  of(item: Package): string {
    return this.#byPackage.get(item)!;
  }

  ofPurl(purl: string, hidden: boolean | undefined): string | undefined {
    return this.#byPurl.get(purlKey(purl, hidden));
  }

  /** Of all packages, in order. */
  all(): readonly string[] {
    return [...this.#byPackage.values()];
  }
}

function purlKey(purl: string, hidden: boolean | undefined): string {
  return `${hidden ? 'hidden' : 'shown'} ${purl}`;
}

/** The schema's limit; whatever is longer is nobody's version. */
const versionLengthMax = 1024;

export function shortVersion(version: string): string {
  return version.slice(0, versionLengthMax);
}
