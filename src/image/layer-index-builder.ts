// SPDX-License-Identifier: Apache-2.0
// Fills a LayerIndex while a layer streams past. Whiteouts are told by their names here, so that
// nothing above ever takes a marker for a file.
// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
import type { IssueSink } from '../model/issue.ts';
import { decodePath } from '../model/path-bytes.ts';
import { growing, reserve, settled } from './column.ts';
import {
  contentClasses,
  type ContentClass,
  kindNumberOf,
  type LayerColumns,
  LayerIndex,
  marker,
  recordKind,
} from './layer-index.ts';
import type { LayerEntry } from './layer-visitor.ts';
import { equalsName, hashName, NameTable, type NameTableOwner } from './name-table.ts';

export interface LayerIndexLimits {
  /** Records, implied folders included. */
  readonly recordsMax: number;
  /** Bytes of all names, of all link targets, and of all capabilities: each up to this. */
  readonly nameBytesMax: number;
}

export const defaultLayerIndexLimits: LayerIndexLimits = {
  /** The largest images in use have half a million entries; a record costs about 40 bytes. */
  recordsMax: 4_000_000,
  /** Names are kept by their last part: 16 bytes for each of four million. */
  nameBytesMax: 64 << 20,
};

/** A number of two bytes; the largest images have a few dozen. */
const ownersMax = 0xffff;
/** The user and group of overflow of Linux: user_namespaces(7). */
const nobody = 65534;

const slash = 0x2f;
const whiteoutPrefix = Buffer.from('.wh.');
const opaqueName = Buffer.from('.wh..wh..opq');
/** aufs kept its own administration under such names; they were never part of an image's files. */
const aufsPrefix = Buffer.from('.wh..wh.');

export class LayerIndexBuilder implements NameTableOwner {
  readonly #issues: IssueSink;
  readonly #limits: LayerIndexLimits;
  readonly #table = new NameTable(this);
  readonly #columns: LayerColumns;
  #count = 1;
  readonly #names: Uint8Array<ArrayBuffer>;
  #namesUsed = 0;
  readonly #links: Uint8Array<ArrayBuffer>;
  #linksUsed = 0;
  readonly #capabilities = new Map<number, Uint8Array>();
  #capabilityBytes = 0;
  #markers = 0;
  #isFull = false;
  /** By user * 2^32 + group. */
  readonly #ownerNumbers = new Map<number, number>([[0, 0]]);
  readonly #owners: number[] = [0, 0];
  /** Folder of the entry before, which most entries share: its path and its record. */
  readonly #folder = new Uint8Array(1 << 12);
  #folderLength = 0;
  #folderRecord = 0;

  constructor(issues: IssueSink, limits: Partial<LayerIndexLimits> = {}) {
    this.#issues = issues;
    this.#limits = { ...defaultLayerIndexLimits, ...limits };
    const { recordsMax, nameBytesMax } = this.#limits;
    this.#columns = {
      parent: growing(Int32Array, recordsMax),
      nameEnd: growing(Uint32Array, recordsMax),
      mode: growing(Uint16Array, recordsMax),
      flags: growing(Uint8Array, recordsMax),
      owner: growing(Uint16Array, recordsMax),
      sizeLow: growing(Uint32Array, recordsMax),
      sizeHigh: growing(Uint16Array, recordsMax),
      link: growing(Uint32Array, recordsMax),
    };
    this.#names = growing(Uint8Array, nameBytesMax);
    this.#links = growing(Uint8Array, nameBytesMax);
    this.#grow(1);
    this.#columns.parent[0] = -1;
  }

  /** True once a limit was reached: entries are no longer recorded. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * Records one entry. The number of its record, or -1 where it has none: a bare or misplaced
   * whiteout, or no room is left (an issue says so, once).
   */
  add(entry: LayerEntry): number {
    if (this.#isFull) return -1;
    const { path } = entry;
    if (path.length === 0) return this.#addRoot(entry);
    const nameStart = path.lastIndexOf(slash) + 1;
    const kind = this.#markerOf(path, nameStart);
    if (kind < 0) return -1;
    const parent = this.#folderOf(path, Math.max(0, nameStart - 1));
    if (parent < 0) return -1;
    const record = this.#append(parent, path, nameStart, path.length);
    if (record < 0) return -1;
    this.#fill(record, entry, kind);
    return record;
  }

  /** What the first bytes of a record's file told. */
  setContent(record: number, content: ContentClass): void {
    this.#columns.flags[record]! |= contentClasses.indexOf(content);
  }

  parent(record: number): number {
    return this.#columns.parent[record]!;
  }

  /** Ends the building; the builder is used up. */
  finish(): LayerIndex {
    const index = new LayerIndex({
      count: this.#count,
      columns: {
        parent: settled(this.#columns.parent, this.#count),
        nameEnd: settled(this.#columns.nameEnd, this.#count),
        mode: settled(this.#columns.mode, this.#count),
        flags: settled(this.#columns.flags, this.#count),
        owner: settled(this.#columns.owner, this.#count),
        sizeLow: settled(this.#columns.sizeLow, this.#count),
        sizeHigh: settled(this.#columns.sizeHigh, this.#count),
        link: settled(this.#columns.link, this.#count),
      },
      names: settled(this.#names, this.#namesUsed),
      links: settled(this.#links, this.#linksUsed),
      owners: Uint32Array.from(this.#owners),
      capabilities: this.#capabilities,
      markers: this.#markers,
    });
    this.#table.clear();
    this.#isFull = true;
    return index;
  }

  // --- NameTableOwner

  isNamed(
    candidate: number,
    parent: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const { nameEnd } = this.#columns;
    if (this.#columns.parent[candidate] !== parent) return false;
    const from = nameEnd[candidate - 1]!;
    return equalsName(this.#names, from, nameEnd[candidate]!, bytes, start, end);
  }

  hashOf(candidate: number): number {
    const { nameEnd, parent } = this.#columns;
    const from = nameEnd[candidate - 1]!;
    return hashName(parent[candidate]!, this.#names, from, nameEnd[candidate]!);
  }

  // --- markers

  /** A marker, or -1 where the entry must be left out. */
  #markerOf(path: Uint8Array, nameStart: number): number {
    if (!hasMarkerPrefix(path)) return marker.none;
    for (let start = 0; start < nameStart; start = path.indexOf(slash, start) + 1) {
      if (!startsWith(path, start, whiteoutPrefix)) continue;
      if (!startsWith(path, start, aufsPrefix))
        this.#warn('entry-below-whiteout', 'Skipping an entry below a whiteout', path);
      return -1;
    }
    if (!startsWith(path, nameStart, whiteoutPrefix)) return marker.none;
    const length = path.length - nameStart;
    if (length === opaqueName.length && startsWith(path, nameStart, opaqueName))
      return marker.opaque;
    if (length === whiteoutPrefix.length) {
      this.#issues.add({
        code: 'bare-whiteout',
        message: 'Cannot apply a whiteout that names nothing: nothing was removed',
        fatal: true,
        where: shown(path),
      });
      return -1;
    }
    const target = path.subarray(nameStart + whiteoutPrefix.length);
    // `.wh..` and `.wh...` would name the folder itself and the one above.
    if (target.every((byte) => byte === 0x2e) && target.length <= 2) {
      this.#warn('invalid-whiteout', 'Skipping a whiteout of "." or ".."', path);
      return -1;
    }
    return marker.whiteout;
  }

  // --- records

  #addRoot(entry: LayerEntry): number {
    // Only a folder can be the root.
    if (entry.kind !== 'directory') return -1;
    this.#columns.owner[0] = 0;
    this.#fill(0, entry, marker.none);
    return 0;
  }

  #fill(record: number, entry: LayerEntry, kind: number): void {
    const columns = this.#columns;
    columns.mode[record] = (entry.mode & 0o7777) | (kindNumberOf(entry.kind) << 12);
    if (kind !== marker.none) {
      columns.flags[record] = kind << 2;
      this.#markers++;
    }
    // Zeros are not written: pages of a column that nobody touches take no memory.
    if (entry.uid !== 0 || entry.gid !== 0)
      columns.owner[record] = this.#ownerOf(entry.uid, entry.gid);
    if (entry.sizeBytes !== 0) {
      columns.sizeLow[record] = entry.sizeBytes % 2 ** 32;
      // 2^48 bytes is beyond what any file system holds.
      const high = Math.min(0xffff, Math.floor(entry.sizeBytes / 2 ** 32));
      if (high !== 0) columns.sizeHigh[record] = high;
    }
    if (entry.linkTarget !== undefined) this.#setLink(record, entry.linkTarget);
    const capability = entry.xattrs?.get('security.capability');
    if (capability !== undefined) this.#setCapability(record, capability);
  }

  #ownerOf(user: number, group: number): number {
    // A tar may hold larger numbers than Linux has, and negative ones.
    const uid = Math.max(0, Math.min(user, 0xffff_ffff));
    const gid = Math.max(0, Math.min(group, 0xffff_ffff));
    const key = uid * 2 ** 32 + gid;
    const known = this.#ownerNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#ownerNumbers.size;
    if (number < ownersMax) {
      this.#ownerNumbers.set(key, number);
      this.#owners.push(uid, gid);
      return number;
    }
    if (number === ownersMax) {
      this.#ownerNumbers.set(-1, number);
      this.#owners.push(nobody, nobody);
      const message = `Layer has more than ${ownersMax} owners: further ones are shown as ${nobody}`;
      this.#issues.add({ code: 'too-many-owners', message, fatal: false });
    }
    return ownersMax;
  }

  #setLink(record: number, target: Uint8Array): void {
    const end = this.#linksUsed + 2 + target.length;
    if (end > this.#limits.nameBytesMax) {
      this.#full('link targets');
      return;
    }
    reserve(this.#links, end);
    this.#links[this.#linksUsed] = target.length & 0xff;
    this.#links[this.#linksUsed + 1] = target.length >> 8;
    this.#links.set(target, this.#linksUsed + 2);
    this.#columns.link[record] = this.#linksUsed + 1;
    this.#linksUsed = end;
  }

  #setCapability(record: number, value: Uint8Array): void {
    // Each costs an object and a place in a map: a hundred bytes, and more than its own.
    this.#capabilityBytes += 100 + value.length;
    if (this.#capabilityBytes > this.#limits.nameBytesMax) this.#full('capabilities');
    else this.#capabilities.set(record, Uint8Array.from(value));
  }

  /** Record of the folder whose path ends at `end`; implied ones are made. -1 when full. */
  #folderOf(path: Uint8Array, end: number): number {
    if (end === 0) return 0;
    if (end === this.#folderLength && equalsName(path, 0, end, this.#folder, 0, end))
      return this.#folderRecord;
    let record = 0;
    for (let start = 0; start < end;) {
      const next = path.indexOf(slash, start);
      const partEnd = next < 0 || next > end ? end : next;
      let child = this.#table.find(record, path, start, partEnd);
      if (child < 0 || !this.#holdsEntries(child))
        child = this.#append(record, path, start, partEnd);
      if (child < 0) return -1;
      record = child;
      start = partEnd + 1;
    }
    if (end <= this.#folder.length) {
      this.#folder.set(path.subarray(0, end));
      this.#folderLength = end;
      this.#folderRecord = record;
    }
    return record;
  }

  /** Folders, and links, which may lead to one. */
  #holdsEntries(record: number): boolean {
    const kind = this.#columns.mode[record]! >> 12;
    return (
      kind === recordKind.implied || kind === recordKind.directory || kind === recordKind.symlink
    );
  }

  #append(parent: number, path: Uint8Array, start: number, end: number): number {
    const nameEnd = this.#namesUsed + end - start;
    if (this.#count >= this.#limits.recordsMax || nameEnd > this.#limits.nameBytesMax) {
      this.#full(this.#count >= this.#limits.recordsMax ? 'entries' : 'names');
      return -1;
    }
    const record = this.#count;
    if (record === this.#columns.parent.length) this.#grow(record + 1);
    reserve(this.#names, nameEnd);
    for (let from = start, to = this.#namesUsed; from < end; from++, to++)
      this.#names[to] = path[from]!;
    this.#namesUsed = nameEnd;
    this.#columns.parent[record] = parent;
    this.#columns.nameEnd[record] = nameEnd;
    this.#count = record + 1;
    // A newer record under a known name may be a folder that is remembered.
    if (this.#table.set(parent, path, start, end, record) >= 0) this.#folderLength = 0;
    return record;
  }

  #grow(length: number): void {
    for (const column of Object.values(this.#columns)) reserve(column, length);
  }

  #full(what: string): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#issues.add({
      code: 'too-many-entries',
      message: `Layer has too many ${what}: only its first ${this.#count} entries were looked at`,
      fatal: true,
    });
  }

  #warn(code: string, message: string, path: Uint8Array): void {
    this.#issues.add({ code, message, fatal: false, where: shown(path) });
  }
}

function shown(path: Uint8Array): string {
  return `/${decodePath(path)}`;
}

/** A quick no for almost every path. */
function hasMarkerPrefix(path: Uint8Array): boolean {
  for (let at = path.indexOf(0x2e); at >= 0; at = path.indexOf(0x2e, at + 1))
    if ((at === 0 || path[at - 1] === slash) && startsWith(path, at, whiteoutPrefix)) return true;
  return false;
}

function startsWith(path: Uint8Array, at: number, prefix: Uint8Array): boolean {
  return equalsName(path, at, Math.min(path.length, at + prefix.length), prefix, 0, prefix.length);
}
