// SPDX-License-Identifier: Apache-2.0
// The image and the distribution that a document tells of, put together alike whatever its format.
import type { Digest } from '../../model/digest.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary } from '../../model/image.ts';
import { propertyPrefix, type Properties } from './properties.ts';
import { releaseId } from './read-package.ts';
import type { SbomContext } from './sbom.ts';

/** What an operating system's entry says, by its format's own fields. */
export interface DescribedRelease {
  readonly id: string;
  readonly version: string | undefined;
  readonly codename: string | undefined;
  readonly name: string | undefined;
}

export function describedDistribution(
  { id, version, codename, name }: DescribedRelease,
  properties: Properties,
  context: SbomContext,
): Distribution {
  const release = {
    id: releaseId(id),
    ...(version === undefined ? {} : { version }),
    ...(codename === undefined ? {} : { codename }),
    name: name ?? `${id} ${version ?? ''}`.trim(),
  };
  const ecosystem = properties.get(`${propertyPrefix}distribution:ecosystem`);
  return {
    ...release,
    idLike: properties.all(`${propertyPrefix}distribution:idLike`),
    path: properties.get(`${propertyPrefix}distribution:path`) ?? '',
    ...context.describe(release),
    ...(ecosystem === undefined ? {} : { ecosystem }),
  };
}

/** Other tools' documents know digests alone. */
export function describedImage(
  manifest: Digest | undefined,
  config: Digest | undefined,
  diffIds: readonly Digest[],
  names: readonly string[],
): ImageSummary {
  const digest = manifest ?? config;
  return {
    ...(digest === undefined ? {} : { digest }),
    identity: {
      ...(manifest === undefined ? {} : { manifest }),
      ...(config === undefined ? {} : { config }),
      diffIds,
      names,
    },
    layers: diffIds.map((diffId, index) => ({ index, diffId })),
  };
}
