// SPDX-License-Identifier: Apache-2.0
// One pass over one layer: every entry goes into the index, every file that a reader wants goes to
// that reader when its content has come, and what nobody wants is only looked at for its first
// bytes.
import { reasonOf } from '../model/errors.ts';
import { IssueList, type IssueSink } from '../model/issue.ts';
import { decodePath } from '../model/path-bytes.ts';
import { FileCapture } from './file-capture.ts';
import { type Matcher, mergeWishes, type Wish } from './file-matcher.ts';
import type { FileReader, JsonValue } from './file-reader.ts';
import type { ContentClass } from './layer-index.ts';
import { sizeOfFact } from './fact-size.ts';
import type { LayerIndexBuilder } from './layer-index-builder.ts';
import type { ContentSink, LayerEntry, LayerVisitor } from './layer-visitor.ts';

/** What a reader said of one file of a layer. */
export interface LayerFact {
  /** Absolute path in the layer. */
  readonly path: string;
  /** Its record in the layer's index. */
  readonly record: number;
  readonly fact: JsonValue;
}

/**
 * Facts of one layer. The largest images have some ten thousand packages; a layer of a million
 * package descriptions is made to fill the memory.
 */
const factsMax = 200_000;
/**
 * What the facts of an image may take in memory: lists of files above all. A desktop with a million
 * files needs nearly this much, and a hundred lists of 30 MB come in an image of one megabyte.
 */
export const factBytesMaxDefault = 128 << 20;

const slash = 0x2f;
const executeBits = 0o111;

/** Bytes that tell ELF and scripts. */
const headBytes = 4;

/** A hard link that readers want by its name, while the content came under another one. */
export interface LinkedFile {
  /** Bytes of the path that it links to, relative to the root. */
  readonly target: Uint8Array;
  /** With the path of the link. */
  readonly wishes: readonly Wish[];
}

/** Hard links that are followed in a second pass; a pnpm store has some ten thousand of them. */
const linkedFilesMax = 100_000;

export class LayerReading implements LayerVisitor, ContentSink {
  readonly #builder: LayerIndexBuilder;
  readonly #readers: readonly FileReader[];
  readonly #matcher: Matcher;
  readonly #issues: IssueList;
  readonly facts = new Map<string, LayerFact[]>();
  readonly readerIssues = new Map<string, IssueList>();
  readonly linkedFiles: LinkedFile[] = [];
  readonly #factBytesMax: number;
  #factCount = 0;
  #factBytes = 0;
  #hasTooManyFacts = false;
  #hasTooManyLinks = false;

  // The file whose content is coming. There is one at a time: entries follow each other.
  readonly #capture = new FileCapture();
  #path = '';
  #record = 0;
  #mode = 0;
  #sizeBytes = 0;
  #wishes: readonly Wish[] = [];
  #isClassified = false;
  #isKept = false;
  /** The path as bytes; decoded only when somebody wants the file. */
  #pathBytes: Uint8Array = new Uint8Array(0);

  constructor(
    builder: LayerIndexBuilder,
    readers: readonly FileReader[],
    matcher: Matcher,
    issues: IssueList,
    factBytesMax = factBytesMaxDefault,
  ) {
    this.#factBytesMax = factBytesMax;
    this.#builder = builder;
    this.#readers = readers;
    this.#matcher = matcher;
    this.#issues = issues;
    for (const reader of readers) {
      this.facts.set(reader.id, []);
      this.readerIssues.set(reader.id, new IssueList());
    }
  }

  /** Facts were left out, which another image with this layer may have room for. */
  get isFull(): boolean {
    return this.#hasTooManyFacts;
  }

  entry(entry: LayerEntry): ContentSink | undefined {
    const record = this.#builder.add(entry);
    if (record < 0) return undefined;
    if (entry.kind === 'hardlink') this.#noteLink(entry);
    if (entry.kind !== 'file') return undefined;
    this.#record = record;
    this.#mode = entry.mode;
    this.#sizeBytes = entry.sizeBytes;
    this.#wishes = this.#matcher.match(entry.path);
    const wantsHead = entry.sizeBytes > 0;
    if (this.#wishes.length === 0 && !wantsHead) {
      this.#builder.setContent(record, 'other');
      return undefined;
    }
    // Copied: the view that it is may be gone when the first bytes come.
    this.#pathBytes = entry.path.slice();
    this.#isClassified = false;
    this.#isKept = true;
    return this;
  }

  #noteLink(entry: LayerEntry): void {
    const target = entry.linkTarget!;
    const own = this.#matcher.match(entry.path);
    if (own.length === 0) return;
    const known = new Set(this.#matcher.match(target).map((wish) => wish.reader));
    const path = `/${decodePath(entry.path)}`;
    const wishes = own.filter((wish) => !known.has(wish.reader)).map((wish) => ({ ...wish, path }));
    if (wishes.length === 0) return;
    if (this.linkedFiles.length < linkedFilesMax)
      this.linkedFiles.push({ target: target.slice(), wishes });
    else if (!this.#hasTooManyLinks) {
      this.#hasTooManyLinks = true;
      const message = `Layer has more than ${linkedFilesMax} hard links to files that are to be read`;
      this.#issues.add({ code: 'too-many-files', message, fatal: true });
    }
  }

  /**
   * Of a file that nobody wants the first bytes are enough, and of one that is neither a program nor
   * a library by its mode and name not even those: a directory with 400,000 files has 380,000 such.
   */
  wantsMore(): boolean {
    if (this.#isClassified || this.#wishes.length > 0) return this.#isKept;
    return (this.#mode & executeBits) !== 0 || isLibraryName(this.#pathBytes);
  }

  chunk(bytes: Uint8Array): void {
    if (!this.#isKept) return;
    if (!this.#isClassified) {
      if (this.#capture.length === 0 && bytes.length >= headBytes) this.#classify(bytes);
      else if (this.#capture.length + bytes.length >= headBytes)
        this.#classify(Buffer.concat([this.#capture.file('', 0).bytes(), bytes]));
      // A chunk's predecessors are kept only as long as the file is.
      if (!this.#isKept) {
        this.#capture.clear();
        return;
      }
    }
    this.#capture.add(bytes, this.#sizeBytes);
  }

  end(complete: boolean): void | Promise<void> {
    if (!this.#isClassified) this.#classify(this.#capture.file('', 0).bytes());
    if (!this.#isKept) {
      this.#capture.clear();
      return undefined;
    }
    if (!complete) {
      this.#issue('incomplete-file', 'Cannot read file: its content is incomplete', true);
      this.#capture.clear();
      return undefined;
    }
    const pending = this.#runFrom(0);
    if (pending === undefined) this.#capture.clear();
    return pending?.finally(() => this.#capture.clear());
  }

  /** Files are told by their first bytes; here it is decided whether the content is kept. */
  #classify(head: Uint8Array): void {
    this.#isClassified = true;
    const content = classOf(head);
    this.#builder.setContent(this.#record, content);
    if (content === 'elf' && this.#matcher.elf.length > 0)
      this.#wishes = mergeWishes([...this.#wishes, ...this.#matcher.elf]);
    this.#isKept = this.#wishes.length > 0;
    if (!this.#isKept) return;
    this.#path = `/${decodePath(this.#pathBytes)}`;
    const granted = this.#wishes.filter((wish) => this.#sizeBytes <= wish.sizeBytesMax);
    if (granted.length < this.#wishes.length) this.#tooLarge(granted);
    this.#wishes = granted;
    this.#isKept = granted.length > 0;
  }

  #tooLarge(granted: readonly Wish[]): void {
    const message = `File of ${this.#sizeBytes} bytes is too large to be read`;
    for (const wish of this.#wishes)
      if (!granted.includes(wish)) this.#readerIssue(wish, 'file-too-large', message);
  }

  /** Runs the readers one after the other; a promise only where one of them needs it. */
  #runFrom(first: number): Promise<void> | undefined {
    for (let at = first; at < this.#wishes.length; at++) {
      const wish = this.#wishes[at]!;
      const file = this.#capture.file(wish.path ?? this.#path, this.#mode);
      try {
        const fact = this.#readers[wish.reader]!.read(file, { issues: this.#issuesOf(wish) });
        if (fact instanceof Promise)
          return fact
            .then(
              (value) => this.#keep(wish, value),
              (error: unknown) => this.#failed(wish, error),
            )
            .then(() => this.#runFrom(at + 1));
        this.#keep(wish, fact);
      } catch (error) {
        this.#failed(wish, error);
      }
    }
    return undefined;
  }

  #keep(wish: Wish, fact: JsonValue | undefined): void {
    if (fact === undefined) return;
    const { id } = this.#readers[wish.reader]!;
    const path = wish.path ?? this.#path;
    const size = sizeOfFact(fact);
    if (this.#factCount < factsMax && this.#factBytes + size <= this.#factBytesMax) {
      this.#factCount++;
      this.#factBytes += size;
      this.facts.get(id)!.push({ path, record: this.#record, fact });
      return;
    }
    if (this.#hasTooManyFacts) return;
    this.#hasTooManyFacts = true;
    const most = this.#factCount < factsMax ? `${this.#factBytesMax} bytes` : `${factsMax} files`;
    this.#readerIssue(wish, 'too-many-files', `Layer has more than ${most} to tell packages by`);
  }

  #failed(wish: Wish, error: unknown): void {
    this.#readerIssue(wish, 'unreadable-file', `Cannot read file: ${reasonOf(error)}`);
  }

  #issuesOf(wish: Wish): IssueSink {
    const where = wish.path ?? this.#path;
    const issues = this.readerIssues.get(this.#readers[wish.reader]!.id)!;
    return { add: (issue) => issues.add(issue.where === undefined ? { ...issue, where } : issue) };
  }

  #readerIssue(wish: Wish, code: string, message: string): void {
    const text = `${message} (${this.#readers[wish.reader]!.id})`;
    this.#issuesOf(wish).add({ code, message: text, fatal: true });
  }

  #issue(code: string, message: string, fatal: boolean): void {
    this.#issues.add({ code, message, fatal, where: this.#path });
  }
}

function classOf(head: Uint8Array): ContentClass {
  if (head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46) return 'elf';
  if (head[0] === 0x23 && head[1] === 0x21) return 'script';
  return 'other';
}

/** `.so` at the end of a path, or before a version (`libz.so.1.2.13`). */
function isLibraryName(path: Uint8Array): boolean {
  for (let at = path.length - 3; at >= 0 && path[at] !== slash; at--)
    if (path[at] === 0x2e && path[at + 1] === 0x73 && path[at + 2] === 0x6f)
      return at + 3 === path.length || path[at + 3] === 0x2e;
  return false;
}
