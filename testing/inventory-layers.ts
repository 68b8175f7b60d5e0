// SPDX-License-Identifier: Apache-2.0
// For tests of the inventory: layers as lists of files, put on each other without an image. A null
// removes a file or folder of the layers below.
import { FileMatcher } from '../src/image/file-matcher.ts';
import type { FileReader } from '../src/image/file-reader.ts';
import type { FileTree, TreeEntry } from '../src/image/file-tree.ts';
import { takeInventory, type InventoryLayer } from '../src/inventory/take-inventory.ts';
import { distributionReader } from '../src/inventory/distribution.ts';
import type { Ecosystem } from '../src/inventory/ecosystem.ts';
import type { Inventory } from '../src/model/inventory.ts';
import { IssueList } from '../src/model/issue.ts';
import { encodePath } from '../src/model/path-bytes.ts';
import { PathsTree } from './paths-tree.ts';

/** Content by path; `-> target` is a symlink, null a removal, a text that ends in `+x` executable. */
export type LayerFiles = Readonly<Record<string, string | Uint8Array | null>>;

export async function inventoryOf(
  layers: readonly LayerFiles[],
  ecosystems: readonly Ecosystem[],
  now = new Date('2026-01-15T00:00:00Z'),
): Promise<Inventory> {
  const readers: readonly FileReader[] = [distributionReader, ...ecosystems];
  const read: InventoryLayer<LayerFiles>[] = [];
  for (const files of layers) read.push(await readFiles(files, readers));
  return takeInventory({
    source: 'test',
    image: {
      identity: { diffIds: [], names: [] },
      layers: layers.map((_, index) => ({ index })),
    },
    layers: read,
    tree: new Stack(),
    emptyTree: new PathsTree([]),
    ecosystems,
    issues: [],
    skippedMounts: [],
    now,
  });
}

async function readFiles(
  files: LayerFiles,
  readers: readonly FileReader[],
): Promise<InventoryLayer<LayerFiles>> {
  const matcher = new FileMatcher(readers);
  const issues = new IssueList();
  const facts = new Map(readers.map(({ id }) => [id, [] as { path: string; fact: never }[]]));
  for (const [path, content] of Object.entries(files)) {
    if (content === null || (typeof content === 'string' && content.startsWith('-> '))) continue;
    const bytes = Buffer.from(content as string);
    const file = {
      path,
      sizeBytes: bytes.length,
      mode: 0o644,
      bytes: () => bytes,
      read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
    };
    for (const wish of matcher.match(encodePath(path.slice(1)))) {
      const reader = readers[wish.reader]!;
      const fact = await reader.read(file, { issues });
      if (fact !== undefined) facts.get(reader.id)!.push({ path, fact: fact as never });
    }
  }
  return { index: files, facts, issues: issues.toArray(), complete: true };
}

class Stack {
  readonly #entries = new Map<string, TreeEntry>();

  apply(files: LayerFiles, layer: number): FileTree {
    for (const [path, content] of Object.entries(files)) {
      if (content === null) {
        for (const known of this.#entries.keys())
          if (known === path || known.startsWith(`${path}/`)) this.#entries.delete(known);
        continue;
      }
      const tree = new PathsTree(this.#entries.values());
      const slash = path.lastIndexOf('/');
      const folder = this.#folders(slash === 0 ? '/' : path.slice(0, slash), layer, tree);
      const place = folder + path.slice(slash);
      this.#entries.set(place, entryOf(place, content, layer));
    }
    return new PathsTree([...this.#entries.values()]);
  }

  /** Canonical path of a folder, which is made where it lacks. */
  #folders(path: string, layer: number, tree: FileTree): string {
    if (path === '/') return '';
    const known = tree.resolve(path);
    if (known !== undefined) return known === '/' ? '' : known;
    const slash = path.lastIndexOf('/');
    const parent = this.#folders(slash === 0 ? '/' : path.slice(0, slash), layer, tree);
    const place = parent + path.slice(slash);
    const base = { path: place, uid: 0, gid: 0, sizeBytes: 0, layer };
    this.#entries.set(place, { ...base, kind: 'directory', mode: 0o755 });
    return place;
  }
}

function entryOf(path: string, content: string | Uint8Array, layer: number): TreeEntry {
  const base = { path, uid: 0, gid: 0, sizeBytes: content.length, layer };
  if (typeof content === 'string' && content.startsWith('-> '))
    return { ...base, kind: 'symlink', mode: 0o777, linkTarget: content.slice(3) };
  const start = Buffer.from(content as string).toString('latin1', 0, 4);
  const kind = start === '\x7fELF' ? 'elf' : start.startsWith('#!') ? 'script' : 'other';
  const isExecutable = typeof content === 'string' && content.endsWith('+x');
  return { ...base, kind: 'file', mode: isExecutable ? 0o755 : 0o644, content: kind };
}
