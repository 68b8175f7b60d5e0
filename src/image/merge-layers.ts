// SPDX-License-Identifier: Apache-2.0
// Puts layers on top of each other, the base first, until the tree is what a container sees.
// https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
//
// - Whiteouts and opaque markers of a layer act first, wherever they stand in its tar, and on lower
//   layers only: what the layer itself brings stays.
// - They act on the path as it is written. A link in their folder is not followed: they remove
//   nothing from where it leads.
// - Everything else is applied as extraction does, in the order of the tar. An entry whose folder
//   is a link in a lower layer goes to where the link leads, inside the root (umoci, containerd and
//   every engine that extracts onto a whole file system do so; Docker's overlay2 extracts the layer
//   alone and shows a folder that hides the link: an issue tells that engines differ).
import type { Issue, IssueSink } from '../model/issue.ts';
import { decodePath } from '../model/path-bytes.ts';
import type { FileTree } from './file-tree.ts';
import { type LayerIndex, marker, recordKind } from './layer-index.ts';
import { MergedTree, nodesMax } from './merged-tree.ts';

/** `.wh.` before the name of what is removed. */
const whiteoutPrefixBytes = 4;

const unknown = 0;

export class TreeBuilder {
  readonly #tree: MergedTree;
  readonly #issues: IssueSink;
  #isFull = false;
  #isTired = false;

  constructor(issues: IssueSink, limits: { readonly linkStepsMax?: number } = {}) {
    this.#issues = issues;
    this.#tree = new MergedTree(limits);
  }

  /** The state after the layers that were applied so far. It changes with the next one. */
  get tree(): MergedTree & FileTree {
    return this.#tree;
  }

  /** Puts the next layer on top; the first is the base, number 0. */
  apply(index: LayerIndex): void {
    const layer = this.#tree.addIndex(index);
    // By record: its node plus one.
    const nodes = new Int32Array(index.count);
    let lowerTargets: Int32Array | undefined;
    if (index.markers > 0) {
      lowerTargets = this.#hardLinkTargets(index);
      this.#applyMarkers(index, nodes);
      nodes.fill(unknown);
    }
    const pass = new LayerPass(this.#tree, index, layer, nodes, lowerTargets, this.#issues);
    if (!this.#isFull && !pass.run()) this.#full(layer);
    if (this.#tree.isTiredOfLinks && !this.#isTired) this.#tired(layer);
    this.#tree.changed();
  }

  #tired(layer: number): void {
    this.#isTired = true;
    this.#issues.add({
      code: 'too-many-links',
      message: `Image leads from link to link too often: from layer ${layer} on they are not followed`,
      fatal: true,
    });
  }

  #full(layer: number): void {
    this.#isFull = true;
    this.#issues.add({
      code: 'too-many-entries',
      message: `Image has more than ${nodesMax} entries: layer ${layer} and those above are not shown`,
      fatal: true,
    });
  }

  /**
   * By record: the node plus one that a hard link names in the lower layers. One layer may link to
   * a file below and remove that file's old name.
   */
  #hardLinkTargets(index: LayerIndex): Int32Array | undefined {
    let targets: Int32Array | undefined;
    for (let record = 1; record < index.count; record++) {
      if (index.kindNumber(record) !== recordKind.hardlink) continue;
      const path = index.linkTarget(record);
      const node = path === undefined ? -1 : this.#tree.walk(path, false);
      if (node < 0) continue;
      targets ??= new Int32Array(index.count);
      targets[record] = node + 1;
    }
    return targets;
  }

  #applyMarkers(index: LayerIndex, nodes: Int32Array): void {
    const tree = this.#tree;
    for (let record = 1; record < index.count; record++) {
      const kind = index.marker(record);
      if (kind === marker.none) continue;
      const folder = this.#lowerNode(index, index.parent(record), nodes);
      if (folder < 0 || tree.isDead(folder) || !tree.isFolder(folder)) continue;
      if (kind === marker.opaque) {
        const again = tree.empty(folder);
        if (again >= 0) nodes[index.parent(record)] = again + 1;
        continue;
      }
      const start = index.nameStart(record) + whiteoutPrefixBytes;
      const node = tree.find(folder, index.names, start, index.nameEnd(record));
      if (node >= 0) tree.kill(node);
    }
  }

  /** What stands in the lower layers under a record's path, links not followed; or -1. */
  #lowerNode(index: LayerIndex, record: number, nodes: Int32Array): number {
    if (record === 0) return this.#tree.root;
    const known = nodes[record]!;
    if (known !== unknown) return known > 0 ? known - 1 : -1;
    // Upwards to what is known, then down again: deep paths must not exhaust the stack.
    const chain: number[] = [];
    let at = record;
    while (at > 0 && nodes[at] === unknown) {
      chain.push(at);
      at = index.parent(at);
    }
    let node = at === 0 ? this.#tree.root : nodes[at]! - 1;
    for (const part of chain.reverse()) {
      const isFolder = node >= 0 && !this.#tree.isDead(node) && this.#tree.isFolder(node);
      node = isFolder
        ? this.#tree.find(node, index.names, index.nameStart(part), index.nameEnd(part))
        : -1;
      nodes[part] = node < 0 ? -1 : node + 1;
    }
    return node;
  }
}

/** Applies what one layer brings. */
class LayerPass {
  readonly #tree: MergedTree;
  readonly #index: LayerIndex;
  readonly #layer: number;
  readonly #nodes: Int32Array;
  readonly #lowerTargets: Int32Array | undefined;
  readonly #issues: IssueSink;

  constructor(
    tree: MergedTree,
    index: LayerIndex,
    layer: number,
    nodes: Int32Array,
    lowerTargets: Int32Array | undefined,
    issues: IssueSink,
  ) {
    this.#tree = tree;
    this.#index = index;
    this.#layer = layer;
    this.#nodes = nodes;
    this.#lowerTargets = lowerTargets;
    this.#issues = issues;
  }

  /** False when there is no room for more nodes. */
  run(): boolean {
    const index = this.#index;
    if (index.kindNumber(0) === recordKind.directory)
      this.#tree.replace(this.#tree.root, this.#layer, 0);
    for (let record = 1; record < index.count; record++) {
      const kind = index.kindNumber(record);
      if (kind === recordKind.implied || index.marker(record) !== marker.none) continue;
      const folder = this.#folderOf(index.parent(record));
      if (folder < 0) return false;
      const node = this.#place(folder, record, kind);
      if (node === noRoom) return false;
      // Only of what may hold entries: pages that are not written take no memory.
      const holds = kind === recordKind.directory || kind === recordKind.symlink;
      if (node >= 0 && holds) this.#nodes[record] = node + 1;
    }
    return true;
  }

  /** The node of an entry in its folder; -1 where it cannot be applied. */
  #place(folder: number, record: number, kind: number): number {
    const index = this.#index;
    const tree = this.#tree;
    const start = index.nameStart(record);
    const there = tree.find(folder, index.names, start, index.nameEnd(record));
    const target = kind === recordKind.hardlink ? this.#hardLinkTarget(record) : -1;
    if (kind === recordKind.hardlink) {
      if (target < 0) return -1;
      // A second name for itself changes nothing.
      if (target === there) return there;
    }
    let node = there;
    // What was in a folder does not come back when its name becomes a folder again.
    const drops = there >= 0 && kind !== recordKind.directory && tree.isFolder(there);
    if (drops) tree.kill(there);
    if (there < 0 || drops) node = tree.create(folder, this.#layer, record);
    else tree.replace(there, this.#layer, record);
    if (node < 0) return noRoom;
    if (target >= 0) tree.linkTo(node, target);
    return node;
  }

  #hardLinkTarget(record: number): number {
    const path = this.#index.linkTarget(record);
    let node = path === undefined ? -1 : this.#tree.walk(path, false);
    if (node < 0) node = (this.#lowerTargets?.[record] ?? 0) - 1;
    if (node >= 0 && !this.#tree.isFolder(node)) return node;
    const message = `Cannot apply hard link to ${JSON.stringify(decodePath(path ?? new Uint8Array(0)))}`;
    this.#issue('dangling-hardlink', `${message}: no such file`, true, record);
    return -1;
  }

  /** The folder that entries below a record go to; -1 when there is no room. */
  #folderOf(record: number): number {
    if (record === 0) return this.#tree.root;
    const known = this.#nodes[record]! - 1;
    if (known >= 0 && !this.#tree.isDead(known) && this.#tree.isFolder(known)) return known;
    // Upwards to a folder that is known, then down again.
    const chain: number[] = [];
    let at = record;
    for (; at > 0; at = this.#index.parent(at)) {
      const node = this.#nodes[at]! - 1;
      if (at !== record && node >= 0 && !this.#tree.isDead(node) && this.#tree.isFolder(node))
        break;
      chain.push(at);
    }
    let folder = at === 0 ? this.#tree.root : this.#nodes[at]! - 1;
    for (const part of chain.reverse()) {
      folder = this.#enter(folder, part);
      if (folder < 0) return -1;
      this.#nodes[part] = folder + 1;
    }
    return folder;
  }

  /** The folder under the record's name: there, behind a link, or made. */
  #enter(folder: number, record: number): number {
    const tree = this.#tree;
    const index = this.#index;
    const start = index.nameStart(record);
    const there = tree.find(folder, index.names, start, index.nameEnd(record));
    if (there >= 0 && tree.isFolder(there)) return there;
    if (there >= 0 && tree.kindNumber(there) === recordKind.symlink) {
      const target = tree.walk(index.name(record), true, folder, this.#layer);
      if (target >= 0 && tree.isFolder(target)) {
        const message =
          'Applying entries to where a link leads: some engines hide the link instead';
        if (tree.layerOf(there) < this.#layer)
          this.#issue('folder-is-link', message, false, record);
        return target;
      }
      const message = 'Putting a folder in place of a link that leads to none';
      this.#issue('folder-is-broken-link', message, false, record);
    }
    if (there >= 0) tree.kill(there);
    return tree.create(folder, this.#layer, record, true);
  }

  #issue(code: string, message: string, fatal: boolean, record: number): void {
    const where = `/${decodePath(this.#index.path(record))}`;
    const issue: Issue = { code, message, fatal, where };
    this.#issues.add(issue);
  }
}

const noRoom = -2;
