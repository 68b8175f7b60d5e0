// SPDX-License-Identifier: Apache-2.0
// The view of a merged file tree that everything above the image code works with.
import type { EntryKind } from './layer-visitor.ts';

export interface TreeEntry {
  /** Absolute: `/usr/bin/env`; the root is `/`. */
  readonly path: string;
  /** A hard link shows the kind, mode and size of the file that it names. */
  readonly kind: Exclude<EntryKind, 'hardlink'>;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Layer that the entry comes from, from 0. Folders that no layer names come from the first layer with something inside. */
  readonly layer: number;
  /** Of a symlink, as stored. */
  readonly linkTarget?: string;
  /** Told by the first bytes of a regular file. */
  readonly content?: 'elf' | 'script' | 'other';
  /** Extended attribute `security.capability` of a file, as stored: capabilities(7). */
  readonly capability?: Uint8Array;
}

export interface FileTree {
  /** Number of entries. */
  readonly size: number;
  /** The entry itself, links in its folders followed inside the root, its own link not. */
  lookup(path: string): TreeEntry | undefined;
  /** Canonical path with every link followed inside the root; undefined where nothing is, or links go round. */
  resolve(path: string): string | undefined;
  /** Every entry, folders before what is in them. */
  entries(): Iterable<TreeEntry>;
  /**
   * Every regular file, those of a folder together: for counting millions of them without making
   * an object and a path of each. `folder` is canonical, the root's is empty; `entry` tells more
   * of the file at hand.
   */
  visitFiles(visit: FileVisitor): void;
}

export type FileVisitor = (folder: string, name: string, entry: () => TreeEntry) => void;
