// SPDX-License-Identifier: Apache-2.0
// Paths of folders by their nodes, for a walk over a whole tree: folders above have mostly been
// asked for before.

/** Paths of folders that are kept while files are gone through. */
const folderPathsMax = 4000;

export class FolderPaths {
  readonly #known = new Map<number, string>();
  readonly #root: number;
  readonly #parentOf: (node: number) => number;
  readonly #nameOf: (node: number) => string;

  constructor(root: number, parentOf: (node: number) => number, nameOf: (node: number) => string) {
    this.#root = root;
    this.#parentOf = parentOf;
    this.#nameOf = nameOf;
  }

  /** Absolute; of the root: empty. */
  of(node: number): string {
    if (this.#known.size > folderPathsMax) this.#known.clear();
    this.#known.set(this.#root, '');
    const chain: number[] = [];
    let at = node;
    for (; !this.#known.has(at); at = this.#parentOf(at)) chain.push(at);
    let path = this.#known.get(at)!;
    for (const part of chain.reverse()) {
      path = `${path}/${this.#nameOf(part)}`;
      this.#known.set(part, path);
    }
    return path;
  }
}
