// SPDX-License-Identifier: Apache-2.0
// Media types of images, OCI's and Docker's.
// https://github.com/opencontainers/image-spec/blob/main/media-types.md
// https://distribution.github.io/distribution/spec/manifest-v2-2/

export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociConfig = 'application/vnd.oci.image.config.v1+json';
export const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
export const dockerConfig = 'application/vnd.docker.container.image.v1+json';

const indexTypes: ReadonlySet<string> = new Set([ociIndex, dockerIndex]);
const manifestTypes: ReadonlySet<string> = new Set([ociManifest, dockerManifest]);
const configTypes: ReadonlySet<string> = new Set([ociConfig, dockerConfig]);
const schema1Types: ReadonlySet<string> = new Set([
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
]);

/** What a registry is asked for, so that it converts nothing. */
export const acceptedManifests = [ociIndex, ociManifest, dockerIndex, dockerManifest].join(', ');

/** Without parameters, in lower case: registries send `; charset=utf-8`. */
export function bareMediaType(text: string): string {
  const end = text.indexOf(';');
  return (end === -1 ? text : text.slice(0, end)).trim().toLowerCase();
}

export function isIndexType(type: string): boolean {
  return indexTypes.has(type);
}

export function isManifestType(type: string): boolean {
  return manifestTypes.has(type);
}

export function isImageConfigType(type: string): boolean {
  return configTypes.has(type);
}

export function isSchema1Type(type: string): boolean {
  return schema1Types.has(type);
}

/** Layers whose licence forbids to push them: their bytes lie elsewhere, at the descriptor's `urls`. */
export function isForeignLayerType(type: string): boolean {
  return (
    type.startsWith('application/vnd.docker.image.rootfs.foreign.') ||
    type.startsWith('application/vnd.oci.image.layer.nondistributable.')
  );
}

/** Tars, whatever their compression: it is told by the bytes. */
export function isLayerType(type: string): boolean {
  return (
    isForeignLayerType(type) ||
    type.startsWith('application/vnd.oci.image.layer.v1.tar') ||
    type.startsWith('application/vnd.docker.image.rootfs.diff.tar') ||
    type === 'application/vnd.docker.container.image.rootfs.diff+x-gtar'
  );
}
