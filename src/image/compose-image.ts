// SPDX-License-Identifier: Apache-2.0
// Puts an Image together from a manifest and its configuration, for the media that have both.
import { decodeConfig } from '../formats/oci/config.ts';
import { joinLayers } from '../formats/oci/layers.ts';
import { verifyDocument } from '../formats/oci/verify-document.ts';
import type { ImageIdentity, LayerDescriptor } from '../model/image.ts';
import type { IssueList } from '../model/issue.ts';
import type { Image } from './image.ts';
import type { ResolvedManifest } from './resolve-manifest.ts';

/** @throws `digest-mismatch`, or `invalid` when the configuration cannot be used. */
export function describeImage(
  resolved: ResolvedManifest,
  configBytes: Uint8Array,
  names: readonly string[],
  issues: IssueList,
): Pick<Image, 'identity' | 'platform' | 'config' | 'layers'> {
  const { manifest, manifestDigest, indexDigest } = resolved;
  verifyDocument(configBytes, manifest.config.digest, 'image config');
  const { config, diffIds, platform } = decodeConfig(configBytes, issues);
  const identity: ImageIdentity = {
    ...(indexDigest === undefined ? {} : { index: indexDigest }),
    manifest: manifestDigest,
    config: manifest.config.digest,
    diffIds,
    names,
  };
  const layers = joinLayers(manifest.layers, diffIds, config.history, issues);
  return { identity, config, layers, ...(platform === undefined ? {} : { platform }) };
}

/** What a layer's bytes must hash to, where that is known. */
export function hashesOf(layer: LayerDescriptor): Pick<LayerDescriptor, 'digest' | 'diffId'> {
  return {
    ...(layer.digest === undefined ? {} : { digest: layer.digest }),
    ...(layer.diffId === undefined ? {} : { diffId: layer.diffId }),
  };
}
