// SPDX-License-Identifier: Apache-2.0
// From a name's document to one image's manifest: through indexes, by platform, each document
// verified by its digest.
import { choosePlatform } from '../formats/oci/choose-platform.ts';
import type { Descriptor } from '../formats/oci/descriptor.ts';
import { decodeManifest, type ImageIndex, type ImageManifest } from '../formats/oci/manifest.ts';
import { isImageConfigType } from '../formats/oci/media-types.ts';
import { verifyDocument } from '../formats/oci/verify-document.ts';
import type { Digest } from '../model/digest.ts';
import { PlimsollError } from '../model/errors.ts';
import { hostPlatform, type Platform } from '../model/platform.ts';

export interface ResolvedManifest {
  readonly manifest: ImageManifest;
  readonly manifestDigest: Digest;
  /** The outermost index on the way. */
  readonly indexDigest?: Digest;
}

/** A document that is named: its bytes are verified here. */
export interface NamedDocument {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** As its server or descriptor announces it. */
  readonly mediaType?: string;
}

/** An index of indexes is in use, a third level is not. */
const depthMax = 4;

/**
 * @param fetch Bytes of a document by its descriptor.
 * @throws `not-found` (no image for the platform), `unsupported` (an artifact), `digest-mismatch`, `invalid`.
 */
export async function resolveManifest(
  start: NamedDocument,
  fetch: (descriptor: Descriptor) => Promise<Uint8Array>,
  wanted: Platform | undefined,
): Promise<ResolvedManifest> {
  let document = start;
  let indexDigest: Digest | undefined;
  for (let depth = 0; depth <= depthMax; depth++) {
    verifyDocument(document.bytes, document.digest, 'manifest');
    const decoded = decodeManifest(document.bytes, document.mediaType);
    if (decoded.kind === 'manifest') {
      requireImage(decoded);
      return {
        manifest: decoded,
        manifestDigest: document.digest,
        ...(indexDigest === undefined ? {} : { indexDigest }),
      };
    }
    indexDigest ??= document.digest;
    const chosen = chooseImage(decoded, wanted);
    document = {
      bytes: await fetch(chosen),
      digest: chosen.digest,
      mediaType: chosen.mediaType,
    };
  }
  throw new PlimsollError(
    'limit',
    `Cannot read image index: more than ${depthMax} lie in each other`,
  );
}

export function chooseImage(index: ImageIndex, wanted: Platform | undefined): Descriptor {
  return choosePlatform(index, wanted, hostPlatform(process.arch));
}

function requireImage(manifest: ImageManifest): void {
  const type = manifest.config.mediaType;
  // Old writers leave the type out or empty.
  if (type === '' || isImageConfigType(type)) return;
  throw new PlimsollError(
    'unsupported',
    `Cannot read image: the name leads to an artifact of type ${JSON.stringify(manifest.artifactType ?? type)}`,
    { hint: 'name a container image' },
  );
}
