// SPDX-License-Identifier: Apache-2.0
// Facts of the files that can be seen when layers lie on each other. A fact of a layer is effective
// as long as the tree's entry at its path comes from that layer; what a later layer replaced or
// removed never comes back.
import type { JsonValue, LocatedFact } from '../image/file-reader.ts';
import type { FileTree } from '../image/file-tree.ts';

/** A fact as a layer gives it: its path is the one in the layer's archive. */
export interface LayerFact {
  readonly path: string;
  readonly fact: JsonValue;
}

interface LiveFact {
  readonly layerPath: string;
  readonly located: LocatedFact;
}

/** Facts of one reader, layer by layer. */
export class EffectiveFacts {
  #live: readonly LiveFact[] = [];
  #list: readonly LocatedFact[] = [];

  /** In the order of the layers, each at the path that links in its folders lead to. */
  get list(): readonly LocatedFact[] {
    return this.#list;
  }

  get count(): number {
    return this.#live.length;
  }

  /** After a layer was put on `tree`. True when other facts are effective than before. */
  apply(tree: FileTree, layer: number, facts: readonly LayerFact[]): boolean {
    // Two names of one file, or one name twice in an archive: the last one counts.
    const live = new Map<string, LiveFact>();
    for (const item of this.#live) {
      const { located } = item;
      const entry = tree.lookup(item.layerPath);
      if (entry?.kind !== 'file' || entry.layer !== located.layer) continue;
      // A folder above was moved to another place by a link of this layer.
      live.set(
        entry.path,
        entry.path === located.path ? item : { ...item, located: { ...located, path: entry.path } },
      );
    }
    for (const { path, fact } of facts) {
      const entry = tree.lookup(path);
      if (entry?.kind !== 'file' || entry.layer !== layer) continue;
      live.set(entry.path, { layerPath: path, located: { path: entry.path, layer, fact } });
    }
    const next = [...live.values()];
    const changed =
      next.length !== this.#live.length || next.some((item, at) => item !== this.#live[at]);
    if (changed) {
      this.#live = next;
      this.#list = next.map(({ located }) => located);
    }
    return changed;
  }
}
