// SPDX-License-Identifier: Apache-2.0
// Image manifests and indexes, OCI's and Docker's schema 2.
// https://github.com/opencontainers/image-spec/blob/main/manifest.md
// https://github.com/opencontainers/image-spec/blob/main/image-index.md
import { PlimsollError } from '../../model/errors.ts';
import { decodeDescriptor, type Descriptor } from './descriptor.ts';
import type { JsonRecord } from '../json/json-record.ts';
import {
  decodeRecord,
  field,
  invalid,
  listOf,
  optionalRecord,
  optionalString,
  quoted,
  stringMap,
} from './json-fields.ts';
import {
  bareMediaType,
  isIndexType,
  isManifestType,
  isSchema1Type,
  ociIndex,
  ociManifest,
} from './media-types.ts';

export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** Registries accept manifests up to this size (distribution-spec, "Pushing Manifests"). */
export const manifestSizeBytesMax = 4 << 20;
/** Engines stop at 128 layers; layouts in the field stay below 500. */
export const layersMax = 4096;
/** Indexes in the field hold tens of platforms; layouts used as stores hold thousands. */
const manifestsMax = 16_384;

/**
 * @param declared Media type that the descriptor or the server gives for the bytes.
 * @throws `invalid`, `limit`, and `unsupported` for Docker's schema 1.
 */
export function decodeManifest(bytes: Uint8Array, declared?: string): ImageManifest | ImageIndex {
  const what = 'image manifest';
  const record = decodeRecord(bytes, what, manifestSizeBytesMax);
  const own = optionalString(record, 'mediaType', what);
  const mediaType = agreedType(own, declared, what);
  const version = field(record, 'schemaVersion');
  if (version === 1 || isSchema1Type(mediaType ?? ''))
    throw new PlimsollError(
      'unsupported',
      "Cannot read image manifest: it is of Docker's schema 1, which registries stopped to serve",
      { hint: 'push the image again with a current engine' },
    );
  if (version !== 2) throw invalid(what, `schemaVersion is ${quoted(version)}, want 2`);
  const kind = kindOf(record, mediaType, what);
  const annotations = stringMap(optionalRecord(record, 'annotations', what));
  if (kind === 'index')
    return {
      kind,
      mediaType: mediaType ?? ociIndex,
      manifests: listOf(record, 'manifests', what, manifestsMax).map((item, number) =>
        decodeDescriptor(item, `image index: manifests[${number}]`),
      ),
      annotations,
    };
  const artifactType = optionalString(record, 'artifactType', what);
  return {
    kind,
    mediaType: mediaType ?? ociManifest,
    config: decodeDescriptor(field(record, 'config'), `${what}: config`),
    layers: listOf(record, 'layers', what, layersMax).map((item, number) =>
      decodeDescriptor(item, `${what}: layers[${number}]`),
    ),
    annotations,
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}

/**
 * Two types for one document would let two readers see two different images under one digest
 * (CVE-2021-41190), so they must agree.
 */
function agreedType(own: string | undefined, declared: string | undefined, what: string) {
  const known = [own, declared]
    .map((type) => bareMediaType(type ?? ''))
    .filter((type) => isIndexType(type) || isManifestType(type) || isSchema1Type(type));
  if (known.length === 2 && known[0] !== known[1])
    throw invalid(what, `mediaType is ${quoted(own)}, and it was announced as ${quoted(declared)}`);
  if (own !== undefined && own !== '' && known.length === 0)
    throw new PlimsollError('unsupported', `Cannot read ${what}: mediaType is ${quoted(own)}`, {
      hint: 'an image has a manifest or an index of OCI or of Docker schema 2',
    });
  return known[0];
}

function kindOf(record: JsonRecord, mediaType: string | undefined, what: string) {
  const hasManifests = field(record, 'manifests') !== undefined;
  const hasLayers = field(record, 'layers') !== undefined || field(record, 'config') !== undefined;
  // The other half of CVE-2021-41190: a document that reads as both.
  if (hasManifests && hasLayers)
    throw invalid(what, 'it has both manifests and layers, so it could be read as two images');
  const kind = hasLayers ? 'manifest' : 'index';
  if (!hasManifests && !hasLayers && mediaType === undefined)
    throw invalid(what, 'it has neither layers nor manifests');
  if (mediaType !== undefined && isIndexType(mediaType) !== (kind === 'index'))
    throw invalid(what, `mediaType is ${quoted(mediaType)}, and it is a document of kind ${kind}`);
  return kind;
}
