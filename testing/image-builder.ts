// SPDX-License-Identifier: Apache-2.0
// Makes images for tests from a small description: the same image as an OCI layout, an OCI archive,
// or what `docker save` writes (old and OCI-flavoured). Everything is deterministic.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
//
//   const image = buildImage({ layers: [{ entries: [{ path: 'etc/' }, { path: 'etc/x', content: '1' }] }] });
//   writeOciLayout(folder, [image]);
//   writeFileSync('web.tar', dockerArchive(image));
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type TarInput, writeTar } from '../src/formats/tar/write-tar.ts';
import { type Digest, digestHex } from '../src/model/digest.ts';

export interface LayerDescription {
  readonly entries?: readonly TarInput[];
  /** Instead of `entries`: a ready (or broken) tar. */
  readonly tar?: Uint8Array;
  /** Default gzip. */
  readonly compression?: 'gzip' | 'zstd' | 'none';
  /** Command of its history entry. */
  readonly createdBy?: string;
}

export interface ImageDescription {
  /** The base first. */
  readonly layers: readonly LayerDescription[];
  /** `config` of the image configuration, spelled as there: Env, Entrypoint, Labels, ... */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Default: one entry per layer. Give it to place entries of `empty_layer`. */
  readonly history?: readonly Readonly<Record<string, unknown>>[];
  /** Default linux/amd64. */
  readonly platform?: {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
  };
  /** Reference under which archives name it; default `example.test/made:latest`. */
  readonly name?: string;
  /** Media types of the manifest; default oci. */
  readonly mediaTypes?: 'oci' | 'docker';
  readonly created?: string;
}

export interface BuiltBlob {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: Digest;
}

export interface BuiltLayer extends BuiltBlob {
  readonly tar: Buffer;
  readonly diffId: Digest;
}

export interface BuiltImage {
  readonly name: string;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly layers: readonly BuiltLayer[];
  readonly config: BuiltBlob;
  readonly manifest: BuiltBlob;
}

const mediaTypes = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    none: 'application/vnd.oci.image.layer.v1.tar',
    gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    none: 'application/vnd.docker.image.rootfs.diff.tar',
    gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  },
} as const;

export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function blob(mediaType: string, bytes: Buffer): BuiltBlob {
  return { mediaType, bytes, digest: sha256(bytes) };
}

function jsonBlob(mediaType: string, value: unknown): BuiltBlob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}

function descriptor(item: BuiltBlob): Record<string, unknown> {
  return { mediaType: item.mediaType, digest: item.digest, size: item.bytes.length };
}

/** One layer: its tar, and the blob that a registry would hold. */
export function buildLayer(
  description: LayerDescription,
  flavour: 'oci' | 'docker' = 'oci',
): BuiltLayer {
  const tar = Buffer.from(description.tar ?? writeTar(description.entries ?? []));
  const compression = description.compression ?? 'gzip';
  const bytes =
    compression === 'gzip' ? gzipSync(tar) : compression === 'zstd' ? zstdCompressSync(tar) : tar;
  return { ...blob(mediaTypes[flavour][compression], bytes), tar, diffId: sha256(tar) };
}

export function buildImage(description: ImageDescription): BuiltImage {
  const flavour = description.mediaTypes ?? 'oci';
  const types = mediaTypes[flavour];
  const created = description.created ?? '2024-01-02T03:04:05Z';
  const platform = description.platform ?? { os: 'linux', architecture: 'amd64' };
  const layers = description.layers.map((layer) => buildLayer(layer, flavour));
  const history =
    description.history ??
    description.layers.map((layer, index) => ({
      created,
      created_by: layer.createdBy ?? `layer ${index}`,
    }));
  const config = jsonBlob(types.config, {
    created,
    ...platform,
    config: description.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history,
  });
  const manifest = jsonBlob(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptor(config),
    layers: layers.map(descriptor),
  });
  const name = description.name ?? 'example.test/made:latest';
  return { name, platform, layers, config, manifest };
}

/** Files of an OCI layout by their relative path; several images make one index. */
export function ociLayoutFiles(images: readonly BuiltImage[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const json = (path: string, value: unknown): unknown =>
    files.set(path, Buffer.from(JSON.stringify(value)));
  json('oci-layout', { imageLayoutVersion: '1.0.0' });
  json('index.json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: images.map((image) => ({
      ...descriptor(image.manifest),
      platform: image.platform,
      annotations: {
        // Layouts carry the tag alone; the whole name stands under containerd's annotation.
        'org.opencontainers.image.ref.name': tagOf(image.name),
        'io.containerd.image.name': image.name,
      },
    })),
  });
  for (const image of images)
    for (const item of [image.manifest, image.config, ...image.layers])
      files.set(blobPath(item.digest), item.bytes);
  return files;
}

export function writeOciLayout(folder: string, images: readonly BuiltImage[]): void {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const [path, bytes] of ociLayoutFiles(images)) writeFileSync(join(folder, path), bytes);
}

/** An OCI layout in one tar. */
export function ociArchive(images: readonly BuiltImage[]): Buffer {
  return tarOfFiles(ociLayoutFiles(images));
}

/**
 * What `docker save` writes. `legacy` (engines before 25): a folder per layer, each layer a plain
 * tar whatever it was pulled as, manifest.json near the end. `oci`: a layout and manifest.json.
 */
export function dockerArchive(
  image: BuiltImage | readonly BuiltImage[],
  flavour: 'legacy' | 'oci' = 'legacy',
): Buffer {
  const images = 'layers' in image ? [image] : image;
  const files = flavour === 'oci' ? ociLayoutFiles(images) : legacyFiles(images);
  const layerPath = (layer: BuiltLayer): string =>
    flavour === 'oci' ? blobPath(layer.digest) : `${digestHex(layer.diffId)}/layer.tar`;
  const manifest = images.map((each) => ({
    Config:
      flavour === 'oci' ? blobPath(each.config.digest) : `${digestHex(each.config.digest)}.json`,
    RepoTags: [each.name],
    Layers: each.layers.map(layerPath),
  }));
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return tarOfFiles(files);
}

function legacyFiles(images: readonly BuiltImage[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const image of images) {
    for (const layer of image.layers) {
      files.set(`${digestHex(layer.diffId)}/VERSION`, Buffer.from('1.0'));
      files.set(`${digestHex(layer.diffId)}/layer.tar`, layer.tar);
    }
    files.set(`${digestHex(image.config.digest)}.json`, image.config.bytes);
  }
  return files;
}

function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

function tagOf(name: string): string {
  const at = name.lastIndexOf(':');
  return at > name.lastIndexOf('/') ? name.slice(at + 1) : 'latest';
}

function tarOfFiles(files: ReadonlyMap<string, Buffer>): Buffer {
  return writeTar([...files].map(([path, content]) => ({ path, content })));
}
