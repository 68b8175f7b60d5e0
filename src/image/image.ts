// SPDX-License-Identifier: Apache-2.0
// The one noun over all media: a registry, an engine, an archive, a layout, a directory each open
// as an Image, and everything above this folder knows nothing else.
import type { Digest } from '../model/digest.ts';
import type { ImageConfig, ImageIdentity, LayerDescriptor } from '../model/image.ts';
import type { Issue } from '../model/issue.ts';
import type { Platform } from '../model/platform.ts';
import type { LayerVisitor } from './layer-visitor.ts';

export interface Image {
  /** What the user named, with its prefix: `docker-archive:web.tar`. */
  readonly source: string;
  readonly identity: ImageIdentity;
  readonly platform?: Platform;
  readonly config?: ImageConfig;
  /** The base first. */
  readonly layers: readonly LayerDescriptor[];
  /** Damage that did not keep the image from being opened. */
  readonly issues: readonly Issue[];
  /** Mounts below a directory that are not read: pseudo, network and nested container file systems. */
  readonly skippedMounts?: readonly string[];
  /**
   * The content of the wanted layers, each once, in whatever order the medium has them (an engine
   * streams a save in its own order). The consumer reads each to its end before it asks for the
   * next. May be called again: a planned second pass.
   */
  readLayers(wanted: ReadonlySet<number>, signal?: AbortSignal): AsyncIterable<LayerContent>;
  close(): Promise<void>;
}

export type LayerContent =
  | {
      /** A tar, plain, gzip or zstd: told by its bytes, not by its media type. */
      readonly kind: 'blob';
      /**
       * Undefined where the medium cannot tell, as in a stream whose manifest comes last: the
       * content stands for every layer with the diffID that the reader computes, which may be
       * several (empty layers are alike) or none that is wanted.
       */
      readonly layer?: number;
      /** What the bytes as stored must hash to, where the medium says. */
      readonly digest?: Digest;
      /** What the uncompressed tar must hash to, where the medium says. */
      readonly diffId?: Digest;
      readonly bytes: AsyncIterable<Uint8Array>;
    }
  | {
      /** A directory or a container's changes: entries without an archive, hence without a digest. */
      readonly kind: 'tree';
      readonly layer: number;
      walk(visitor: LayerVisitor, signal?: AbortSignal): Promise<void>;
    };
