// SPDX-License-Identifier: Apache-2.0
// For tests: a FileTree of one layer, from a list of paths.
import { join } from 'node:path';
import type { FileTree, FileVisitor, TreeEntry } from '../src/image/file-tree.ts';

const linksMax = 40;

/** Simple and slow: for judging code that uses a tree, not the tree itself. */
export class PathsTree implements FileTree {
  readonly #entries = new Map<string, TreeEntry>();

  constructor(entries: Iterable<TreeEntry>) {
    for (const entry of entries) this.#entries.set(entry.path, entry);
  }

  get size(): number {
    return this.#entries.size;
  }

  lookup(path: string): TreeEntry | undefined {
    const slash = path.lastIndexOf('/');
    const folder = slash <= 0 ? '/' : this.resolve(path.slice(0, slash));
    if (folder === undefined) return undefined;
    return this.#entries.get(folder === '/' ? path.slice(slash) : folder + path.slice(slash));
  }

  resolve(path: string): string | undefined {
    let rest = path.split('/').filter(Boolean);
    let at = '';
    for (let links = 0; rest.length > 0;) {
      const next = `${at}/${rest[0]}`;
      const entry = this.#entries.get(next);
      if (entry === undefined) return undefined;
      rest = rest.slice(1);
      if (entry.kind !== 'symlink') {
        at = next;
        continue;
      }
      if (++links > linksMax) return undefined;
      const target = entry.linkTarget!;
      const joined = join('/', target.startsWith('/') ? target : join(at, target), ...rest);
      rest = joined.split('/').filter(Boolean);
      at = '';
    }
    return at === '' ? '/' : at;
  }

  entries(): Iterable<TreeEntry> {
    return this.#entries.values();
  }

  visitFiles(visit: FileVisitor): void {
    for (const entry of this.#entries.values()) {
      if (entry.kind !== 'file') continue;
      const slash = entry.path.lastIndexOf('/');
      visit(entry.path.slice(0, slash), entry.path.slice(slash + 1), () => entry);
    }
  }
}

/**
 * Entries from a shorthand: path to `''` for a folder, `'-> target'` for a link, `'elf'`, `'script'`
 * or `'other'` for a file, each with `+x` or `+s` behind it. Folders above are added.
 */
export function treeOf(entries: Readonly<Record<string, string>>, layer = 0): PathsTree {
  const list = new Map<string, TreeEntry>();
  const base = { uid: 0, gid: 0, layer };
  for (const [path, text] of Object.entries(entries)) {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (!list.has(folder) && !(folder in entries))
        list.set(folder, { ...base, path: folder, kind: 'directory', mode: 0o755, sizeBytes: 0 });
    }
    const mode = text.endsWith('+s') ? 0o4755 : text.endsWith('+x') ? 0o755 : 0o644;
    const content = text.split('+')[0] as 'elf' | 'script' | 'other';
    if (text === '')
      list.set(path, { ...base, path, kind: 'directory', mode: 0o755, sizeBytes: 0 });
    else if (text.startsWith('-> '))
      list.set(path, {
        ...base,
        path,
        kind: 'symlink',
        mode: 0o777,
        sizeBytes: 0,
        linkTarget: text.slice(3),
      });
    else list.set(path, { ...base, path, kind: 'file', mode, sizeBytes: 1, content });
  }
  return new PathsTree(list.values());
}
