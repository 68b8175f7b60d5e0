// SPDX-License-Identifier: Apache-2.0
// What one layer holds: a log of its entries in their order, as columns of numbers and one arena of
// names. A layer may have millions of entries; an object for each would cost gigabytes.
//
// Each record has a parent record and a basename. Folders that are only implied by a path get a
// record of their own; a path that comes twice gets two records, so that the order of things stays
// visible to the merge. Record 0 is the root.
import type { EntryKind } from './layer-visitor.ts';

/** Kinds as numbers; their order is part of the serialised form. */
export const recordKinds = [
  'implied',
  'file',
  'directory',
  'symlink',
  'hardlink',
  'character',
  'block',
  'fifo',
] as const;
export type RecordKind = (typeof recordKinds)[number];

export const recordKind = Object.fromEntries(
  recordKinds.map((kind, number) => [kind, number]),
) as Readonly<Record<RecordKind, number>>;

/** Told by the first bytes of a regular file; `none` where it was not read. */
export const contentClasses = ['none', 'elf', 'script', 'other'] as const;
export type ContentClass = (typeof contentClasses)[number];

/** What a record does to the layers below. */
export const marker = { none: 0, whiteout: 1, opaque: 2 } as const;

/**
 * Columns by record number. One that is empty stands for zeros. `mode` has the kind in its upper four bits.
 */
export interface LayerColumns {
  readonly parent: Int32Array;
  /** Where the name ends in `names`; it begins where the one before ends. */
  readonly nameEnd: Uint32Array;
  readonly mode: Uint16Array;
  /** Content class in the lower two bits, marker in the next two. */
  readonly flags: Uint8Array;
  /** Place in `owners`: an image has a dozen of them. */
  readonly owner: Uint16Array;
  readonly sizeLow: Uint32Array;
  readonly sizeHigh: Uint16Array;
  /** Of links: one more than where the target's two length bytes stand in `links`; else 0. */
  readonly link: Uint32Array;
}

/** Read-only; made by LayerIndexBuilder. */
export class LayerIndex {
  readonly count: number;
  readonly columns: LayerColumns;
  readonly names: Uint8Array;
  readonly links: Uint8Array;
  /** User and group, user and group, ...; the first are 0 and 0. */
  readonly owners: Uint32Array;
  /** `security.capability` by record. */
  readonly capabilities: ReadonlyMap<number, Uint8Array>;
  /** Number of whiteouts and opaque markers. */
  readonly markers: number;

  constructor(parts: {
    readonly count: number;
    readonly columns: LayerColumns;
    readonly names: Uint8Array;
    readonly links: Uint8Array;
    readonly owners: Uint32Array;
    readonly capabilities: ReadonlyMap<number, Uint8Array>;
    readonly markers: number;
  }) {
    this.count = parts.count;
    this.columns = parts.columns;
    this.names = parts.names;
    this.links = parts.links;
    this.owners = parts.owners;
    this.capabilities = parts.capabilities;
    this.markers = parts.markers;
  }

  /** Of the root: -1. */
  parent(record: number): number {
    return this.columns.parent[record]!;
  }

  kind(record: number): RecordKind {
    return recordKinds[(this.columns.mode[record] ?? 0) >> 12]!;
  }

  kindNumber(record: number): number {
    return (this.columns.mode[record] ?? 0) >> 12;
  }

  mode(record: number): number {
    return (this.columns.mode[record] ?? 0) & 0o7777;
  }

  uid(record: number): number {
    return this.owners[2 * (this.columns.owner[record] ?? 0)] ?? 0;
  }

  gid(record: number): number {
    return this.owners[2 * (this.columns.owner[record] ?? 0) + 1] ?? 0;
  }

  sizeBytes(record: number): number {
    return (this.columns.sizeHigh[record] ?? 0) * 2 ** 32 + (this.columns.sizeLow[record] ?? 0);
  }

  content(record: number): ContentClass {
    return contentClasses[(this.columns.flags[record] ?? 0) & 3]!;
  }

  marker(record: number): number {
    return ((this.columns.flags[record] ?? 0) >> 2) & 3;
  }

  nameStart(record: number): number {
    return record === 0 ? 0 : (this.columns.nameEnd[record - 1] ?? 0);
  }

  nameEnd(record: number): number {
    return this.columns.nameEnd[record] ?? 0;
  }

  /** The basename. A view. */
  name(record: number): Uint8Array {
    return this.names.subarray(this.nameStart(record), this.nameEnd(record));
  }

  /** Target of a symlink or hard link. A view. */
  linkTarget(record: number): Uint8Array | undefined {
    const at = this.columns.link[record] ?? 0;
    if (at === 0) return undefined;
    const length = this.links[at - 1]! | (this.links[at]! << 8);
    return this.links.subarray(at + 1, at + 1 + length);
  }

  /** The path relative to the root, `/` between its parts; empty for the root. */
  path(record: number): Uint8Array {
    let length = -1;
    for (let at = record; at > 0; at = this.parent(at))
      length += 1 + this.nameEnd(at) - this.nameStart(at);
    const path = new Uint8Array(Math.max(0, length));
    let end = path.length;
    for (let at = record; at > 0; at = this.parent(at)) {
      const name = this.name(at);
      path.set(name, end - name.length);
      end -= name.length + 1;
      if (end > 0) path[end] = 0x2f;
    }
    return path;
  }
}

export function kindNumberOf(kind: EntryKind): number {
  return recordKind[kind];
}
