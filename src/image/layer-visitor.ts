// SPDX-License-Identifier: Apache-2.0
// What reading a layer shows, entry by entry, whatever the layer is stored as.

export type EntryKind =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'character'
  | 'block'
  | 'fifo';

export interface LayerEntry {
  /** Bytes as stored, relative to the root, cleaned: no `./`, no empty or `..` parts, no slash at the end. */
  readonly path: Uint8Array;
  readonly kind: EntryKind;
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
export interface ContentSink {
  /** The bytes are gone when the medium goes on: with the next chunk, or after `end` was waited for. */
  chunk(bytes: Uint8Array): void;
  /**
   * Asked before each chunk, also the first: false when the rest is not wanted. A medium that can
   * skip content (a directory) then stops and ends the sink as complete; a stream may go on.
   * Absent: everything is wanted.
   */
  wantsMore?(): boolean;
  /** `complete` is false when the stream ended early or a limit was reached. */
  end(complete: boolean): void | Promise<void>;
}

export interface LayerVisitor {
  /** Undefined: the content is not wanted (and is not read where the medium can skip it). */
  entry(entry: LayerEntry): ContentSink | undefined;
}
