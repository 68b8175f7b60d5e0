// SPDX-License-Identifier: Apache-2.0
// Reads an image's layers: what the cache knows is not read again, equal layers are read once, and
// in the end every layer has a result.
import { type Digest } from '../model/digest.ts';
import { PlimsollError } from '../model/errors.ts';
import { type Issue, IssueList } from '../model/issue.ts';
import { type Progress, type ProgressTask, silentProgress } from '../model/progress.ts';
import { sizeOfFact } from './fact-size.ts';
import type { FileReader } from './file-reader.ts';
import type { Image, LayerContent } from './image.ts';
import type { LayerCache } from './layer-cache.ts';
import { factBytesMaxDefault } from './layer-reading.ts';
import { defaultLayerIndexLimits, LayerIndexBuilder } from './layer-index-builder.ts';
import { type LayerResult, readLayer, type ReadLayerOptions } from './read-layer.ts';
import { readLinkedFiles, withLinkedFiles } from './read-linked-files.ts';

export interface ReadImageOptions {
  readonly cache?: LayerCache;
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageReading {
  /** By layer number, the base first. */
  readonly layers: readonly LayerResult[];
  /** Numbers of the layers that had to be read. */
  readonly read: readonly number[];
}

/** Layers of one image. Engines stop at 127 (overlay mounts), registries at a manifest of 4 MiB. */
const layersMax = 1000;
/** Records that a layer may always have, however many the layers before it had. */
const recordsAlways = 1000;

/**
 * What each layer holds and what the readers say of its files. Damage is told in the results'
 * issues; a layer that the medium does not have is an empty result with a fatal issue.
 * @throws `digest-mismatch`, `limit`, `aborted`, and what the medium throws.
 */
export async function readImage(
  image: Image,
  readers: readonly FileReader[],
  options: ReadImageOptions = {},
): Promise<ImageReading> {
  if (image.layers.length > layersMax)
    throw new PlimsollError(
      'limit',
      `Cannot read image: it has ${image.layers.length} layers, more than ${layersMax}`,
    );
  return await new Reading(image, readers, options).run();
}

class Reading {
  readonly #image: Image;
  readonly #readers: readonly FileReader[];
  readonly #options: ReadImageOptions;
  readonly #results: (LayerResult | undefined)[];
  /** Of layers that the cache knows in part: what it knows. */
  readonly #cached = new Map<number, LayerResult>();
  /** Readers that a layer is to be read with. */
  readonly #missing = new Map<number, readonly FileReader[]>();
  readonly #read = new Set<number>();
  #records = 0;
  #factBytes = 0;

  constructor(image: Image, readers: readonly FileReader[], options: ReadImageOptions) {
    this.#image = image;
    this.#readers = readers;
    this.#options = options;
    this.#results = image.layers.map(() => undefined);
  }

  async run(): Promise<ImageReading> {
    const wanted = this.#askCache();
    if (wanted.size > 0) await this.#pass(wanted, (content) => this.#readContent(content, wanted));
    await this.#followLinks();
    const { cache } = this.#options;
    for (const number of this.#read) cache?.put(this.#results[number]!, this.#readersOf(number));
    this.#copyEqualLayers();
    return {
      layers: this.#results.map((result, number) =>
        this.#withTrouble(result ?? this.#missingLayer(number), number),
      ),
      read: [...this.#read].sort((left, right) => left - right),
    };
  }

  #readersOf(number: number | undefined): readonly FileReader[] {
    return (number === undefined ? undefined : this.#missing.get(number)) ?? this.#readers;
  }

  /** Takes what is known; the numbers of layers that must be read, of equal ones the first. */
  #askCache(): ReadonlySet<number> {
    const wanted = new Set<number>();
    const seen = new Set<Digest>();
    for (const { index: number, diffId, digest } of this.#image.layers) {
      if (diffId !== undefined && seen.has(diffId)) continue;
      if (diffId !== undefined) seen.add(diffId);
      const known = diffId && this.#options.cache?.get(diffId, digest, this.#readers);
      if (known === undefined) wanted.add(number);
      else if (known.missing.length === 0) this.#take(number, known.result);
      else {
        this.#cached.set(number, known.result);
        this.#missing.set(number, known.missing);
        wanted.add(number);
      }
    }
    return wanted;
  }

  #take(number: number, result: LayerResult): void {
    this.#results[number] = result;
    this.#records += result.index.count;
    for (const facts of result.facts.values())
      for (const { fact } of facts) this.#factBytes += sizeOfFact(fact);
  }

  async #pass(
    wanted: ReadonlySet<number>,
    read: (content: LayerContent) => Promise<void>,
  ): Promise<void> {
    for await (const content of this.#image.readLayers(wanted, this.#options.signal))
      await read(content);
  }

  async #readContent(content: LayerContent, wanted: ReadonlySet<number>): Promise<void> {
    const number = content.layer;
    const task = this.#start(number);
    const result = await readLayer(
      this.#withPromises(content),
      this.#readersOf(number),
      this.#layerOptions(task),
    );
    task.done();
    if (number !== undefined) this.#keep(number, result);
    // A stream that names no layers: the content is that of each layer with its diffID.
    else if (result.diffId !== undefined)
      for (const layer of this.#image.layers)
        if (layer.diffId === result.diffId && wanted.has(layer.index))
          this.#keep(layer.index, result);
  }

  #start(number: number | undefined): ProgressTask {
    const progress = this.#options.progress ?? silentProgress;
    const count = this.#image.layers.length;
    if (number === undefined) return progress.start('layer', 'bytes');
    const { sizeBytes } = this.#image.layers[number] ?? {};
    return progress.start(`layer ${number + 1} of ${count}`, 'bytes', sizeBytes);
  }

  /** What the manifest and the configuration promise counts, also where the content does not say. */
  #withPromises(content: LayerContent): LayerContent {
    if (content.kind === 'tree' || content.layer === undefined) return content;
    const { diffId } = this.#image.layers[content.layer] ?? {};
    return content.diffId !== undefined || diffId === undefined ? content : { ...content, diffId };
  }

  #layerOptions(task: ProgressTask): ReadLayerOptions {
    const left = defaultLayerIndexLimits.recordsMax - this.#records;
    return {
      signal: this.#options.signal,
      advance: (bytes) => task.advance(bytes),
      indexLimits: { recordsMax: Math.max(recordsAlways, left) },
      factBytesMax: Math.max(0, factBytesMaxDefault - this.#factBytes),
    };
  }

  #keep(number: number, result: LayerResult): void {
    const known = this.#cached.get(number);
    this.#read.add(number);
    if (known === undefined) this.#take(number, result);
    else {
      const facts = new Map([...known.facts, ...result.facts]);
      const readerIssues = new Map([...known.readerIssues, ...result.readerIssues]);
      const issues = [...result.archiveIssues, ...[...readerIssues.values()].flat()];
      this.#take(number, { ...result, facts, readerIssues, issues });
    }
  }

  /** The second pass, for files that are wanted by the name of a hard link. */
  async #followLinks(): Promise<void> {
    const numbers = [...this.#read].filter((number) => this.#linksOf(number) > 0);
    if (numbers.length === 0) return;
    await this.#pass(new Set(numbers), async (content) => {
      // Without a number it may be any of them: reading tells.
      const candidates = content.layer === undefined ? numbers : [content.layer];
      const task = this.#start(content.layer);
      const second = await readLinkedFiles(
        this.#withPromises(content),
        candidates.map((number) => this.#results[number]!),
        this.#readersOf(content.layer),
        this.#layerOptions(task),
      );
      task.done();
      for (const number of candidates) {
        const first = this.#results[number]!;
        if (content.layer !== undefined || first.diffId === second.diffId)
          this.#results[number] = withLinkedFiles(first, second);
      }
    });
  }

  #linksOf(number: number): number {
    return this.#results[number]?.linkedFiles.length ?? 0;
  }

  #copyEqualLayers(): void {
    const byDiffId = new Map<Digest, LayerResult>();
    for (const { index: number, diffId } of this.#image.layers) {
      if (diffId === undefined) continue;
      const result = this.#results[number] ?? byDiffId.get(diffId);
      if (result === undefined) continue;
      this.#results[number] = result;
      byDiffId.set(diffId, result);
    }
  }

  #missingLayer(number: number): LayerResult {
    const { diffId, digest } = this.#image.layers[number]!;
    const name = JSON.stringify(digest ?? diffId ?? String(number));
    const message = `Cannot read layer ${number}: its content ${name} is not in the image`;
    const issues: readonly Issue[] = [{ code: 'missing-layer', message, fatal: true }];
    return {
      sizeBytes: 0,
      index: new LayerIndexBuilder(new IssueList()).finish(),
      facts: new Map(),
      issues,
      archiveIssues: issues,
      readerIssues: new Map(),
      linkedFiles: [],
      complete: false,
    };
  }

  #withTrouble(result: LayerResult, number: number): LayerResult {
    const trouble = this.#options.cache?.trouble;
    if (number > 0 || trouble === undefined) return result;
    const message = `Cannot use the cache of layers: ${trouble}`;
    return {
      ...result,
      issues: [...result.issues, { code: 'layer-cache', message, fatal: false }],
    };
  }
}
