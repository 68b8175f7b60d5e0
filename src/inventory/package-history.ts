// SPDX-License-Identifier: Apache-2.0
// From which layer on a package is there, and which packages an image ships without showing them.
//
// The layers are put on each other one by one; each step has a set of packages. The layer of a
// package is the first from which on it is there in every step to the last: an upgraded package
// comes from the layer of its upgrade, one that was removed and installed again from the second
// installation. A package that some step has and the last one has not is hidden: its bytes are
// still in the image. Its layer is the one that brought it (for the last time, if several did).
import type { FoundPackage } from './ecosystem.ts';

/** Packages of one step under their plugin's id. */
export interface StepPackage {
  readonly foundBy: string;
  readonly found: FoundPackage;
}

export interface HiddenPackage extends StepPackage {
  /** The layer that brought it. */
  readonly layer: number;
}

/** Hidden packages beyond this many are dropped: a hostile image could bring new ones in each layer. */
const hiddenMax = 100_000;

interface Presence extends StepPackage {
  readonly since: number;
}

export class PackageHistory {
  #present = new Map<string, Presence>();
  readonly #gone = new Map<string, HiddenPackage>();
  #dropped = false;

  /** Packages after a layer. */
  step(layer: number, packages: Iterable<StepPackage>): void {
    const next = new Map<string, Presence>();
    for (const item of packages) {
      const key = presenceKey(item);
      next.set(key, { ...item, since: this.#present.get(key)?.since ?? layer });
    }
    for (const [key, { foundBy, found, since }] of this.#present) {
      if (next.has(key)) continue;
      if (this.#gone.size < hiddenMax) this.#gone.set(key, { foundBy, found, layer: since });
      else this.#dropped = true;
    }
    this.#present = next;
  }

  /** The layer of a package of the last step. */
  layerOf(item: StepPackage): number | undefined {
    return this.#present.get(presenceKey(item))?.since;
  }

  hidden(): readonly HiddenPackage[] {
    return [...this.#gone].filter(([key]) => !this.#present.has(key)).map(([, item]) => item);
  }

  /** True when there were more hidden packages than are kept. */
  get isCut(): boolean {
    return this.#dropped;
  }
}

/** Without the ecosystem: an upgraded distribution does not make every package a new one. */
function presenceKey({ foundBy, found }: StepPackage): string {
  const { name, version, architecture } = found.package;
  return `${foundBy}\n${name}\n${version}\n${architecture ?? ''}`;
}
