// SPDX-License-Identifier: Apache-2.0
// Executables that no package accounts for can be thousands in one folder (an interpreter that was
// built in place) beside a single one that matters. They are summed up by folder, in as few lines as
// a reader takes in, always opening the largest folder that still fits.
import type { UnownedExecutable } from '../model/inventory.ts';

/** One line of the list: a file, or all that lies below a folder. */
export type ExecutableGroup =
  | { readonly kind: 'file'; readonly file: UnownedExecutable }
  | {
      readonly kind: 'folder';
      /** Ends in `/`. */
      readonly path: string;
      readonly count: number;
      /** Where all of them are of one layer. */
      readonly layer?: number;
    };

/** Deeper ones count for the folder at this depth: a path can have thousands, and each costs memory. */
const depthMax = 12;

interface Folder {
  readonly path: string;
  readonly folders: Map<string, Folder>;
  readonly files: UnownedExecutable[];
  count: number;
}

/**
 * Each setuid one by its name, first, whatever their number; then the others by path, in at most
 * `linesMax` lines unless the root itself has more entries.
 */
export function groupExecutables(
  executables: readonly UnownedExecutable[],
  linesMax: number,
): readonly ExecutableGroup[] {
  const setuid = executables.filter((one) => one.setuid === true);
  const others = executables.filter((one) => one.setuid !== true);
  const named = setuid.map((file): ExecutableGroup => ({ kind: 'file', file }));
  return [...named, ...openFolders(folderTree(others), linesMax)];
}

function folderTree(executables: readonly UnownedExecutable[]): Folder {
  const root = emptyFolder('/');
  for (const file of executables) {
    let at = root;
    at.count++;
    for (const name of foldersOf(file.path)) {
      let next = at.folders.get(name);
      if (next === undefined) at.folders.set(name, (next = emptyFolder(`${at.path}${name}/`)));
      next.count++;
      at = next;
    }
    at.files.push(file);
  }
  return root;
}

function foldersOf(path: string): readonly string[] {
  return path.split('/').slice(1, -1).slice(0, depthMax);
}

function emptyFolder(path: string): Folder {
  return { path, folders: new Map(), files: [], count: 0 };
}

/** Opens one folder after the other, the largest first, while the lines suffice. */
function openFolders(root: Folder, linesMax: number): readonly ExecutableGroup[] {
  const groups: ExecutableGroup[] = [];
  const queue = [root];
  let lines = 1;
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    if (folder.count === 0) continue;
    const after = lines - 1 + folder.folders.size + folder.files.length;
    // The root says nothing: it is opened in any case.
    if (after > linesMax && folder !== root) groups.push(folderGroup(folder));
    else {
      groups.push(...folder.files.map((file): ExecutableGroup => ({ kind: 'file', file })));
      queue.push(...folder.folders.values());
      queue.sort((left, right) => right.count - left.count);
      lines = after;
    }
  }
  return groups.sort((left, right) => (pathOf(left) < pathOf(right) ? -1 : 1));
}

function folderGroup(folder: Folder): ExecutableGroup {
  const layers = new Set<number | undefined>();
  addLayers(folder, layers);
  const [layer] = layers;
  const isOne = layers.size === 1 && layer !== undefined;
  return {
    kind: 'folder',
    path: folder.path,
    count: folder.count,
    ...(isOne ? { layer } : {}),
  };
}

function addLayers(folder: Folder, layers: Set<number | undefined>): void {
  for (const { layer } of folder.files) layers.add(layer);
  for (const below of folder.folders.values()) addLayers(below, layers);
}

function pathOf(group: ExecutableGroup): string {
  return group.kind === 'file' ? group.file.path : group.path;
}
