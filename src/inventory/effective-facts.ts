// SPDX-License-Identifier: Apache-2.0
// Facts of the files that can be seen when layers lie on each other. What a later layer replaced or
// removed never comes back, so a fact that is not effective any more is forgotten.
import type { FileReader, JsonValue, LocatedFact } from '../image/file-reader.ts';
import type { LayerFact } from '../image/layer-reading.ts';

/** Of a merged tree, what this needs. */
export interface PlacesOfRecords {
  /** Every effective path that shows the content of this record of this layer's index. */
  pathsOf(layer: number, record: number): readonly string[];
}

interface LiveFact {
  readonly layer: number;
  readonly record: number;
  readonly basename: string;
  readonly fact: JsonValue;
  /** One for each path, in the order of `pathsOf`. */
  readonly located: readonly LocatedFact[];
}

/** Facts of one reader, layer by layer. */
export class EffectiveFacts {
  /** The reader told the file by its first bytes: any other name of it is as good. */
  readonly #byContent: boolean;
  #live: readonly LiveFact[] = [];
  #list: readonly LocatedFact[] = [];

  constructor(reader: Pick<FileReader, 'files'>) {
    this.#byContent = reader.files.some(({ kind }) => kind === 'elf');
  }

  /** In the order of the layers, each at the path that links in its folders lead to. */
  get list(): readonly LocatedFact[] {
    return this.#list;
  }

  /** After a layer was put on `tree`. True when other facts are effective than before. */
  apply(tree: PlacesOfRecords, layer: number, facts: readonly LayerFact[]): boolean {
    const added = facts.map(({ path, record, fact }) => {
      const basename = path.slice(path.lastIndexOf('/') + 1);
      return { layer, record, basename, fact, located: [] };
    });
    const next: LiveFact[] = [];
    let changed = false;
    for (const item of [...this.#live, ...added]) {
      const paths = this.#pathsOf(tree, item);
      const isSame =
        paths.length === item.located.length &&
        paths.every((path, at) => path === item.located[at]!.path);
      changed ||= !isSame;
      if (paths.length === 0) continue;
      const located = paths.map((path) => ({ path, layer: item.layer, fact: item.fact }));
      next.push(isSame ? item : { ...item, located });
    }
    this.#live = next;
    if (changed) this.#list = next.flatMap(({ located }) => located);
    return changed;
  }

  /** A hard link of another name is not what the reader asked for: `status-old` is no `status`. */
  #pathsOf(tree: PlacesOfRecords, { layer, record, basename }: LiveFact): readonly string[] {
    const paths = tree.pathsOf(layer, record);
    return this.#byContent ? paths : paths.filter((path) => path.endsWith(`/${basename}`));
  }
}
