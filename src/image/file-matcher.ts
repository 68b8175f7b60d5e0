// SPDX-License-Identifier: Apache-2.0
// Which readers want a file, by its name: compiled once, asked for every file of every layer.
import { decodePath, encodePath } from '../model/path-bytes.ts';
import type { FilePattern, FileReader } from './file-reader.ts';

/** A reader's wish for one file. */
export interface Wish {
  /** Position in the list of readers. */
  readonly reader: number;
  readonly sizeBytesMax: number;
  /** Absolute path to show the file under, where that is not its own: a hard link to it. */
  readonly path?: string;
}

/** Who wants which files. */
export interface Matcher {
  /** Wishes for any file that starts as an ELF file does. */
  readonly elf: readonly Wish[];
  /** Wishes for a regular file by its path, relative to the root. */
  match(path: Uint8Array): readonly Wish[];
}

interface SuffixWish extends Wish {
  readonly suffix: Uint8Array;
}

const slash = 0x2f;
const noWishes: readonly Wish[] = [];

export class FileMatcher implements Matcher {
  readonly elf: readonly Wish[];
  readonly #byPath = new Map<string, Wish[]>();
  /** Basenames that some path or basename pattern has: most files end their matching here. */
  readonly #basenames = new Map<string, { readonly any: Wish[]; hasPath: boolean }>();
  /** By length and last byte of those basenames: a quick no, without a string, for most files. */
  readonly #mayBeNamed = new Uint8Array(1 << 16);
  /** By the last byte of the suffix, in lower case. */
  readonly #suffixes: (SuffixWish[] | undefined)[] = Array.from({ length: 256 });
  readonly #byFolder = new Map<string, (Wish & { readonly suffix: Uint8Array })[]>();
  /** The folder that was asked for last; files come folder by folder. */
  #folder = '';
  #folderBytes: Uint8Array = new Uint8Array(0);
  #folderWishes: readonly (Wish & { readonly suffix: Uint8Array })[] = [];

  constructor(readers: readonly FileReader[]) {
    const elf: Wish[] = [];
    for (const [reader, { files }] of readers.entries())
      for (const pattern of files) {
        const wish = { reader, sizeBytesMax: pattern.sizeBytesMax };
        if (pattern.kind === 'elf') elf.push(wish);
        else this.#add(pattern, wish);
      }
    this.elf = elf;
  }

  /** Of one reader at most one. */
  match(path: Uint8Array): readonly Wish[] {
    const start = path.lastIndexOf(slash) + 1;
    let found: Wish[] | undefined;
    const named =
      this.#mayBeNamed[shape(path, start)] === 0
        ? undefined
        : this.#basenames.get(latin1(path, start, path.length));
    if (named !== undefined) {
      found = [...named.any];
      if (named.hasPath) found.push(...(this.#byPath.get(latin1(path, 0, path.length)) ?? []));
    }
    const suffixes = this.#suffixes[lower(path[path.length - 1] ?? 0)];
    if (suffixes !== undefined)
      for (const wish of suffixes) if (endsWith(path, wish.suffix)) (found ??= []).push(wish);
    if (this.#byFolder.size > 0)
      for (const wish of this.#wishesOfFolder(path, Math.max(0, start - 1)))
        if (endsWith(path, wish.suffix)) (found ??= []).push(wish);
    return found === undefined ? noWishes : mergeWishes(found);
  }

  #add(pattern: Exclude<FilePattern, { kind: 'elf' }>, wish: Wish): void {
    switch (pattern.kind) {
      case 'path': {
        const path = encodePath(pattern.path.replace(/^\//, ''));
        const start = path.lastIndexOf(slash) + 1;
        this.#basename(path.subarray(start)).hasPath = true;
        push(this.#byPath, latin1(path, 0, path.length), wish);
        break;
      }
      case 'basename': {
        this.#basename(encodePath(pattern.basename)).any.push(wish);
        break;
      }
      case 'suffix': {
        const suffix = encodePath(pattern.suffix.toLowerCase());
        (this.#suffixes[suffix.at(-1)!] ??= []).push({ ...wish, suffix });
        break;
      }
      case 'folder': {
        const folder = pattern.folder.replace(/^\//, '').replace(/\/$/, '');
        const suffix = encodePath((pattern.suffix ?? '').toLowerCase());
        push(this.#byFolder, folder, { ...wish, suffix });
        break;
      }
    }
  }

  #basename(bytes: Uint8Array): { readonly any: Wish[]; hasPath: boolean } {
    this.#mayBeNamed[shape(bytes, 0)] = 1;
    const name = latin1(bytes, 0, bytes.length);
    let known = this.#basenames.get(name);
    if (known === undefined) this.#basenames.set(name, (known = { any: [], hasPath: false }));
    return known;
  }

  #wishesOfFolder(path: Uint8Array, end: number): readonly (Wish & { suffix: Uint8Array })[] {
    if (end !== this.#folderBytes.length || !startsWith(path, this.#folderBytes)) {
      this.#folderBytes = path.slice(0, end);
      this.#folder = decodePath(this.#folderBytes);
      this.#folderWishes = this.#byFolder.get(this.#folder) ?? [];
    }
    return this.#folderWishes;
  }
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

/** One per reader: the one that allows the largest file. In the readers' order. */
export function mergeWishes(wishes: readonly Wish[]): readonly Wish[] {
  if (wishes.length < 2) return wishes;
  const best = new Map<number, Wish>();
  for (const wish of wishes) {
    const known = best.get(wish.reader);
    if (known === undefined || known.sizeBytesMax < wish.sizeBytesMax) best.set(wish.reader, wish);
  }
  return [...best.values()].sort((left, right) => left.reader - right.reader);
}

function shape(path: Uint8Array, start: number): number {
  return (((path.length - start) & 0xff) << 8) | (path[path.length - 1] ?? 0);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function endsWith(path: Uint8Array, suffix: Uint8Array): boolean {
  const offset = path.length - suffix.length;
  if (offset < 0) return false;
  for (let at = 0; at < suffix.length; at++)
    if (lower(path[offset + at]!) !== suffix[at]) return false;
  return true;
}

function startsWith(path: Uint8Array, prefix: Uint8Array): boolean {
  for (let at = 0; at < prefix.length; at++) if (path[at] !== prefix[at]) return false;
  return true;
}
