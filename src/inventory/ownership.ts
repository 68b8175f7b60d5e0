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
  readonly diversions: Diversions;
  readonly skippedMounts: readonly string[];
}

export interface Ownership {
  readonly summary: OwnershipSummary;
  /** By position in the input: the package without what the system's packages installed; undefined: all of it is theirs. */
  readonly language: readonly (FoundPackage | undefined)[];
}

/** An interpreter built in place has thousands; a policy may want to see them all up to here. */
const unownedExecutablesMax = 10_000;

/** Claims of one image; a machine with everything installed has 1 million. Beyond it files count as unowned. */
const claimsMax = 4_000_000;

const executeBits = 0o111;
const setuidBit = 0o4000;

export function findOwnership(input: OwnershipInput): Ownership {
  const places = new Places(input.tree);
  const claims = new OsClaims(places, input.os, input.diversions);
  const language = input.language.map((found) => claims.withoutOwned(found));
  const languagePackagesOwnedByOs = language.filter((found) => found === undefined).length;
  // Files of the dropped ones too: they are claimed twice over.
  const others = new LanguageClaims(places, input.language);
  const summary = countFiles(input, claims, others);
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

/**
 * Files by folder: entries of a tree come folder by folder, so that most are answered without
 * looking at their whole path.
 */
class FileSet {
  readonly #folders = new Map<string, Set<string>>();

  /** Names in a folder; undefined where there are none. The root is the empty string. */
  names(folder: string): ReadonlySet<string> | undefined {
    return this.#folders.get(folder);
  }

  add(path: string): void {
    const slash = path.lastIndexOf('/');
    this.folder(path.slice(0, slash)).add(path.slice(slash + 1));
  }

  folder(folder: string): Set<string> {
    let names = this.#folders.get(folder);
    if (names === undefined) this.#folders.set(folder, (names = new Set()));
    return names;
  }

  has(path: string): boolean {
    const slash = path.lastIndexOf('/');
    return this.#folders.get(path.slice(0, slash))?.has(path.slice(slash + 1)) ?? false;
  }
}

type Diversions = NonNullable<Assembled['diversions']>;

/** Files that operating system packages claim. */
export class OsClaims {
  readonly #places: Places;
  readonly #claimed = new FileSet();
  readonly #isEmpty: boolean;

  constructor(places: Places, packages: readonly FoundPackage[], diversions: Diversions) {
    this.#places = places;
    this.#isEmpty = packages.length === 0;
    const diverted = divertedByFolder(places, diversions);
    // Lists name the files of a folder one after the other.
    let folder: string | undefined;
    let place: string | undefined;
    let names: Set<string> | undefined;
    let claims = 0;
    for (const { package: owner, files } of packages)
      for (const { path } of files) {
        if (++claims > claimsMax) return;
        const slash = path.lastIndexOf('/');
        if (slash < 0) continue;
        if (folder?.length !== slash || !path.startsWith(folder)) {
          folder = path.slice(0, slash);
          place = places.folder(folder);
          names = place === undefined ? undefined : this.#claimed.folder(place);
        }
        if (place === undefined || names === undefined) continue;
        const name = path.slice(slash + 1);
        const diversion = diverted.get(place)?.get(name);
        if (diversion === undefined || diversion.by === owner.name) names.add(name);
        else this.#claimed.add(diversion.to);
      }
  }

  /** Names of claimed files in a canonical folder (of the root: the empty string). */
  names(folder: string): ReadonlySet<string> | undefined {
    return this.#claimed.names(folder);
  }

  /** The package without locations that are claimed; undefined when that is all of them. */
  withoutOwned(found: FoundPackage): FoundPackage | undefined {
    if (this.#isEmpty) return found;
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

interface DivertedTo {
  readonly to: string;
  readonly by: string | undefined;
}

/** By the place of `from`, folder and name: a diversion may say /bin where the package says /usr/bin. */
function divertedByFolder(
  places: Places,
  diversions: Diversions,
): ReadonlyMap<string, ReadonlyMap<string, DivertedTo>> {
  const folders = new Map<string, Map<string, DivertedTo>>();
  for (const { from, to, by } of diversions) {
    const [fromPlace, toPlace] = [places.file(from), places.file(to)];
    if (fromPlace === undefined || toPlace === undefined) continue;
    const slash = fromPlace.lastIndexOf('/');
    const folder = fromPlace.slice(0, slash);
    const names = folders.get(folder) ?? new Map<string, DivertedTo>();
    folders.set(folder, names.set(fromPlace.slice(slash + 1), { to: toPlace, by }));
  }
  return folders;
}

/** The file in the tree: members of archives follow after `!/`. */
export function fileOfLocation(path: string): string {
  const member = path.indexOf('!/');
  return member < 0 ? path : path.slice(0, member);
}

/** Files that language packages name, and whole folders of theirs. */
class LanguageClaims {
  readonly #files = new FileSet();
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

  names(folder: string): ReadonlySet<string> | undefined {
    return this.#files.names(folder);
  }

  /** Is the folder, or one above it, wholly a package's? Fills in the answers on the way up. */
  isInside(folder: string): boolean {
    if (this.#folders.size === 0) return false;
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

type Counts = Omit<OwnershipSummary, 'languagePackagesOwnedByOs'>;

function countFiles(input: OwnershipInput, os: OsClaims, language: LanguageClaims): Counts {
  let files = 0;
  let owned = 0;
  const executables = new FirstExecutables();
  let lastFolder: string | undefined;
  let osNames: ReadonlySet<string> | undefined;
  let languageNames: ReadonlySet<string> | undefined;
  let isInside = false;
  input.tree.visitFiles((folder, name, entry) => {
    files++;
    if (folder !== lastFolder) {
      lastFolder = folder;
      osNames = os.names(folder);
      languageNames = language.names(folder);
      isInside = language.isInside(folder);
    }
    const isOwned = isInside || osNames?.has(name) || languageNames?.has(name);
    if (isOwned) owned++;
    else executables.add(entry());
  });
  return {
    files,
    ownedByPackages: owned,
    unowned: files - owned,
    unownedExecutables: executables.first(),
    unownedExecutablesTotal: executables.total,
    skippedMounts: input.skippedMounts,
  };
}

/** Keeps the setuid ones, then the first by path, in bounded memory. */
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
    if (this.#kept.length >= 2 * unownedExecutablesMax) this.#kept = [...this.#first()];
  }

  /** By path. */
  first(): readonly UnownedExecutable[] {
    return this.#first().toSorted(byPath);
  }

  #first(): readonly UnownedExecutable[] {
    const weight = ({ setuid }: UnownedExecutable): number => (setuid === true ? 0 : 1);
    this.#kept.sort((left, right) => weight(left) - weight(right) || byPath(left, right));
    return this.#kept.slice(0, unownedExecutablesMax);
  }
}

function byPath(left: UnownedExecutable, right: UnownedExecutable): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
