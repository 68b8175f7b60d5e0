// SPDX-License-Identifier: Apache-2.0
// What a tar archive holds, entry by entry, and who listens to it. Layers are shown in the same
// terms, whatever they are stored as (src/image/layer-visitor.ts).

export type TarEntryKind =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'character'
  | 'block'
  | 'fifo';

export interface TarEntry {
  /**
   * Bytes as stored, relative to the root, cleaned: no `./`, no empty or `..` parts, no slash at
   * the end; empty for the root itself. A view of the chunk that it came in: copy what is kept.
   */
  readonly path: Uint8Array;
  readonly kind: TarEntryKind;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** True length, sparse files expanded. */
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
  /** Target of a symlink as stored, or of a hard link cleaned like `path`. */
  readonly linkTarget?: Uint8Array;
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** Receives the content of one file as it streams past. */
export interface TarContentSink {
  /** The bytes are gone when the archive goes on: with the next chunk, or after `end` was waited for. */
  chunk(bytes: Uint8Array): void;
  /** `complete` is false when the stream ended early or a limit was reached. */
  end(complete: boolean): void | Promise<void>;
}

export interface TarVisitor {
  /** Undefined: the content is not wanted. */
  entry(entry: TarEntry): TarContentSink | undefined;
}

/** Everything in a tar comes in blocks of this size. */
export const blockBytes = 512;
