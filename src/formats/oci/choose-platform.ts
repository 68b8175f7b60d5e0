// SPDX-License-Identifier: Apache-2.0
// Picks the image for a platform out of an index, as an engine does.
import { PlimsollError } from '../../model/errors.ts';
import { formatPlatform, matchesPlatform, type Platform } from '../../model/platform.ts';
import type { Descriptor } from './descriptor.ts';
import type { ImageIndex } from './manifest.ts';
import { isIndexType, isManifestType } from './media-types.ts';

/** What BuildKit puts beside the images: attestations and the like. */
const referenceType = 'vnd.docker.reference.type';
/** A processor of this variant runs images of the later ones in the list. */
const armVariants = ['v8', 'v7', 'v6', 'v5'];

/** Descriptors that stand for images: no attestations, no artifacts. */
export function imagesOf(index: ImageIndex): readonly Descriptor[] {
  return index.manifests.filter(
    ({ mediaType, annotations, platform, artifactType }) =>
      (isManifestType(mediaType) || isIndexType(mediaType)) &&
      annotations[referenceType] === undefined &&
      artifactType === undefined &&
      platform?.os !== 'unknown',
  );
}

/**
 * The image for `wanted`; else for `host`; without a wish, a lone image whatever it is for: reading
 * it does not take its processor.
 * @throws `not-found` with the platforms that are there.
 */
export function choosePlatform(
  index: ImageIndex,
  wanted: Platform | undefined,
  host: Platform,
): Descriptor {
  const images = imagesOf(index);
  const want = wanted ?? host;
  for (const candidate of acceptable(want)) {
    const match = images.find(
      ({ platform }) => platform !== undefined && matchesPlatform(platform, candidate),
    );
    if (match !== undefined) return match;
  }
  const unnamed = images.filter(({ platform }) => platform === undefined);
  if (unnamed.length === 1) return unnamed[0]!;
  if (wanted === undefined && images.length === 1) return images[0]!;
  throw notThere(images, want);
}

function acceptable(want: Platform): readonly Platform[] {
  if (want.architecture !== 'arm') return [want];
  const first = armVariants.indexOf(want.variant ?? 'v7');
  if (first === -1) return [want];
  return armVariants.slice(first).map((variant) => ({ ...want, variant }));
}

function notThere(images: readonly Descriptor[], want: Platform): PlimsollError {
  const names = new Set(
    images.map(({ platform }) => (platform === undefined ? 'unnamed' : formatPlatform(platform))),
  );
  const some = [...names].slice(0, 20).join(', ');
  return new PlimsollError(
    'not-found',
    `Cannot find an image for ${formatPlatform(want)} in the index`,
    {
      hint:
        images.length === 0
          ? 'the index holds no image'
          : `choose with --platform: the index has ${some}`,
    },
  );
}
