// SPDX-License-Identifier: Apache-2.0
// Reads one layer once, as a stream: decompresses, verifies what its digests say, indexes each
// entry, and lets readers see the files that they asked for. Memory does not grow with the layer.
// https://github.com/opencontainers/image-spec/blob/main/config.md#layer-diffid
import { createHash, type Hash } from 'node:crypto';
import { decompress } from '../formats/compression/decompress.ts';
import { TarParser } from '../formats/tar/tar-parser.ts';
import { type Digest, type DigestAlgorithm, digestAlgorithm } from '../model/digest.ts';
import { isCode, PlimsollError, reasonOf } from '../model/errors.ts';
import { type Issue, IssueList } from '../model/issue.ts';
import { FileMatcher, type Matcher } from './file-matcher.ts';
import type { FileReader } from './file-reader.ts';
import type { LayerContent } from './image.ts';
import type { LayerIndex } from './layer-index.ts';
import { LayerIndexBuilder, type LayerIndexLimits } from './layer-index-builder.ts';
import { type LayerFact, LayerReading, type LinkedFile } from './layer-reading.ts';
import type { LayerVisitor } from './layer-visitor.ts';

export interface LayerResult {
  /** Of the uncompressed tar; of a directory, and where the stream broke off, undefined. */
  readonly diffId?: Digest;
  /** Of the bytes as stored. */
  readonly digest?: Digest;
  /** As stored; of a directory 0. */
  readonly sizeBytes: number;
  readonly index: LayerIndex;
  /** By reader id; in the order of the files in the layer. */
  readonly facts: ReadonlyMap<string, readonly LayerFact[]>;
  /** All of them, those of the readers included. */
  readonly issues: readonly Issue[];
  /** Those of the archive and the index, and those of each reader by its id. */
  readonly archiveIssues: readonly Issue[];
  readonly readerIssues: ReadonlyMap<string, readonly Issue[]>;
  /** Hard links whose content a reader wants by the link's name: the matter of a second pass. */
  readonly linkedFiles: readonly LinkedFile[];
  /** False when the stream broke off or a limit ended the reading: such a result is not to be kept. */
  readonly complete: boolean;
}

export interface ReadLayerOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told the number of stored bytes that have been read. */
  readonly advance?: (bytes: number) => void;
  readonly indexLimits?: Partial<LayerIndexLimits>;
  readonly bombLimits?: Partial<BombLimits>;
  /** What the facts may take in memory. */
  readonly factBytesMax?: number;
}

/** When decompressing is given up. */
export interface BombLimits {
  readonly tarBytesMax: number;
  /** Below this many bytes any ratio is fine. */
  readonly ratioFromBytes: number;
  readonly ratioMax: number;
}

/** No registry takes a blob of this size; at full speed it is read for minutes. */
const storedBytesMax = 128 * 1024 ** 3;

const defaultBombLimits: BombLimits = {
  /** Registries refuse layers beyond some tens of gigabytes. */
  tarBytesMax: 128 * 1024 ** 3,
  /** Three million empty entries take 1.5 GB, and a preallocated database may be all zeros. */
  ratioFromBytes: 4 * 1024 ** 3,
  /** deflate reaches 1032 at most, with nothing but repetition; whole layers reach 50. */
  ratioMax: 500,
};

/**
 * Reads a layer with these readers; `matcher` replaces what they themselves ask for.
 * @throws `digest-mismatch` when the stored bytes or the tar are not what the medium promises,
 * `aborted`, and what the medium itself throws. Damage inside becomes issues of the result.
 */
export async function readLayer(
  content: LayerContent,
  readers: readonly FileReader[],
  options: ReadLayerOptions = {},
  matcher: Matcher = new FileMatcher(readers),
): Promise<LayerResult> {
  const issues = new IssueList();
  const builder = new LayerIndexBuilder(issues, options.indexLimits);
  const reading = new LayerReading(builder, readers, matcher, issues, options.factBytesMax);
  const streamed =
    content.kind === 'blob'
      ? await streamLayer(content, reading, issues, options)
      : await walkTree(content, reading, options);
  const complete = streamed.complete && !builder.isFull && !reading.isFull;
  const archiveIssues = issues.toArray();
  const readerIssues = new Map<string, readonly Issue[]>();
  for (const [id, list] of reading.readerIssues) readerIssues.set(id, list.toArray());
  return {
    ...streamed,
    complete,
    index: builder.finish(),
    facts: reading.facts,
    issues: [...archiveIssues, ...[...readerIssues.values()].flat()],
    archiveIssues,
    readerIssues,
    linkedFiles: reading.linkedFiles,
  };
}

type Streamed = Pick<LayerResult, 'diffId' | 'digest' | 'sizeBytes' | 'complete'>;
type Blob = Extract<LayerContent, { kind: 'blob' }>;

async function walkTree(
  content: Extract<LayerContent, { kind: 'tree' }>,
  visitor: LayerVisitor,
  options: ReadLayerOptions,
): Promise<Streamed> {
  await content.walk(visitor, options.signal);
  return { sizeBytes: 0, complete: true };
}

/**
 * Streams a blob's tar past a visitor, verifying both digests. The visitor's issues and the
 * archive's go to `issues`.
 * @throws as readLayer.
 */
export async function streamLayer(
  content: Blob,
  visitor: LayerVisitor,
  issues: IssueList,
  options: ReadLayerOptions = {},
): Promise<Streamed> {
  const stored = new StoredBytes(content, options);
  const parser = new TarParser(visitor, issues);
  const tarHash = new ContentHash(content.diffId);
  const bomb = new BombGuard({ ...defaultBombLimits, ...options.bombLimits });
  let isPlain = false;
  let damage: unknown;
  try {
    const chunks = decompress(stored, {
      detected: (compression) => {
        // Then its digest and its diffID are the same, and it is hashed once.
        isPlain = compression === 'none' && stored.algorithm === tarHash.algorithm;
      },
      transient: true,
    });
    for await (const chunk of chunks) {
      if (!isPlain) tarHash.update(chunk);
      bomb.check(stored.sizeBytes, chunk.length);
      // Not as a Buffer: a slice of that is no copy.
      await parser.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
  } catch (error) {
    if (stored.failure !== undefined || !isDamage(error)) {
      await stored.close();
      throw error;
    }
    damage = error;
    const code = isCode(error, 'limit') ? 'decompression-bomb' : 'damaged-compression';
    issues.add({ code, message: reasonOf(error), fatal: true });
  }
  await parser.end(damage === undefined);
  // What stands behind the archive, or behind a damage, counts for the digest.
  if (damage === undefined || content.digest !== undefined) await stored.drain();
  else await stored.close();
  const digest = stored.verify();
  const { sizeBytes } = stored;
  const known = digest === undefined ? { sizeBytes } : { sizeBytes, digest };
  if (damage !== undefined) return { ...known, complete: false };
  const diffId = isPlain ? digest! : tarHash.digest();
  if (content.diffId !== undefined && diffId !== content.diffId)
    throw mismatch('uncompressed layer', content.diffId, diffId);
  return { ...known, diffId, complete: true };
}

/** Of the stream's bytes, not of the medium or the machine. */
function isDamage(error: unknown): boolean {
  return isCode(error, 'invalid') || isCode(error, 'limit') || isCode(error, 'unsupported');
}

function mismatch(what: string, want: Digest, have: Digest): PlimsollError {
  return new PlimsollError(
    'digest-mismatch',
    `Cannot trust ${what} ${want}: its bytes are ${have}`,
    {
      hint: 'it was damaged or replaced: pull or save the image again',
    },
  );
}

class ContentHash {
  readonly algorithm: DigestAlgorithm;
  readonly #hash: Hash;

  /** Computes what can be compared with `want`; sha256 where nothing is promised. */
  constructor(want: Digest | undefined) {
    this.algorithm = want === undefined ? 'sha256' : digestAlgorithm(want);
    this.#hash = createHash(this.algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): Digest {
    return `${this.algorithm}:${this.#hash.digest('hex')}`;
  }
}

/** The blob's bytes as they are read: counted, hashed, and ended by the caller's signal. */
class StoredBytes implements AsyncIterator<Uint8Array> {
  readonly #want: Digest | undefined;
  readonly #options: ReadLayerOptions;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #hash: ContentHash;
  #isDone = false;
  sizeBytes = 0;
  /** What the medium threw, or that the caller stopped the work. */
  failure: unknown;

  constructor(content: Blob, options: ReadLayerOptions) {
    this.#want = content.digest;
    this.#options = options;
    this.#iterator = content.bytes[Symbol.asyncIterator]();
    this.#hash = new ContentHash(content.digest ?? content.diffId);
  }

  get algorithm(): DigestAlgorithm {
    return this.#hash.algorithm;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      if (this.#options.signal?.aborted === true) throw aborted();
      const next = await this.#iterator.next();
      if (next.done === true) {
        this.#isDone = true;
        return { done: true, value: undefined };
      }
      this.sizeBytes += next.value.length;
      // A manifest can promise any size, and what stands behind an archive is read for its digest.
      if (this.sizeBytes > storedBytesMax)
        throw new PlimsollError(
          'limit',
          `Cannot read layer: it has more than ${storedBytesMax} bytes`,
        );
      this.#hash.update(next.value);
      this.#options.advance?.(next.value.length);
      return { done: false, value: next.value };
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async drain(): Promise<void> {
    while (!this.#isDone) await this.next();
  }

  async close(): Promise<void> {
    if (!this.#isDone) await this.#iterator.return?.();
  }

  /**
   * The digest; undefined where the bytes were not read to their end.
   * @throws `digest-mismatch`
   */
  verify(): Digest | undefined {
    if (!this.#isDone) return undefined;
    const have = this.#hash.digest();
    if (this.#want !== undefined && have !== this.#want) throw mismatch('layer', this.#want, have);
    return have;
  }
}

function aborted(): PlimsollError {
  return new PlimsollError('aborted', 'Cannot read layer: the work was stopped');
}

/** Gives up on streams that grow beyond all measure. */
class BombGuard {
  readonly #limits: BombLimits;
  #tarBytes = 0;

  constructor(limits: BombLimits) {
    this.#limits = limits;
  }

  /** @throws `limit` */
  check(storedBytes: number, bytes: number): void {
    this.#tarBytes += bytes;
    const { tarBytesMax, ratioFromBytes, ratioMax } = this.#limits;
    if (this.#tarBytes > tarBytesMax)
      throw new PlimsollError('limit', `Cannot read layer: it grows beyond ${tarBytesMax} bytes`);
    if (this.#tarBytes > ratioFromBytes && this.#tarBytes > ratioMax * storedBytes)
      throw new PlimsollError(
        'limit',
        `Cannot read layer: ${storedBytes} bytes grow to more than ${ratioFromBytes}`,
      );
  }
}
