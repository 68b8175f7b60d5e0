// SPDX-License-Identifier: Apache-2.0
// What a reader of files in images declares (which ones it wants, by name or first bytes) and
// does (turn one file into facts). The content streams past once; what nobody wants is skipped.
import type { IssueSink } from '../model/issue.ts';

export type FilePattern = {
  /** Larger files are not kept; a recorded issue says so. */
  readonly sizeBytesMax: number;
} & (
  | { readonly kind: 'path'; /** Absolute: `/var/lib/dpkg/status`. */ readonly path: string }
  | { readonly kind: 'basename'; readonly basename: string }
  | { readonly kind: 'suffix'; /** Compared in lower case: `.jar`. */ readonly suffix: string }
  | {
      readonly kind: 'folder';
      /** Absolute; its direct children, optionally of one suffix. */
      readonly folder: string;
      readonly suffix?: string;
    }
  | { readonly kind: 'elf' /** First bytes `\x7fELF`, any name. */ }
);

export interface ContentFile {
  /** Absolute path in the layer. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mode: number;
  /** The whole content. */
  bytes(): Uint8Array;
  /** Up to `length` bytes from `offset`; fewer at the end, none beyond it. */
  read(offset: number, length: number): Uint8Array;
}

export interface ReadContext {
  readonly issues: IssueSink;
}

/** Facts are JSON: they are kept by diffID, reader id and reader version. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

export interface FileReader<Fact extends JsonValue = JsonValue> {
  readonly id: string;
  /** Raised whenever `read` would give other facts for the same bytes. */
  readonly version: number;
  readonly files: readonly FilePattern[];
  /**
   * Facts of one file, from its bytes alone; undefined where there is nothing to say. Damage goes
   * to `issues`; what is thrown becomes an issue of that file and never stops the scan.
   */
  read(file: ContentFile, context: ReadContext): Fact | undefined | Promise<Fact | undefined>;
}

/** A fact and the file it comes from. */
export interface LocatedFact<Fact extends JsonValue = JsonValue> {
  readonly path: string;
  readonly layer: number;
  readonly fact: Fact;
}
