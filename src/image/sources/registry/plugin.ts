// SPDX-License-Identifier: Apache-2.0
// `registry:REFERENCE`: an image in a registry. Layers stream from there; nothing is stored.
import { configSizeBytesMax } from '../../../formats/oci/config.ts';
import { isForeignLayerType, isLayerType } from '../../../formats/oci/media-types.ts';
import { PlimsollError } from '../../../model/errors.ts';
import type { LayerDescriptor } from '../../../model/image.ts';
import { IssueList, type IssueSink } from '../../../model/issue.ts';
import { formatReference, parseReference, type Reference } from '../../../model/reference.ts';
import { endpointsOf } from '../../../registry/endpoints.ts';
import { noEndpointAnswered, RegistryClient } from '../../../registry/registry-client.ts';
import { asyncIterableOf } from '../../async-iterable.ts';
import { describeImage, hashesOf } from '../../compose-image.ts';
import type { ImageSource, SourceContext } from '../../image-source.ts';
import type { Image, LayerContent } from '../../image.ts';
import { resolveManifest } from '../../resolve-manifest.ts';

export const plugin: ImageSource = {
  id: 'registry',
  title: 'image in a registry',
  usage: 'registry:REFERENCE',
  async open(rest, context) {
    const reference = parseReference(rest);
    const endpoints = endpointsOf(reference, {
      plainHttp: context.plainHttp,
      mirrors: context.env['PLIMSOLL_REGISTRY_MIRRORS'],
    });
    const errors: unknown[] = [];
    for (const endpoint of endpoints) {
      const client = new RegistryClient(context.http, endpoint, context.env);
      try {
        return await openAt(client, `registry:${rest}`, reference, context);
      } catch (error) {
        errors.push(error);
        // A mirror that fails, lacks the image or lies is gone past; who stops us is not.
        if (!(error instanceof PlimsollError) || error.code === 'aborted') throw error;
      }
    }
    throw noEndpointAnswered(errors);
  },
};

async function openAt(
  client: RegistryClient,
  source: string,
  reference: Reference,
  context: SourceContext,
): Promise<Image> {
  const { signal } = context;
  const issues = new IssueList();
  const named = await client.manifest(reference.digest ?? reference.tag ?? 'latest', signal);
  const resolved = await resolveManifest(
    named,
    async ({ digest }) => (await client.manifest(digest, signal)).bytes,
    context.platform,
  );
  const configBytes = await client.document(resolved.manifest.config, configSizeBytesMax, signal);
  const names = [formatReference(reference)];
  const described = describeImage(resolved, configBytes, names, issues);
  const absent = await findAbsentLayers(client, described.layers, issues, signal);
  return {
    source,
    ...described,
    issues: issues.toArray(),
    readLayers: (wanted, passSignal) =>
      asyncIterableOf(
        streamLayers(
          client,
          described.layers.filter(({ index }) => wanted.has(index) && !absent.has(index)),
          passSignal ?? signal,
        ),
      ),
    close: () => Promise.resolve(),
  };
}

/**
 * Foreign layers that the registry does not hold. Their `urls` are not followed: they come from the
 * image, and could name any address that this machine reaches.
 */
async function findAbsentLayers(
  client: RegistryClient,
  layers: readonly LayerDescriptor[],
  issues: IssueSink,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<number>> {
  const absent = new Set<number>();
  for (const { index, digest, mediaType } of layers) {
    if (digest === undefined || mediaType === undefined) continue;
    if (!isLayerType(mediaType))
      issues.add({
        code: 'unknown-layer-type',
        message: `Layer ${index} is ${JSON.stringify(mediaType)}, read as a tar`,
        fatal: false,
        where: digest,
      });
    if (!isForeignLayerType(mediaType) || (await client.hasBlob(digest, signal))) continue;
    absent.add(index);
    issues.add({
      code: 'foreign-layer',
      message: `Cannot read layer ${index}: it is a foreign layer, which the registry does not hold`,
      fatal: true,
      where: digest,
    });
  }
  return absent;
}

function* streamLayers(
  client: RegistryClient,
  layers: readonly LayerDescriptor[],
  signal: AbortSignal | undefined,
): Generator<LayerContent> {
  for (const layer of layers) {
    const blob = { digest: layer.digest!, sizeBytes: layer.sizeBytes! };
    const bytes = client.blob(blob, signal);
    yield { kind: 'blob', layer: layer.index, ...hashesOf(layer), bytes };
  }
}
