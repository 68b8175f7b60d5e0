// SPDX-License-Identifier: Apache-2.0
// A push parser for tar archives: chunks go in, entries and views of their content come out, and
// nothing is copied on the way. v7, ustar, star, GNU and PAX; all sparse forms. It is one state
// machine, hence long.
//
// Where readers differ, this one reads as Go's archive/tar does, since that is what container
// engines extract layers with; a sharper reader would show files that no container has. The one
// exception are global PAX headers: they apply, as POSIX says, and an issue tells when they change
// what an engine would see.
// Damage ends the archive where it stands: searching on for something that looks like a header
// would turn the content of files into entries.
import type { IssueSink } from '../../model/issue.ts';
import { decodePath } from '../../model/path-bytes.ts';
import { cleanPath } from './clean-path.ts';
import { type PaxFields, readPaxRecords } from './pax-records.ts';
import {
  hasGnuExtension,
  isSparseMapValid,
  paddedBytes,
  readGnuFragments,
  SparseExpander,
  SparseMapReader,
} from './sparse-content.ts';
import {
  blockBytes,
  type TarContentSink,
  type TarEntry,
  type TarEntryKind,
  type TarVisitor,
} from './tar-entry.ts';
import {
  field,
  isChecksumRight,
  isZeroBlock,
  readNumber,
  readPrefix,
  readText,
} from './tar-header.ts';
import { defaultTarLimits, type TarLimits } from './tar-limits.ts';

type State =
  | 'header'
  /** Content of an entry, or of something that nobody wants. */
  | 'content'
  /** A long name or a PAX header. */
  | 'special'
  | 'sparse-extension'
  /** The map before the data of a PAX 1.0 sparse file. */
  | 'sparse-map'
  /** Filling up the last block of a content. */
  | 'padding'
  /** Behind the end marker. */
  | 'after-end'
  /** Damage: nothing further is read. */
  | 'stopped';

const kinds: Readonly<Record<string, TarEntryKind>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

const noBytes = new Uint8Array(0);

export class TarParser {
  readonly #visitor: TarVisitor;
  readonly #issues: IssueSink;
  readonly #limits: TarLimits;

  #state: State = 'header';
  /** A block that is split over chunks is put together here. */
  readonly #block = new Uint8Array(blockBytes);
  #blockFill = 0;
  /** Of the archive, before the chunk that is being read. */
  #offset = 0;
  #position = 0;
  #zeroBlocks = 0;
  #entries = 0;

  /** Stored bytes of the current content that have not come yet. */
  #left = 0;
  #padding = 0;
  #sink: TarContentSink | undefined;
  #expandedLeft: number;

  #specialType = '';
  #specialParts: Uint8Array[] = [];
  #longName: Uint8Array | undefined;
  #longLink: Uint8Array | undefined;
  readonly #globals: PaxFields = {};
  #hasGlobals = false;
  #pax: PaxFields | undefined;
  /** What names the next entry was damaged or too long: that entry cannot be told. */
  #skipNext = false;

  #sparseMap: number[] = [];
  #sparseReader: SparseMapReader | undefined;
  #sparseSize = 0;
  /** Joined prefix and name. */
  readonly #joined = new Uint8Array(256);

  #pending: Promise<void> | undefined;

  constructor(visitor: TarVisitor, issues: IssueSink, limits: Partial<TarLimits> = {}) {
    this.#visitor = visitor;
    this.#issues = issues;
    this.#limits = { ...defaultTarLimits, ...limits };
    this.#expandedLeft = this.#limits.expandedBytesMax;
  }

  /** Where the stored content of the entry begins that the visitor is being shown. */
  get contentOffset(): number {
    return this.#offset + this.#position;
  }

  /** True when the rest of the archive will not be read: the end marker was seen, or damage. */
  get isOver(): boolean {
    return this.#state === 'after-end' || this.#state === 'stopped';
  }

  /**
   * Reads one chunk to its end. Waits where a sink's `end` wants to be waited for. Afterwards the
   * parser knows nothing of the chunk's memory, which may be freed or written to.
   */
  async push(chunk: Uint8Array): Promise<void> {
    this.#position = 0;
    while (this.#position < chunk.length) {
      this.#consume(chunk);
      if (this.#pending !== undefined) {
        const pending = this.#pending;
        this.#pending = undefined;
        await pending;
      }
    }
    this.#offset += chunk.length;
    this.#position = 0;
  }

  /** The archive has ended. `complete` is false where its stream is known to have broken off. */
  async end(complete = true): Promise<void> {
    const inside = this.#state !== 'header' || this.#blockFill > 0;
    if (!this.isOver && (inside || !complete))
      this.#stop('truncated-archive', `Archive ends at byte ${this.#offset}, inside an entry`);
    else if (this.#state === 'header' && this.#zeroBlocks === 0 && this.#entries > 0)
      this.#warn('missing-end-marker', 'Archive has no end marker: it may have been cut off');
    const pending = this.#pending;
    this.#pending = undefined;
    await pending;
  }

  /** Moves `#position` to the chunk's end, or to where somebody must be waited for. */
  #consume(chunk: Uint8Array): void {
    while (this.#position < chunk.length && this.#pending === undefined) {
      switch (this.#state) {
        case 'header':
        case 'sparse-extension':
          this.#takeBlock(chunk);
          break;
        case 'content':
          this.#takeContent(chunk);
          break;
        case 'special':
          this.#takeSpecial(chunk);
          break;
        case 'sparse-map':
          this.#takeSparseMap(chunk);
          break;
        case 'padding':
          this.#takePadding(chunk);
          break;
        case 'after-end':
          this.#takeAfterEnd(chunk);
          break;
        case 'stopped':
          this.#position = chunk.length;
          break;
      }
    }
  }

  #takeBlock(chunk: Uint8Array): void {
    const left = chunk.length - this.#position;
    if (this.#blockFill === 0 && left >= blockBytes) {
      const at = this.#position;
      this.#position += blockBytes;
      this.#readBlock(chunk, at);
      return;
    }
    const part = Math.min(left, blockBytes - this.#blockFill);
    this.#block.set(chunk.subarray(this.#position, this.#position + part), this.#blockFill);
    this.#position += part;
    this.#blockFill += part;
    if (this.#blockFill < blockBytes) return;
    this.#blockFill = 0;
    this.#readBlock(this.#block, 0);
  }

  #readBlock(bytes: Uint8Array, at: number): void {
    if (this.#state === 'header') this.#readHeader(bytes, at);
    else this.#readSparseExtension(bytes, at);
  }

  #readHeader(bytes: Uint8Array, at: number): void {
    if (bytes[at] === 0 && isZeroBlock(bytes, at)) {
      if (++this.#zeroBlocks === 2) this.#state = 'after-end';
      return;
    }
    if (this.#zeroBlocks > 0 || !isChecksumRight(bytes, at)) {
      const where = this.contentOffset - blockBytes;
      this.#stop('invalid-header', `Cannot read archive beyond byte ${where}: no valid header`);
      return;
    }
    const sizeBytes = readNumber(bytes, at, field.size);
    const type = String.fromCharCode(bytes[at + field.type[0]]!);
    if (type === 'x' || type === 'X' || type === 'g' || type === 'L' || type === 'K')
      this.#startSpecial(type, sizeBytes);
    else this.#startEntry(type, sizeBytes, bytes, at);
  }

  // --- long names and PAX headers

  #startSpecial(type: string, sizeBytes: number): void {
    if (!this.#isSize(sizeBytes)) return;
    this.#left = sizeBytes;
    this.#padding = paddedBytes(sizeBytes) - sizeBytes;
    this.#specialType = type;
    this.#specialParts = [];
    this.#state = 'special';
    if (sizeBytes > this.#limits.specialBytesMax) {
      this.#fatal('header-too-large', `Skipping a tar header of ${sizeBytes} bytes and its entry`);
      this.#skipNext = true;
      this.#state = 'content';
    }
    if (sizeBytes === 0) this.#endSpecial();
  }

  #takeSpecial(chunk: Uint8Array): void {
    const part = this.#takePart(chunk);
    this.#specialParts.push(this.#left > 0 ? Uint8Array.from(part) : part);
    if (this.#left === 0) this.#endSpecial();
  }

  #endSpecial(): void {
    // A copy: the records outlive the chunk that they came in.
    const bytes = Buffer.concat(this.#specialParts);
    this.#specialParts = [];
    this.#state = this.#padding > 0 ? 'padding' : 'header';
    if (this.#specialType === 'L') this.#longName = readText(bytes, 0, [0, bytes.length]);
    else if (this.#specialType === 'K') this.#longLink = readText(bytes, 0, [0, bytes.length]);
    else this.#endPax(bytes);
  }

  #endPax(bytes: Uint8Array): void {
    const isGlobal = this.#specialType === 'g';
    if (!isGlobal) this.#pax = {};
    const fields = isGlobal ? this.#globals : this.#pax!;
    if (!readPaxRecords(bytes, fields, this.#limits)) {
      this.#fatal('invalid-pax-header', 'Skipping an entry: its PAX header is damaged');
      this.#skipNext = true;
    }
    if (!isGlobal) return;
    this.#hasGlobals = Object.keys(fields).length > 0;
    if (fields.path ?? fields.linkPath ?? fields.sizeBytes ?? fields.sparse)
      this.#warn('global-pax-header', 'Global PAX header renames entries: engines ignore it');
  }

  // --- entries

  #startEntry(type: string, headerSize: number, bytes: Uint8Array, at: number): void {
    const pax = this.#hasGlobals ? { ...this.#globals, ...this.#pax } : this.#pax;
    const longName = this.#longName;
    const longLink = this.#longLink;
    const skip = this.#skipNext;
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#skipNext = false;

    const kind = this.#kindOf(type, bytes, at, longName ?? pax?.path);
    // Only regular files and what is unknown have content, whatever their header says.
    const hasContent = kind === 'file' || kind === undefined;
    const storedBytes = hasContent ? (pax?.sizeBytes ?? headerSize) : 0;
    if (!this.#isSize(storedBytes)) return;
    this.#left = storedBytes;
    this.#padding = paddedBytes(storedBytes) - storedBytes;
    this.#sink = undefined;

    const sparse = kind === 'file' ? this.#sparseForm(type, pax) : undefined;
    this.#sparseMap = [];
    if (kind === undefined) this.#unknownType(type);
    else if (!skip) {
      const size = this.#trueSize(sparse, storedBytes, pax, bytes, at);
      const path = this.#pathOf(bytes, at, longName, sparse === undefined ? pax : withSparse(pax));
      const link = this.#linkOf(kind, bytes, at, longLink, pax);
      if (Number.isNaN(size)) this.#fatal('invalid-sparse-file', 'Skipping a sparse file: no size');
      else if (path !== undefined && link !== undefined)
        this.#show(kind, path, link, size, pax, bytes, at);
    }
    if (this.#state === 'stopped') return;
    this.#startContent(sparse, pax, bytes, at);
  }

  #kindOf(
    type: string,
    bytes: Uint8Array,
    at: number,
    longName: Uint8Array | undefined,
  ): TarEntryKind | undefined {
    // Before POSIX, a folder was a file whose name ends in a slash.
    if (type === '\0' && (longName ?? readText(bytes, at, field.name)).at(-1) === 0x2f)
      return 'directory';
    return kinds[type];
  }

  #unknownType(type: string): void {
    // `V` names the volume; nothing is extracted for it.
    if (type !== 'V')
      this.#warn('unknown-entry-type', `Skipping a tar entry of type ${JSON.stringify(type)}`);
  }

  #sparseForm(type: string, pax: PaxFields | undefined): 'gnu' | 'pax-0' | 'pax-1' | undefined {
    if (type === 'S') return 'gnu';
    const sparse = pax?.sparse;
    if (sparse === undefined) return undefined;
    if (sparse.major === '1' && sparse.minor === '0') return 'pax-1';
    if (sparse.major === '0' && (sparse.minor === '0' || sparse.minor === '1')) return 'pax-0';
    // The first versions had no record for their number.
    if (sparse.major === undefined && sparse.minor === undefined && sparse.numbers !== undefined)
      return 'pax-0';
    return undefined;
  }

  #trueSize(
    sparse: 'gnu' | 'pax-0' | 'pax-1' | undefined,
    storedBytes: number,
    pax: PaxFields | undefined,
    bytes: Uint8Array,
    at: number,
  ): number {
    if (sparse === undefined) this.#sparseSize = storedBytes;
    else if (sparse === 'gnu') this.#sparseSize = readNumber(bytes, at, field.sparseRealSize);
    else this.#sparseSize = pax?.sparse?.sizeBytes ?? Number.NaN;
    return this.#sparseSize < 0 ? Number.NaN : this.#sparseSize;
  }

  #pathOf(
    bytes: Uint8Array,
    at: number,
    longName: Uint8Array | undefined,
    pax: PaxFields | undefined,
  ): Uint8Array | undefined {
    const raw = longName ?? pax?.path ?? this.#headerPath(bytes, at);
    if (raw.length > this.#limits.pathBytesMax) {
      this.#fatal('path-too-long', `Skipping an entry: its name has ${raw.length} bytes`);
      return undefined;
    }
    const path = cleanPath(raw);
    if (path === undefined)
      this.#fatal('path-escapes', `Skipping entry ${quote(raw)}: it climbs above the root`);
    return path;
  }

  #headerPath(bytes: Uint8Array, at: number): Uint8Array {
    const name = readText(bytes, at, field.name);
    const prefix = readPrefix(bytes, at);
    if (prefix.length === 0) return name;
    this.#joined.set(prefix, 0);
    this.#joined[prefix.length] = 0x2f;
    this.#joined.set(name, prefix.length + 1);
    return this.#joined.subarray(0, prefix.length + 1 + name.length);
  }

  /** Undefined when the entry must be skipped because of it; empty where there is none. */
  #linkOf(
    kind: TarEntryKind,
    bytes: Uint8Array,
    at: number,
    longLink: Uint8Array | undefined,
    pax: PaxFields | undefined,
  ): Uint8Array | undefined {
    if (kind !== 'symlink' && kind !== 'hardlink') return noBytes;
    const raw = longLink ?? pax?.linkPath ?? readText(bytes, at, field.linkName);
    if (raw.length > this.#limits.linkBytesMax) {
      this.#fatal('link-too-long', `Skipping a link: its target has ${raw.length} bytes`);
      return undefined;
    }
    if (kind === 'symlink') return raw;
    const target = cleanPath(raw);
    if (target === undefined)
      this.#fatal('path-escapes', `Skipping hard link to ${quote(raw)}: it climbs above the root`);
    return target;
  }

  #show(
    kind: TarEntryKind,
    path: Uint8Array,
    link: Uint8Array,
    sizeBytes: number,
    pax: PaxFields | undefined,
    bytes: Uint8Array,
    at: number,
  ): void {
    if (++this.#entries > this.#limits.entriesMax) {
      this.#stop('too-many-entries', `Archive has more than ${this.#limits.entriesMax} entries`);
      return;
    }
    const entry: TarEntry = {
      path,
      kind,
      mode: orZero(readNumber(bytes, at, field.mode)) & 0o7777,
      uid: pax?.uid ?? orZero(readNumber(bytes, at, field.uid)),
      gid: pax?.gid ?? orZero(readNumber(bytes, at, field.gid)),
      sizeBytes: kind === 'file' ? sizeBytes : 0,
      modifiedSeconds: pax?.modifiedSeconds ?? orZero(readNumber(bytes, at, field.modified)),
      ...(kind === 'symlink' || kind === 'hardlink' ? { linkTarget: link } : undefined),
      ...(pax?.xattrs === undefined ? undefined : { xattrs: pax.xattrs }),
    };
    this.#sink = this.#visitor.entry(entry);
    if (this.#sink !== undefined && kind !== 'file') this.#endSink(true);
  }

  // --- content

  #startContent(
    sparse: 'gnu' | 'pax-0' | 'pax-1' | undefined,
    pax: PaxFields | undefined,
    bytes: Uint8Array,
    at: number,
  ): void {
    this.#state = 'content';
    if (sparse === 'gnu') {
      readGnuFragments(bytes, at + field.sparseFragments[0], 4, this.#sparseMap);
      if (hasGnuExtension(bytes, at, 'header')) this.#state = 'sparse-extension';
      else this.#startExpanding(this.#sparseMap);
    } else if (sparse === 'pax-0') this.#startExpanding(pax?.sparse?.numbers ?? []);
    else if (sparse === 'pax-1' && this.#sink !== undefined) {
      this.#sparseReader = new SparseMapReader(this.#limits.sparseFragmentsMax);
      this.#state = 'sparse-map';
      if (this.#left === 0) this.#breakSparse();
    }
    if (this.#state === 'content' && this.#left === 0) this.#endContent();
  }

  #readSparseExtension(bytes: Uint8Array, at: number): void {
    readGnuFragments(bytes, at, 21, this.#sparseMap);
    if (this.#sparseMap.length > 2 * this.#limits.sparseFragmentsMax) {
      this.#stop(
        'invalid-sparse-file',
        'Cannot read archive: a sparse file has too many fragments',
      );
      return;
    }
    if (hasGnuExtension(bytes, at, 'extension')) return;
    this.#state = 'content';
    this.#startExpanding(this.#sparseMap);
    if (this.#left === 0) this.#endContent();
  }

  #takeSparseMap(chunk: Uint8Array): void {
    // Whole blocks: the data begins with the next one after the last number.
    const reader = this.#sparseReader!;
    const inBlock = blockBytes - (this.#blockFill % blockBytes);
    const part = chunk.subarray(
      this.#position,
      this.#position + Math.min(inBlock, this.#left, chunk.length - this.#position),
    );
    reader.push(part);
    this.#position += part.length;
    this.#left -= part.length;
    this.#blockFill = (this.#blockFill + part.length) % blockBytes;
    if (reader.state === 'invalid' || (this.#left === 0 && reader.state === 'reading')) {
      this.#blockFill = 0;
      this.#breakSparse();
      if (this.#left === 0) this.#endContent();
    } else if (reader.state === 'done' && this.#blockFill === 0) {
      this.#state = 'content';
      this.#startExpanding(reader.map);
      if (this.#left === 0) this.#endContent();
    } else if (this.#left === 0) {
      this.#blockFill = 0;
      this.#state = 'content';
      this.#startExpanding(reader.map);
      this.#endContent();
    }
  }

  #startExpanding(map: readonly number[]): void {
    if (this.#sink === undefined) return;
    if (!isSparseMapValid(map, this.#sparseSize, this.#left)) {
      this.#breakSparse();
      return;
    }
    if (this.#sparseSize > this.#expandedLeft) {
      this.#fatal('sparse-file-too-large', `Skipping ${this.#sparseSize} bytes of a sparse file`);
      this.#endSink(false);
      return;
    }
    this.#expandedLeft -= this.#sparseSize;
    this.#sink = new SparseExpander(this.#sink, map, this.#sparseSize);
  }

  /** The rest of the file is passed over; the archive can still be read. */
  #breakSparse(): void {
    this.#fatal('invalid-sparse-file', 'Cannot read a sparse file: its map is damaged');
    this.#state = 'content';
    this.#endSink(false);
  }

  #takeContent(chunk: Uint8Array): void {
    if (this.#sink === undefined) {
      const part = Math.min(this.#left, chunk.length - this.#position);
      this.#position += part;
      this.#left -= part;
    } else this.#sink.chunk(this.#takePart(chunk));
    if (this.#left === 0) this.#endContent();
  }

  #takePart(chunk: Uint8Array): Uint8Array {
    const end = this.#position + Math.min(this.#left, chunk.length - this.#position);
    const part = chunk.subarray(this.#position, end);
    this.#position = end;
    this.#left -= part.length;
    return part;
  }

  #endContent(): void {
    this.#endSink(true);
    this.#state = this.#padding > 0 ? 'padding' : 'header';
  }

  #endSink(complete: boolean): void {
    const sink = this.#sink;
    this.#sink = undefined;
    const pending = sink?.end(complete);
    if (pending === undefined) return;
    this.#pending = this.#pending === undefined ? pending : this.#pending.then(() => pending);
  }

  #takePadding(chunk: Uint8Array): void {
    const part = Math.min(this.#padding, chunk.length - this.#position);
    this.#position += part;
    this.#padding -= part;
    if (this.#padding === 0) this.#state = 'header';
  }

  /** Engines stop at the end marker; what is hidden behind it is told once. */
  #takeAfterEnd(chunk: Uint8Array): void {
    const rest = chunk.subarray(this.#position);
    this.#position = chunk.length;
    if (rest.every((byte) => byte === 0)) return;
    this.#state = 'stopped';
    this.#warn('data-after-end', 'Archive goes on behind its end marker: nobody reads that');
  }

  // --- damage

  #isSize(sizeBytes: number): boolean {
    if (sizeBytes >= 0) return true;
    const where = this.contentOffset - blockBytes;
    this.#stop('invalid-header', `Cannot read archive beyond byte ${where}: no valid size`);
    return false;
  }

  #stop(code: string, message: string): void {
    this.#fatal(code, message);
    this.#endSink(false);
    this.#state = 'stopped';
  }

  #fatal(code: string, message: string): void {
    this.#issues.add({ code, message, fatal: true });
  }

  #warn(code: string, message: string): void {
    this.#issues.add({ code, message, fatal: false });
  }
}

/** The name that GNU tar keeps apart, since the header's one only says that the file is sparse. */
function withSparse(pax: PaxFields | undefined): PaxFields | undefined {
  return pax?.sparse?.name === undefined ? pax : { ...pax, path: pax.sparse.name };
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function quote(bytes: Uint8Array): string {
  return JSON.stringify(decodePath(bytes.subarray(0, 200)));
}
