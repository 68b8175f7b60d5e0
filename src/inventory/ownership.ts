// SPDX-License-Identifier: Apache-2.0
// Which package accounts for which file. Package managers write paths as they were when a package
// was built (`/bin/ls`); the tree has them where links lead (`/usr/bin/ls`). Both are brought to
// the place where the file lies: links in folders followed once per folder, diversions applied.
import type { FileTree, TreeEntry } from '../image/file-tree.ts';
import type { OwnershipSummary, UnownedExecutable } from '../model/inventory.ts';
import type { Location } from '../model/location.ts';
import type { Assembled, FoundPackage } from './ecosystem.ts';

export interface OwnershipInput {
  readonly tree: FileTree;
  readonly os: readonly FoundPackage[];
  readonly language: readonly FoundPackage[];
  readonly diversions: NonNullable<Assembled['diversions']>;
  readonly skippedMounts: readonly string[];
}

export interface Ownership {
  readonly summary: OwnershipSummary;
  /** By position in the input: the package without what the system's packages installed; undefined: all of it is theirs. */
  readonly language: readonly (FoundPackage | undefined)[];
}

/** A report shows tens; a policy may want to see them all up to here. */
const unownedExecutablesMax = 1000;

const executeBits = 0o111;
const setuidBit = 0o4000;

export function findOwnership(input: OwnershipInput): Ownership {
  const places = new Places(input.tree);
  const claims = new OsClaims(places, input.os, input.diversions);
  const language = input.language.map((found) => claims.withoutOwned(found));
  const languagePackagesOwnedByOs = language.filter((found) => found === undefined).length;
  // Files of the dropped ones too: they are claimed twice over.
  const others = new LanguageClaims(places, input.language);
  const summary = countFiles(input, (folder, path) => claims.has(path) || others.has(folder, path));
  return { summary: { ...summary, languagePackagesOwnedByOs }, language };
}

/** Where paths lead in a tree; links are followed once per folder, not once per file. */
export class Places {
  readonly #tree: FileTree;
  readonly #folders = new Map<string, string | undefined>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** Canonical path of a folder; undefined where there is none. */
  folder(path: string): string | undefined {
    const known = this.#folders.get(path);
    if (known !== undefined || this.#folders.has(path)) return known;
    const found = path === '' ? '' : this.#tree.resolve(path);
    const folder = found === '/' ? '' : found;
    this.#folders.set(path, folder);
    return folder;
  }

  /** Links in the folders followed, a link at the end not; undefined where its folder is none. */
  file(path: string): string | undefined {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return undefined;
    const folder = path.slice(0, slash);
    const place = this.folder(folder);
    if (place === folder) return path;
    return place === undefined ? undefined : place + path.slice(slash);
  }
}

/** Files that operating system packages claim. */
export class OsClaims {
  readonly #places: Places;
  readonly #claimed = new Set<string>();

  constructor(
    places: Places,
    packages: readonly FoundPackage[],
    diversions: NonNullable<Assembled['diversions']>,
  ) {
    this.#places = places;
    // By the place of `from`: a diversion may say /bin where the package says /usr/bin.
    const diverted = new Map<string, { readonly to: string; readonly by?: string }>();
    for (const { from, to, by } of diversions) {
      const [fromPlace, toPlace] = [places.file(from), places.file(to)];
      if (fromPlace !== undefined && toPlace !== undefined)
        diverted.set(fromPlace, { to: toPlace, ...(by === undefined ? {} : { by }) });
    }
    for (const { package: owner, files } of packages)
      for (const { path } of files) {
        const place = places.file(path);
        if (place === undefined) continue;
        const diversion = diverted.size === 0 ? undefined : diverted.get(place);
        const moved = diversion !== undefined && diversion.by !== owner.name;
        this.#claimed.add(moved ? diversion.to : place);
      }
  }

  /** `path` is canonical, as trees give it. */
  has(path: string): boolean {
    return this.#claimed.has(path);
  }

  /** The package without locations that are claimed; undefined when that is all of them. */
  withoutOwned(found: FoundPackage): FoundPackage | undefined {
    if (this.#claimed.size === 0) return found;
    const locations = found.package.locations.filter((location) => !this.#owns(location));
    if (locations.length === found.package.locations.length) return found;
    return locations.length === 0
      ? undefined
      : { ...found, package: { ...found.package, locations } };
  }

  #owns(location: Location): boolean {
    const place = this.#places.file(fileOfLocation(location.path));
    return place !== undefined && this.#claimed.has(place);
  }
}

/** The file in the tree: members of archives follow after `!/`. */
export function fileOfLocation(path: string): string {
  const member = path.indexOf('!/');
  return member < 0 ? path : path.slice(0, member);
}

/** Files that language packages name, and whole folders of theirs. */
class LanguageClaims {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  /** Answers by folder: files come folder by folder. */
  readonly #inside = new Map<string, boolean>();

  constructor(places: Places, packages: readonly FoundPackage[]) {
    for (const found of packages) {
      for (const { path } of found.package.locations) this.#add(places, fileOfLocation(path));
      for (const { path } of found.files) this.#add(places, path);
      for (const path of found.folders ?? []) {
        const folder = places.folder(path.endsWith('/') ? path.slice(0, -1) : path);
        // The root as a folder of one package's own would own everything.
        if (folder) this.#folders.add(folder);
      }
    }
  }

  #add(places: Places, path: string): void {
    const place = places.file(path);
    if (place !== undefined) this.#files.add(place);
  }

  has(folder: string, path: string): boolean {
    return this.#files.has(path) || (this.#folders.size > 0 && this.#isInside(folder));
  }

  /** Walks up to the nearest folder with an answer and fills in those below it. */
  #isInside(folder: string): boolean {
    const asked: string[] = [];
    let answer = false;
    for (let at = folder; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const known = this.#inside.get(at) ?? (this.#folders.has(at) ? true : undefined);
      if (known !== undefined) {
        answer = known;
        break;
      }
      asked.push(at);
    }
    for (const at of asked) this.#inside.set(at, answer);
    return answer;
  }
}

function countFiles(
  input: OwnershipInput,
  isOwned: (folder: string, path: string) => boolean,
): Omit<OwnershipSummary, 'languagePackagesOwnedByOs'> {
  let files = 0;
  let owned = 0;
  const executables = new FirstExecutables();
  for (const entry of input.tree.entries()) {
    if (entry.kind !== 'file') continue;
    files++;
    const folder = entry.path.slice(0, entry.path.lastIndexOf('/'));
    if (isOwned(folder, entry.path)) owned++;
    else executables.add(entry);
  }
  return {
    files,
    ownedByPackages: owned,
    unowned: files - owned,
    unownedExecutables: executables.first(),
    unownedExecutablesTotal: executables.total,
    skippedMounts: input.skippedMounts,
  };
}

/** Keeps the first by path, in bounded memory. */
class FirstExecutables {
  total = 0;
  #kept: UnownedExecutable[] = [];

  add(entry: TreeEntry): void {
    const { content, mode } = entry;
    if ((content !== 'elf' && content !== 'script') || (mode & executeBits) === 0) return;
    this.total++;
    this.#kept.push({
      path: entry.path,
      layer: entry.layer,
      kind: content,
      sizeBytes: entry.sizeBytes,
      ...((mode & setuidBit) === 0 ? {} : { setuid: true }),
    });
    if (this.#kept.length >= 2 * unownedExecutablesMax) this.#kept = [...this.first()];
  }

  first(): readonly UnownedExecutable[] {
    this.#kept.sort((left, right) =>
      left.path < right.path ? -1 : left.path > right.path ? 1 : 0,
    );
    return this.#kept.slice(0, unownedExecutablesMax);
  }
}
