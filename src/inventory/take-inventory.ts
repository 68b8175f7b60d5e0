// SPDX-License-Identifier: Apache-2.0
// From what was read of each layer to what is in the image: the layers are put on each other one
// by one; where that changes the facts of an ecosystem, its packages are assembled anew; the last
// step is the inventory, the ones before tell layers and hidden packages.
import type { FileReader, LocatedFact } from '../image/file-reader.ts';
import type { FileTree } from '../image/file-tree.ts';
import { TreeBuilder } from '../image/merge-layers.ts';
import type { LayerResult } from '../image/read-layer.ts';
import type { CoverageGap } from '../model/coverage.ts';
import type { Distribution } from '../model/distribution.ts';
import type { ImageSummary } from '../model/image.ts';
import type { Inventory } from '../model/inventory.ts';
import { IssueList, type Issue, type IssueSink } from '../model/issue.ts';
import { reasonOf } from '../model/errors.ts';
import { packageKey, type Package } from '../model/package.ts';
import type { Location } from '../model/location.ts';
import { findDistribution, distributionReader, type DistributionFact } from './distribution.ts';
import { distributionGaps } from './distribution-gaps.ts';
import { EffectiveFacts } from './effective-facts.ts';
import type { Assembled, Ecosystem, FoundPackage } from './ecosystem.ts';
import { fileOfLocation, findOwnership, OsClaims, Places } from './ownership.ts';
import { PackageHistory, type StepPackage } from './package-history.ts';

export interface InventoryInput {
  /** What the user named. */
  readonly source: string;
  readonly image: ImageSummary;
  /** What was read of each layer with the distribution's reader and the ecosystems; the base first, one for each of `image.layers`. */
  readonly layers: readonly InventoryLayer[];
  readonly ecosystems: readonly Ecosystem[];
  /** Damage found when the image was opened. */
  readonly issues: readonly Issue[];
  /** Mounts of `rootfs:/` that were not read. */
  readonly skippedMounts: readonly string[];
  /** Decides whether a distribution is past its end of life. */
  readonly now: Date;
}

export type InventoryLayer = Pick<LayerResult, 'index' | 'facts' | 'issues' | 'complete'>;

/**
 * Checks of facts against the tree over all steps. Beyond it only the last step is looked at:
 * 200,000 facts in each of 500 layers would take minutes.
 */
const checksMax = 20_000_000;

/** Who reads the layers for `takeInventory`. */
export function inventoryReaders(ecosystems: readonly Ecosystem[]): readonly FileReader[] {
  return [distributionReader, ...ecosystems];
}

/** Never throws for what an image holds: a plugin that fails becomes an issue and a gap. */
export function takeInventory(input: InventoryInput): Inventory {
  return new InventoryTaking(input).take();
}

const noPackages: Assembled = { packages: [] };

/** Of an image without layers. */
const noFiles: FileTree = {
  size: 0,
  lookup: () => undefined,
  resolve: () => undefined,
  entries: () => [],
  visitFiles: () => {},
};

class InventoryTaking {
  readonly #input: InventoryInput;
  readonly #facts: ReadonlyMap<string, EffectiveFacts>;
  readonly #assembled = new Map<string, Assembled>();
  readonly #history = new PackageHistory();
  /** Packages of the operating system of any step: whose files a hidden language package may be. */
  readonly #osPackages = new Set<FoundPackage>();
  readonly #issues = new IssueList();
  readonly #gaps: CoverageGap[] = [];
  readonly #withSteps: boolean;
  readonly #builder = new TreeBuilder(this.#issues);
  #distribution: Distribution | undefined;
  #tree: FileTree = noFiles;

  constructor(input: InventoryInput) {
    this.#input = input;
    const readers = inventoryReaders(input.ecosystems);
    this.#facts = new Map(readers.map((reader) => [reader.id, new EffectiveFacts(reader)]));
    this.#withSteps = this.#canTakeSteps();
  }

  take(): Inventory {
    const { layers, issues } = this.#input;
    this.#issues.addAll(issues);
    for (const layer of layers) this.#issues.addAll(layer.issues);
    for (const [number, layer] of layers.entries()) {
      this.#builder.apply(layer.index);
      this.#tree = this.#builder.tree;
      const changed = this.#applyFacts(number, layer);
      const isLast = number === layers.length - 1;
      if (isLast || (this.#withSteps && changed.size > 0)) this.#step(number, changed, isLast);
    }
    if (layers.length === 0) this.#step(0, new Set(), true);
    return this.#result();
  }

  #canTakeSteps(): boolean {
    let facts = 0;
    let checks = 0;
    for (const layer of this.#input.layers) {
      for (const [, list] of layer.facts) facts += list.length;
      checks += facts;
    }
    if (checks <= checksMax) return true;
    this.#gaps.push({
      code: 'hidden-packages-unknown',
      message: `Packages of earlier layers were not looked for: ${facts} package files in ${this.#input.layers.length} layers`,
      blocking: false,
    });
    return false;
  }

  /** Ids of the readers whose effective facts are others than before. */
  #applyFacts(number: number, layer: InventoryLayer): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const [id, facts] of this.#facts)
      if (facts.apply(this.#builder.tree, number, layer.facts.get(id) ?? [])) changed.add(id);
    return changed;
  }

  /** The last step assembles all: what is missing in the tree is told by it alone. */
  #step(number: number, changed: ReadonlySet<string>, isLast: boolean): void {
    const before = this.#distribution;
    this.#distribution = findDistribution(
      this.#facts.get(distributionReader.id)!.list as readonly LocatedFact<DistributionFact>[],
      this.#tree,
      this.#input.now,
    );
    const sameDistribution = JSON.stringify(before) === JSON.stringify(this.#distribution);
    for (const ecosystem of this.#input.ecosystems)
      if (isLast || changed.has(ecosystem.id) || !sameDistribution)
        this.#assemble(ecosystem, isLast);
    this.#history.step(number, this.#packages());
  }

  #assemble(ecosystem: Ecosystem, isLast: boolean): void {
    const facts = this.#facts.get(ecosystem.id)!.list;
    // Damage that a later layer mended is not damage of the image.
    const issues: IssueSink = isLast ? this.#issues : { add: () => {} };
    const context = {
      ...(this.#distribution === undefined ? {} : { distribution: this.#distribution }),
      tree: this.#tree,
      issues,
    };
    let assembled = noPackages;
    try {
      assembled = ecosystem.assemble(facts, context);
    } catch (error) {
      const message = `Cannot put together ${ecosystem.title}: ${reasonOf(error)}`;
      issues.add({ code: 'unreadable-packages', message, fatal: true });
      const gap = { code: 'packages-unreadable', message, subject: ecosystem.id, blocking: true };
      assembled = { packages: [], gaps: [gap] };
    }
    this.#assembled.set(ecosystem.id, assembled);
    if (ecosystem.kind === 'os')
      for (const found of assembled.packages) this.#osPackages.add(found);
  }

  *#packages(): Generator<StepPackage> {
    for (const [foundBy, { packages }] of this.#assembled)
      for (const found of packages) yield { foundBy, found };
  }

  #ofKind(kind: Ecosystem['kind']): readonly StepPackage[] {
    const ids = this.#input.ecosystems.filter((item) => item.kind === kind).map(({ id }) => id);
    return [...this.#packages()].filter(({ foundBy }) => ids.includes(foundBy));
  }

  #diversions(): NonNullable<Assembled['diversions']> {
    return [...this.#assembled.values()].flatMap((assembled) => assembled.diversions ?? []);
  }

  #result(): Inventory {
    const { source, image, layers, skippedMounts, now } = this.#input;
    const os = this.#ofKind('os');
    const language = this.#ofKind('language');
    const diversions = this.#diversions();
    const ownership = findOwnership({
      tree: this.#tree,
      os: os.map(({ found }) => found),
      language: language.map(({ found }) => found),
      diversions,
      skippedMounts,
    });
    const packages = mergePackages([
      ...os.map((item) => this.#finish(item, item.found)),
      ...language.flatMap((item, at) => {
        const kept = ownership.language[at];
        return kept === undefined ? [] : [this.#finish(item, kept)];
      }),
    ]);
    const { summary } = ownership;
    for (const [number, layer] of layers.entries())
      if (!layer.complete) this.#addIncomplete(number);
    for (const { gaps } of this.#assembled.values()) this.#gaps.push(...(gaps ?? []));
    this.#gaps.push(
      ...distributionGaps({
        distribution: this.#distribution,
        osPackages: os.length,
        packages: packages.length,
        unownedExecutables: summary.unownedExecutablesTotal,
        now,
      }),
    );
    return {
      source,
      image,
      ...(this.#distribution === undefined ? {} : { distribution: this.#distribution }),
      packages,
      hiddenPackages: this.#hidden(diversions),
      ownership: {
        ...summary,
        unownedExecutables: summary.unownedExecutables.map((item) => ({
          ...item,
          ...this.#layerDigest(item.layer),
        })),
      },
      gaps: this.#gaps,
      issues: this.#issues.toArray(),
    };
  }

  #addIncomplete(number: number): void {
    this.#gaps.push({
      code: 'incomplete-layer',
      message: `Layer ${number} could not be read to its end`,
      subject: this.#input.image.layers[number]?.diffId ?? String(number),
      blocking: true,
    });
  }

  /** A language package in a file of any step's operating system package is that package's. */
  #hidden(diversions: NonNullable<Assembled['diversions']>): readonly Package[] {
    const hidden = this.#history.hidden();
    if (hidden.length === 0) return [];
    const claims = new OsClaims(new Places(this.#tree), [...this.#osPackages], diversions);
    const kinds = new Map(this.#input.ecosystems.map(({ id, kind }) => [id, kind]));
    const packages: Package[] = [];
    for (const item of hidden) {
      const isOs = kinds.get(item.foundBy) === 'os';
      const found = isOs ? item.found : claims.withoutOwned(item.found);
      if (found === undefined) continue;
      packages.push({
        ...found.package,
        locations: found.package.locations.map((location) => ({
          ...location,
          layer: item.layer,
          ...this.#layerDigest(item.layer),
        })),
        layer: item.layer,
        foundBy: item.foundBy,
        hidden: true,
      });
    }
    if (this.#history.isCut)
      this.#gaps.push({
        code: 'hidden-packages-unknown',
        message: 'There are more packages in earlier layers than are kept',
        blocking: false,
      });
    return mergePackages(packages);
  }

  #finish(item: StepPackage, kept: FoundPackage): Package {
    const locations = kept.package.locations.map((location) => this.#place(location));
    const layer = this.#withSteps ? this.#history.layerOf(item) : locations[0]?.layer;
    return {
      ...kept.package,
      locations,
      ...(layer === undefined ? {} : { layer }),
      foundBy: item.foundBy,
    };
  }

  /** The layer of a location is that of its file. */
  #place(location: Location): Location {
    const layer = this.#tree.lookup(fileOfLocation(location.path))?.layer;
    return { ...location, ...(layer === undefined ? {} : { layer }), ...this.#layerDigest(layer) };
  }

  #layerDigest(layer: number | undefined): Pick<Location, 'layerDigest'> {
    const descriptor = layer === undefined ? undefined : this.#input.image.layers[layer];
    const digest = descriptor?.diffId ?? descriptor?.digest;
    return digest === undefined ? {} : { layerDigest: digest };
  }
}

/** The same package found in several places is one with several locations. Sorted: a result is the same each time. */
function mergePackages(packages: readonly Package[]): readonly Package[] {
  const byKey = new Map<string, Package>();
  for (const item of packages) {
    const key = packageKey(item);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? item : mergeTwo(known, item));
  }
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}

function mergeTwo(known: Package, item: Package): Package {
  const paths = new Set(known.locations.map(({ path }) => path));
  const locations = item.locations.filter(({ path }) => !paths.has(path));
  const layer = Math.min(known.layer ?? Infinity, item.layer ?? Infinity);
  return {
    ...known,
    locations: [...known.locations, ...locations],
    ...(Number.isFinite(layer) ? { layer } : {}),
  };
}
