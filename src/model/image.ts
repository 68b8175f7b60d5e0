// SPDX-License-Identifier: Apache-2.0
// An image as its documents describe it, whatever medium it came from.
// https://github.com/opencontainers/image-spec/blob/main/config.md
import type { Digest } from './digest.ts';
import type { Platform } from './platform.ts';

/**
 * All names that are known for one image. An image that was built in an engine has no manifest
 * digest until it is pushed; a rootfs has none of them.
 */
export interface ImageIdentity {
  readonly index?: Digest;
  readonly manifest?: Digest;
  readonly config?: Digest;
  readonly diffIds: readonly Digest[];
  /** Tags and repository digests under which the medium knows it. */
  readonly names: readonly string[];
}

export interface HistoryEntry {
  readonly created?: string;
  readonly createdBy?: string;
  readonly comment?: string;
  readonly emptyLayer: boolean;
}

/** The parts of an image's configuration that Plimsoll reads. */
export interface ImageConfig {
  readonly created?: string;
  readonly author?: string;
  readonly user?: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir?: string;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly history: readonly HistoryEntry[];
}

/** One layer's place in an image. Layers are numbered from 0, the base, upwards. */
export interface LayerDescriptor {
  readonly index: number;
  /** Digest of the blob as it is stored, compressed or not; unknown for an engine's own layers. */
  readonly digest?: Digest;
  /** Digest of the uncompressed tar; unknown for a directory and, before it is read, for a bare tarball. */
  readonly diffId?: Digest;
  readonly mediaType?: string;
  readonly sizeBytes?: number;
  /** The history entry's command that made the layer. */
  readonly createdBy?: string;
  /** Line of a given Dockerfile that made the layer, from 1. */
  readonly dockerfileLine?: number;
}

/** What a report says of the image. `digest` is the most precise name: manifest, else config. */
export interface ImageSummary {
  readonly digest?: Digest;
  readonly identity: ImageIdentity;
  readonly platform?: Platform;
  readonly layers: readonly LayerDescriptor[];
  readonly created?: string;
}
