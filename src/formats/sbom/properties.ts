// SPDX-License-Identifier: Apache-2.0
// What the SBOM formats have no field for, as `plimsoll:` names with text values: CycloneDX holds
// them as properties (https://github.com/CycloneDX/cyclonedx-property-taxonomy), SPDX in an
// annotation. Written and read here, so that our own documents read back exactly.
import { parseJson } from '../json/parse-json.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary, LayerDescriptor } from '../../model/image.ts';
import type { Location } from '../../model/location.ts';
import type { Package } from '../../model/package.ts';
import { jsonLine } from '../json/stream.ts';
import { decodePath, encodePath } from '../../model/path-bytes.ts';
import { isDigest } from '../../model/digest.ts';
import { formatPlatform } from '../../model/platform.ts';

/** Name and value; a name may stand several times. */
export type Property = readonly [name: string, value: string];

export const propertyPrefix = 'plimsoll:';

type Value = string | number | boolean | undefined;

/** Those with a value. */
function listed(pairs: readonly (readonly [name: string, value: Value])[]): readonly Property[] {
  return pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [[`${propertyPrefix}${name}`, String(value)] as const],
  );
}

export function packageProperties(item: Package): readonly Property[] {
  return listed([
    ['ecosystem', item.ecosystem],
    ['architecture', item.architecture],
    ['sourceName', item.source?.name],
    ['sourceVersion', item.source?.version],
    ['module', item.module],
    ['foundBy', item.foundBy],
    ['layer', item.layer],
    ['hidden', item.hidden || undefined],
    ['detail', item.detail === undefined ? undefined : jsonLine(item.detail)],
    ...item.locations.flatMap(({ path, layer }, at) => [
      [`location:${at}:path`, path.toWellFormed()] as const,
      [
        `location:${at}:pathBase64`,
        path.isWellFormed() ? undefined : Buffer.from(encodePath(path)).toString('base64'),
      ] as const,
      [`location:${at}:layer`, layer] as const,
    ]),
  ]);
}

export function imageProperties(image: ImageSummary): readonly Property[] {
  const { index, manifest, config, names } = image.identity;
  return listed([
    ['image:index', index],
    ['image:manifest', manifest],
    ['image:config', config],
    ['image:platform', image.platform === undefined ? undefined : formatPlatform(image.platform)],
    ['image:created', image.created],
    ...names.map((name) => ['image:name', name] as const),
    ...image.layers.flatMap((layer) => [
      [`layer:${layer.index}:diffId`, layer.diffId] as const,
      [`layer:${layer.index}:digest`, layer.digest] as const,
      [`layer:${layer.index}:createdBy`, layer.createdBy] as const,
    ]),
  ]);
}

export function distributionProperties(distribution: Distribution): readonly Property[] {
  return listed([
    ['distribution:codename', distribution.codename],
    ['distribution:ecosystem', distribution.ecosystem],
    ['distribution:path', distribution.path],
    ...distribution.idLike.map((id) => ['distribution:idLike', id] as const),
  ]);
}

/** Properties of one element of a foreign document, found by name. */
export class Properties {
  readonly #values = new Map<string, string[]>();

  constructor(properties: Iterable<Property>) {
    for (const [name, value] of properties) {
      const known = this.#values.get(name);
      if (known === undefined) this.#values.set(name, [value]);
      else known.push(value);
    }
  }

  /** The first value, or undefined; empty ones count as absent. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).filter((value) => value !== '');
  }

  /** A number of a layer or the like: whole, not negative. */
  index(name: string): number | undefined {
    const value = this.get(name);
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  }
}

/** Own fields of a package, to be laid over what the format's own fields say. */
export function readPackageProperties(
  properties: Properties,
  layers: readonly LayerDescriptor[],
): Partial<Package> {
  const get = (name: string): string | undefined => properties.get(`${propertyPrefix}${name}`);
  const [sourceName, sourceVersion] = [get('sourceName'), get('sourceVersion')];
  const fields = {
    ecosystem: get('ecosystem'),
    architecture: get('architecture'),
    source:
      sourceName === undefined ? undefined : { name: sourceName, version: sourceVersion ?? '' },
    module: get('module'),
    foundBy: get('foundBy'),
    layer: properties.index(`${propertyPrefix}layer`),
    hidden: get('hidden') === 'true' ? true : undefined,
    detail: readDetail(get('detail')),
    locations: readLocations(properties, layers),
  };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known);
}

/** More places than this no writer of ours gives one package. */
const locationsMax = 10_000;

function readLocations(
  properties: Properties,
  layers: readonly LayerDescriptor[],
): readonly Location[] | undefined {
  const locations: Location[] = [];
  for (let at = 0; at < locationsMax; at++) {
    const name = `${propertyPrefix}location:${at}:`;
    const base64 = properties.get(`${name}pathBase64`);
    const path =
      base64 === undefined
        ? properties.get(`${name}path`)
        : decodePath(Buffer.from(base64, 'base64'));
    if (path === undefined) break;
    locations.push(locate(path, properties.index(`${name}layer`), layers));
  }
  return locations.length === 0 ? undefined : locations;
}

/** A location with the digest of its layer, where the document lists the layers. */
export function locate(
  path: string,
  layer: number | undefined,
  layers: readonly LayerDescriptor[],
): Location {
  if (layer === undefined) return { path };
  const descriptor = layers.find(({ index }) => index === layer);
  const layerDigest = descriptor?.diffId ?? descriptor?.digest;
  return { path, layer, ...(layerDigest === undefined ? {} : { layerDigest }) };
}

/** Undefined unless it is what a package's detail may be. */
function readDetail(text: string | undefined): Package['detail'] {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fits = (member: unknown): boolean =>
    ['string', 'number', 'boolean'].includes(typeof member) ||
    (Array.isArray(member) && member.every((item) => typeof item === 'string'));
  return Object.values(value).every(fits) ? (value as NonNullable<Package['detail']>) : undefined;
}

/** More layers than this no engine accepts (the limit of its storage drivers is 128). */
const layersMax = 1024;

export function readImageProperties(properties: Properties): ImageSummary {
  const digest = (name: string): ReturnType<typeof digestOrNothing> =>
    digestOrNothing(properties.get(`${propertyPrefix}${name}`));
  const layers: LayerDescriptor[] = [];
  for (let index = 0; index < layersMax; index++) {
    const diffId = digest(`layer:${index}:diffId`);
    const blob = digest(`layer:${index}:digest`);
    const createdBy = properties.get(`${propertyPrefix}layer:${index}:createdBy`);
    if (diffId === undefined && blob === undefined && createdBy === undefined) break;
    layers.push({
      index,
      ...(diffId === undefined ? {} : { diffId }),
      ...(blob === undefined ? {} : { digest: blob }),
      ...(createdBy === undefined ? {} : { createdBy }),
    });
  }
  const [index, manifest, config] = [
    digest('image:index'),
    digest('image:manifest'),
    digest('image:config'),
  ];
  const platform = readPlatform(properties.get(`${propertyPrefix}image:platform`));
  const created = properties.get(`${propertyPrefix}image:created`);
  const main = manifest ?? config;
  return {
    ...(main === undefined ? {} : { digest: main }),
    identity: {
      ...(index === undefined ? {} : { index }),
      ...(manifest === undefined ? {} : { manifest }),
      ...(config === undefined ? {} : { config }),
      diffIds: layers.flatMap(({ diffId }) => diffId ?? []),
      names: properties.all(`${propertyPrefix}image:name`),
    },
    ...(platform === undefined ? {} : { platform }),
    layers,
    ...(created === undefined ? {} : { created }),
  };
}

export function digestOrNothing(text: string | undefined): ImageSummary['digest'] {
  return isDigest(text) ? text : undefined;
}

function readPlatform(text: string | undefined): ImageSummary['platform'] {
  const [os, architecture, variant, ...rest] = (text ?? '').split('/');
  if (!os || !architecture || rest.length > 0) return undefined;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
