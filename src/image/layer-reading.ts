// SPDX-License-Identifier: Apache-2.0
// One pass over one layer: every entry goes into the index, every file that a reader wants goes to
// that reader when its content has come, and what nobody wants is only looked at for its first
// bytes.
import { reasonOf } from '../model/errors.ts';
import { type IssueList, type IssueSink } from '../model/issue.ts';
import { decodePath } from '../model/path-bytes.ts';
import { FileCapture } from './file-capture.ts';
import { type FileMatcher, mergeWishes, type Wish } from './file-matcher.ts';
import type { FileReader, JsonValue } from './file-reader.ts';
import type { ContentClass } from './layer-index.ts';
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

/** Bytes that tell ELF and scripts. */
const headBytes = 4;

export class LayerReading implements LayerVisitor, ContentSink {
  readonly #builder: LayerIndexBuilder;
  readonly #readers: readonly FileReader[];
  readonly #matcher: FileMatcher;
  readonly #issues: IssueList;
  readonly facts = new Map<string, LayerFact[]>();
  #factCount = 0;

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
    matcher: FileMatcher,
    issues: IssueList,
  ) {
    this.#builder = builder;
    this.#readers = readers;
    this.#matcher = matcher;
    this.#issues = issues;
    for (const reader of readers) this.facts.set(reader.id, []);
  }

  entry(entry: LayerEntry): ContentSink | undefined {
    const record = this.#builder.add(entry);
    if (record < 0 || entry.kind !== 'file') return undefined;
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
    this.#capture.add(bytes);
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
    const refused = this.#wishes.filter((wish) => !granted.includes(wish));
    const names = refused.map((wish) => this.#readers[wish.reader]!.id).join(', ');
    const message = `File of ${this.#sizeBytes} bytes is too large to be read as ${names}`;
    this.#issue('file-too-large', message, true);
  }

  /** Runs the readers one after the other; a promise only where one of them needs it. */
  #runFrom(first: number): Promise<void> | undefined {
    const file = this.#capture.file(this.#path, this.#mode);
    const issues = this.#fileIssues();
    for (let at = first; at < this.#wishes.length; at++) {
      const reader = this.#readers[this.#wishes[at]!.reader]!;
      try {
        const fact = reader.read(file, { issues });
        if (fact instanceof Promise)
          return fact
            .then(
              (value) => this.#keep(reader, value),
              (error: unknown) => this.#failed(reader, error),
            )
            .then(() => this.#runFrom(at + 1));
        this.#keep(reader, fact);
      } catch (error) {
        this.#failed(reader, error);
      }
    }
    return undefined;
  }

  #keep(reader: FileReader, fact: JsonValue | undefined): void {
    if (fact === undefined) return;
    if (this.#factCount++ < factsMax)
      this.facts.get(reader.id)!.push({ path: this.#path, record: this.#record, fact });
    else if (this.#factCount === factsMax + 1)
      this.#issue('too-many-files', `Layer has more than ${factsMax} files to be read`, true);
  }

  #failed(reader: FileReader, error: unknown): void {
    const message = `Cannot read file as ${reader.id}: ${reasonOf(error)}`;
    this.#issue('unreadable-file', message, true);
  }

  #fileIssues(): IssueSink {
    const where = this.#path;
    return { add: (issue) => this.#issues.add(issue.where ? issue : { ...issue, where }) };
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
