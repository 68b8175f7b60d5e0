// SPDX-License-Identifier: Apache-2.0
// What reading a layer shows, entry by entry, whatever the layer is stored as: in the terms of tar,
// which is what nearly all of them are.
import type { TarContentSink, TarEntry, TarEntryKind } from '../formats/tar/tar-entry.ts';

export type EntryKind = TarEntryKind;
export type LayerEntry = TarEntry;

/** Receives the content of one file as it streams past. */
export interface ContentSink extends TarContentSink {
  /**
   * Asked before each chunk, also the first: false when the rest is not wanted. A medium that can
   * skip content (a directory) then stops and ends the sink as complete; a stream may go on.
   * Absent: everything is wanted.
   */
  wantsMore?(): boolean;
}

export interface LayerVisitor {
  /** Undefined: the content is not wanted (and is not read where the medium can skip it). */
  entry(entry: LayerEntry): ContentSink | undefined;
}
