// SPDX-License-Identifier: Apache-2.0
// The files that a container would see: nodes that point into the indexes of the layers they come
// from. Removing a folder is one step, however much is in it: its node dies, and what hangs below a
// dead node can no longer be reached. A node's number is larger than its folder's.
import { PlimsollError } from '../model/errors.ts';
import { decodePath, encodePath } from '../model/path-bytes.ts';
import { growing, reserve } from './column.ts';
import { FolderPaths } from './folder-paths.ts';
import type { FileTree, FileVisitor, TreeEntry } from './file-tree.ts';
import { type LayerIndex, recordKind, recordKinds } from './layer-index.ts';
import { NameText } from './name-text.ts';
import { treeEntry } from './tree-entry.ts';
import { equalsName, hashName, NameTable, type NameTableOwner } from './name-table.ts';

/**
 * Nodes of one image, dead ones included: what the layers' indexes may hold together, see
 * layer-index-builder.ts.
 */
export const nodesMax = 4_500_000;
/** MAXSYMLINKS of Linux: path_resolution(7). */
const linksMax = 40;
/**
 * Steps of all walks of one tree behind a link. A chain of 40 links of 4 KiB each makes one short
 * name cost 80,000 steps; a million such names must not take an hour. Real trees take some millions.
 */
const defaultLinkStepsMax = 30_000_000;
/** Hard-linked names of one file that are told; a file has two or three. */
const namesMax = 1000;
/** Layer numbers are two bytes. */
const layersMax = 0xfffe;

const slash = 0x2f;
/** Parts that are not names: empty ones, `.` and `..`. */
const unplainParts = /(?:^|\/)\.{0,2}(?:\/|$)/;
/** Of a node: removed; a folder that only other paths name, whatever its record is. */
const dead = 1;
const implied = 2;
/** Its record is a place in the list of names that only links gave. */
const linkNamed = 4;
/** Folders that are made because a link leads there. In real images there are none. */
const linkNamesMax = 100_000;

export class MergedTree implements FileTree, NameTableOwner {
  readonly #indexes: LayerIndex[] = [];
  readonly #table = new NameTable(this);
  // Columns by node number.
  readonly #parent = growing(Int32Array, nodesMax);
  readonly #layer = growing(Uint16Array, nodesMax);
  readonly #record = growing(Uint32Array, nodesMax);
  readonly #state = growing(Uint8Array, nodesMax);
  /** Of hard links: the layer plus one, and the record, of the file that they name. */
  readonly #fileLayer = growing(Uint16Array, nodesMax);
  readonly #fileRecord = growing(Uint32Array, nodesMax);
  readonly #linkNames: Uint8Array[] = [];
  #count = 0;
  #root = -1;
  readonly #linkStepsMax: number;
  #linkSteps = 0;
  /** Made when asked for, forgotten when the tree changes. */
  #reachable: { readonly nodes: Uint8Array; readonly size: number } | undefined;
  #places: Places | undefined;

  constructor(limits: { readonly linkStepsMax?: number } = {}) {
    this.#linkStepsMax = limits.linkStepsMax ?? defaultLinkStepsMax;
  }

  /** Adds the next layer's index; nothing of it is in the tree yet. */
  addIndex(index: LayerIndex): number {
    if (this.#indexes.length >= layersMax)
      throw new PlimsollError('limit', `Cannot merge more than ${layersMax} layers`);
    this.#indexes.push(index);
    const layer = this.#indexes.length - 1;
    if (this.#root < 0) {
      this.#root = this.#append(-1, layer, 0);
      this.#table.reserve(Math.min(index.count, nodesMax));
    }
    this.changed();
    return layer;
  }

  // --- FileTree

  get size(): number {
    return this.#reach().size;
  }

  lookup(path: string): TreeEntry | undefined {
    const node = this.walk(encodePath(path), false);
    return node < 0 ? undefined : this.#entry(node, this.path(node));
  }

  resolve(path: string): string | undefined {
    const steps = this.#linkSteps;
    const node = this.walk(encodePath(path), true);
    if (node < 0) return undefined;
    // Most paths lead through no link: then they are what they lead to.
    const isPlain = path.startsWith('/') && !unplainParts.test(path.slice(1));
    return isPlain && this.#linkSteps === steps ? path : this.path(node);
  }

  *entries(): Iterable<TreeEntry> {
    const { nodes } = this.#reach();
    let folder = -1;
    let folderPath = '';
    for (let node = 0; node < nodes.length; node++) {
      if (nodes[node] === 0) continue;
      const parent = this.#parent[node]!;
      if (parent < 0) {
        yield this.#entry(node, '/');
        continue;
      }
      if (parent !== folder) {
        folder = parent;
        folderPath = this.path(parent);
      }
      const name = decodePath(this.#nameOf(node));
      yield this.#entry(node, folderPath === '/' ? `/${name}` : `${folderPath}/${name}`);
    }
  }

  visitFiles(visit: FileVisitor): void {
    const { nodes } = this.#reach();
    const texts = this.#indexes.map((index) => new NameText(index));
    const folderPaths = new FolderPaths(
      this.#root,
      (node) => this.#parent[node]!,
      (node) => decodePath(this.#nameOf(node)),
    );
    let folder = -1;
    let folderPath = '';
    let at = 0;
    let name = '';
    const entry = (): TreeEntry => this.#entry(at, `${folderPath}/${name}`);
    for (; at < nodes.length; at++) {
      if (nodes[at] === 0 || this.kindNumber(at) !== recordKind.file) continue;
      const parent = this.#parent[at]!;
      if (parent < 0) continue;
      if (parent !== folder) {
        folder = parent;
        folderPath = folderPaths.of(parent);
      }
      name =
        (this.#state[at]! & linkNamed) === 0
          ? texts[this.#layer[at]!]!.of(this.#record[at]!)
          : decodePath(this.#nameOf(at));
      visit(folderPath, name, entry);
    }
  }

  // --- what the inventory asks about facts

  /**
   * Every effective path that shows the content of this record of this layer: none when it was
   * removed or replaced, several when hard links name it. Layers are counted from 0.
   */
  pathsOf(layer: number, record: number): readonly string[] {
    this.#places ??= this.#findPlaces();
    const paths: string[] = [];
    const node = (this.#places.nodes[layer]?.[record] ?? 0) - 1;
    if (node >= 0) paths.push(this.path(node));
    for (const link of this.#places.links.get(fileKey(layer, record)) ?? [])
      paths.push(this.path(link));
    return paths;
  }

  /** Layer and path in that layer whose content a path shows; links followed. */
  contentOf(path: string): { readonly layer: number; readonly path: string } | undefined {
    const node = this.walk(encodePath(path), true);
    if (node < 0 || this.kindNumber(node) !== recordKind.file) return undefined;
    const { layer, record } = this.#fileOf(node);
    return { layer, path: `/${decodePath(this.#indexes[layer]!.path(record))}` };
  }

  /** True when links were followed so often that no more are: answers are then incomplete. */
  get isTiredOfLinks(): boolean {
    return this.#linkSteps > this.#linkStepsMax;
  }

  // --- nodes, for the merge

  get root(): number {
    return this.#root;
  }

  isDead(node: number): boolean {
    return (this.#state[node]! & dead) !== 0;
  }

  /** Layer that the node comes from. */
  layerOf(node: number): number {
    return this.#layer[node]!;
  }

  /** Kind of what the node shows: of a hard link, that of its file. `implied` is a folder. */
  kindNumber(node: number): number {
    if ((this.#state[node]! & implied) !== 0) return recordKind.implied;
    const { layer, record } = this.#fileOf(node);
    return this.#indexes[layer]!.kindNumber(record);
  }

  isFolder(node: number): boolean {
    const kind = this.kindNumber(node);
    return kind === recordKind.directory || kind === recordKind.implied;
  }

  /** The living node of that name in a folder, or -1. */
  find(folder: number, bytes: Uint8Array, start: number, end: number): number {
    const node = this.#table.find(folder, bytes, start, end);
    return node >= 0 && !this.isDead(node) ? node : -1;
  }

  /**
   * A new node named as `record` is, in place of the one there; an implied folder shows nothing of
   * the record but its name. -1 when there is no room.
   */
  create(folder: number, layer: number, record: number, isImplied = false): number {
    if (this.#count >= nodesMax) return -1;
    const index = this.#indexes[layer]!;
    const start = index.nameStart(record);
    const end = index.nameEnd(record);
    const node = this.#append(folder, layer, record);
    this.#table.set(folder, index.names, start, end, node);
    if (isImplied) this.#state[node] = implied;
    return node;
  }

  /** A folder with a name that no record has. -1 when there is no room. */
  #createNamed(folder: number, layer: number, name: Uint8Array): number {
    if (this.#count >= nodesMax || this.#linkNames.length >= linkNamesMax) return -1;
    this.#linkNames.push(name.slice());
    const node = this.#append(folder, layer, this.#linkNames.length - 1);
    this.#state[node] = implied | linkNamed;
    this.#table.set(folder, name, 0, name.length, node);
    return node;
  }

  /** The node now shows this record, which has the same name. */
  replace(node: number, layer: number, record: number): void {
    this.#layer[node] = layer;
    this.#record[node] = record;
    if (this.#fileLayer[node] !== 0) this.#fileLayer[node] = 0;
    this.#state[node]! &= ~(implied | linkNamed);
  }

  /** The node, a hard link, shows the file that `target` shows. */
  linkTo(node: number, target: number): void {
    const { layer, record } = this.#fileOf(target);
    this.#fileLayer[node] = layer + 1;
    this.#fileRecord[node] = record;
  }

  kill(node: number): void {
    this.#state[node]! |= dead;
  }

  /** Empties a folder: the same folder again, under a new number, with nothing in it. */
  empty(node: number): number {
    if (this.#count >= nodesMax) return -1;
    const state = this.#state[node]!;
    this.kill(node);
    const parent = this.#parent[node]!;
    const again = this.#append(parent, this.#layer[node]!, this.#record[node]!);
    if (state !== 0) this.#state[again] = state;
    if (parent < 0) this.#root = again;
    else {
      const name = this.#nameOf(node);
      this.#table.set(parent, name, 0, name.length, again);
    }
    return again;
  }

  changed(): void {
    this.#reachable = undefined;
    this.#places = undefined;
  }

  /**
   * The node that a path leads to inside the root, or -1. Links in its folders are followed, the
   * last one if asked; `..` at the root stays there. With `makeIn`, a layer, folders that are
   * missing on the way are made.
   */
  walk(path: Uint8Array, followLast: boolean, from = this.#root, makeIn = -1): number {
    let node = from;
    let rest = path;
    let links = 0;
    for (let start = 0; start < rest.length;) {
      const next = rest.indexOf(slash, start);
      const end = next < 0 ? rest.length : next;
      if (links > 0) this.#linkSteps++;
      const length = end - start;
      const isDots = length <= 2 && rest.subarray(start, end).every((byte) => byte === 0x2e);
      if (isDots) {
        // Also a slash after a file is an error: only folders have anything behind a slash.
        if (!this.isFolder(node)) return -1;
        if (length === 2 && node !== this.#root) node = this.#parent[node]!;
        start = end + 1;
        continue;
      }
      if (!this.isFolder(node)) return -1;
      let child = this.find(node, rest, start, end);
      if (child < 0 && makeIn >= 0)
        child = this.#createNamed(node, makeIn, rest.subarray(start, end));
      if (child < 0) return -1;
      const isLast = end === rest.length;
      if (this.kindNumber(child) === recordKind.symlink && (!isLast || followLast)) {
        if (++links > linksMax || this.isTiredOfLinks) return -1;
        const target = this.linkTarget(child);
        if (target === undefined || target.length === 0) return -1;
        if (target[0] === slash) node = this.#root;
        rest = Buffer.concat([target, rest.subarray(end)]);
        start = 0;
        continue;
      }
      node = child;
      start = end + 1;
    }
    return node;
  }

  linkTarget(node: number): Uint8Array | undefined {
    const { layer, record } = this.#fileOf(node);
    return this.#indexes[layer]!.linkTarget(record);
  }

  /** Absolute. */
  path(node: number): string {
    const parts: string[] = [];
    for (let at = node; this.#parent[at]! >= 0; at = this.#parent[at]!)
      parts.push(decodePath(this.#nameOf(at)));
    return `/${parts.reverse().join('/')}`;
  }

  // --- NameTableOwner

  isNamed(
    candidate: number,
    parent: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    if (this.#parent[candidate] !== parent) return false;
    const record = this.#record[candidate]!;
    if ((this.#state[candidate]! & linkNamed) !== 0) {
      const name = this.#linkNames[record]!;
      return equalsName(name, 0, name.length, bytes, start, end);
    }
    const index = this.#indexes[this.#layer[candidate]!]!;
    const from = index.nameStart(record);
    return equalsName(index.names, from, index.nameEnd(record), bytes, start, end);
  }

  hashOf(candidate: number): number {
    const name = this.#nameOf(candidate);
    return hashName(this.#parent[candidate]!, name, 0, name.length);
  }

  // --- inside

  #append(parent: number, layer: number, record: number): number {
    const node = this.#count++;
    for (const column of [this.#parent, this.#layer, this.#record, this.#state]) {
      if (node < column.length) break;
      reserve(column, node + 1);
    }
    for (const column of [this.#fileLayer, this.#fileRecord]) {
      if (node < column.length) break;
      reserve(column, node + 1);
    }
    this.#parent[node] = parent;
    this.#layer[node] = layer;
    this.#record[node] = record;
    return node;
  }

  #fileOf(node: number): { readonly layer: number; readonly record: number } {
    const layer = this.#fileLayer[node]!;
    if (layer === 0) return { layer: this.#layer[node]!, record: this.#record[node]! };
    return { layer: layer - 1, record: this.#fileRecord[node]! };
  }

  #nameOf(node: number): Uint8Array {
    if ((this.#state[node]! & linkNamed) !== 0) return this.#linkNames[this.#record[node]!]!;
    return this.#indexes[this.#layer[node]!]!.name(this.#record[node]!);
  }

  #entry(node: number, path: string): TreeEntry {
    const { layer, record } = this.#fileOf(node);
    const kind = recordKinds[this.kindNumber(node)]!;
    return treeEntry(path, kind, this.#layer[node]!, this.#indexes[layer]!, record);
  }

  #reach(): { readonly nodes: Uint8Array; readonly size: number } {
    if (this.#reachable !== undefined) return this.#reachable;
    const nodes = new Uint8Array(this.#count);
    let size = 0;
    for (let node = 0; node < this.#count; node++) {
      if (this.isDead(node)) continue;
      const parent = this.#parent[node]!;
      if (parent < 0 ? node !== this.#root : nodes[parent] === 0) continue;
      nodes[node] = 1;
      size++;
    }
    this.#reachable = { nodes, size };
    return this.#reachable;
  }

  #findPlaces(): Places {
    const { nodes } = this.#reach();
    const places: Places = {
      nodes: this.#indexes.map((index) => new Int32Array(index.count)),
      links: new Map(),
    };
    for (let node = 0; node < nodes.length; node++) {
      if (nodes[node] === 0 || (this.#state[node]! & implied) !== 0) continue;
      const { layer, record } = this.#fileOf(node);
      if (this.#fileLayer[node] === 0) places.nodes[layer]![record] = node + 1;
      else {
        const key = fileKey(layer, record);
        const links = places.links.get(key);
        if (links === undefined) places.links.set(key, [node]);
        else if (links.length < namesMax) links.push(node);
      }
    }
    return places;
  }
}

interface Places {
  /** By layer and record: its node plus one. */
  readonly nodes: readonly Int32Array[];
  /** Hard links to a record. */
  readonly links: Map<number, number[]>;
}

function fileKey(layer: number, record: number): number {
  return layer * 2 ** 32 + record;
}
