// SPDX-License-Identifier: Apache-2.0
// Reads CycloneDX JSON 1.2 to 1.7, https://cyclonedx.org/docs/1.7/json/, whoever wrote it: the fields
// of the specification, and the properties in which Syft, Trivy and Plimsoll keep the rest. A field
// of the wrong type counts as absent: other people's documents are not ours to validate.
import { PlimsollError } from '../../model/errors.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary } from '../../model/image.ts';
import type { Package } from '../../model/package.ts';
import { collectPackages, type SbomElement } from '../sbom/collect-packages.ts';
import { describedDistribution, describedImage } from '../sbom/described-image.ts';
import {
  digestOrNothing,
  Properties,
  propertyPrefix,
  readImageProperties,
  type Property,
} from '../sbom/properties.ts';
import type { DecodedSbom, SbomContext } from '../sbom/sbom.ts';
import { list, record, text, type JsonRecord } from '../json/json-record.ts';

const supported = /^1\.[2-7]$/;

/** Components within components deeper than this are left out; assemblies have two or three levels. */
const depthMax = 64;

/** Elements of these types are no packages themselves, whether or not they have a purl. */
const containers = new Set(['operating-system', 'container', 'device', 'platform', 'firmware']);

/** @throws `unsupported` for a version that is not among 1.2 to 1.7. */
export function decodeCycloneDx(document: JsonRecord, context: SbomContext): DecodedSbom {
  const version = text(document['specVersion']) ?? '';
  if (!supported.test(version))
    throw new PlimsollError(
      'unsupported',
      `Cannot read CycloneDX ${JSON.stringify(version)}: want version 1.2 to 1.7`,
    );
  const metadata = record(document['metadata']);
  const root = record(metadata['component']);
  const components = [...allComponents(document['components'], context)];
  const image = readImage(root);
  const distribution = readDistribution(components, context);
  const elements = components.filter(isPackage).map(readElement);
  const generator = generatorOf(metadata['tools']);
  const subject = text(root['name']);
  return {
    format: `CycloneDX ${version}`,
    ...(generator === undefined ? {} : { generator }),
    ...(subject === undefined ? {} : { subject }),
    image,
    ...(distribution === undefined ? {} : { distribution }),
    ...collectPackages(elements, image, distribution, context),
  };
}

/** Depth first, in the document's order; iterative, so that nesting costs no stack. */
function* allComponents(value: unknown, context: SbomContext): Iterable<JsonRecord> {
  const stack: (readonly [component: unknown, depth: number])[] = [];
  const push = (items: readonly unknown[], depth: number): void => {
    for (let at = items.length - 1; at >= 0; at--) stack.push([items[at], depth]);
  };
  push(list(value), 0);
  let tooDeep = false;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [component, depth] = [record(next[0]), next[1]];
    yield component;
    if (depth < depthMax) push(list(component['components']), depth + 1);
    else tooDeep ||= list(component['components']).length > 0;
  }
  if (tooDeep)
    context.issues.add({
      code: 'nested-too-deep',
      message: `Cannot read components that are nested deeper than ${depthMax}`,
      fatal: true,
    });
}

/** Files, images and the nodes that group a lock file's packages have no purl and are no gap. */
function isPackage(component: JsonRecord): boolean {
  const type = text(component['type']) ?? 'library';
  if (containers.has(type)) return false;
  return type === 'library' || type === 'framework' || text(component['purl']) !== undefined;
}

export function readProperties(value: unknown): Properties {
  const pairs = list(value).flatMap((item): readonly Property[] => {
    const { name, value: content } = record(item);
    return typeof name === 'string' && typeof content === 'string' ? [[name, content]] : [];
  });
  return new Properties(pairs);
}

function readElement(component: JsonRecord): SbomElement {
  const properties = readProperties(component['properties']);
  const group = text(component['group']);
  const name = text(component['name']) ?? '';
  const vendor =
    text(component['publisher']) ??
    text(record(component['supplier'])['name']) ??
    text(component['author']);
  const type = text(component['purl'])?.startsWith('pkg:maven/') ? ':' : '/';
  return {
    name: group === undefined ? name : `${group}${type}${name}`,
    version: text(component['version']),
    purl: text(component['purl']),
    license: licenseOf(component['licenses']),
    vendor,
    source: trivySource(properties),
    paths: pathsOf(component, properties),
    layerDiffId:
      properties.get('aquasecurity:trivy:LayerDiffID') ?? properties.get('syft:location:0:layerID'),
    properties,
  };
}

/** An expression, or the ids and names of a list, all of which apply. */
function licenseOf(value: unknown): string | undefined {
  const names = list(value).flatMap((choice) => {
    const license = record(record(choice)['license']);
    return text(record(choice)['expression']) ?? text(license['id']) ?? text(license['name']) ?? [];
  });
  return names.length === 0 ? undefined : names.join(' AND ');
}

function trivySource(properties: Properties): Package['source'] {
  const name = properties.get('aquasecurity:trivy:SrcName');
  if (name === undefined) return undefined;
  const [version, release, epoch] = ['SrcVersion', 'SrcRelease', 'SrcEpoch'].map((part) =>
    properties.get(`aquasecurity:trivy:${part}`),
  );
  const whole = release === undefined ? version : `${version ?? ''}-${release}`;
  return { name, version: epoch === undefined ? (whole ?? '') : `${epoch}:${whole ?? ''}` };
}

function pathsOf(component: JsonRecord, properties: Properties): readonly string[] {
  const paths = new Set<string>();
  for (const occurrence of list(record(component['evidence'])['occurrences'])) {
    const location = text(record(occurrence)['location']);
    if (location !== undefined) paths.add(location);
  }
  for (let at = 0; ; at++) {
    const path = properties.get(`syft:location:${at}:path`);
    if (path === undefined) break;
    paths.add(path);
  }
  const file = properties.get('aquasecurity:trivy:FilePath');
  if (file !== undefined) paths.add(file);
  return [...paths].map((path) => (path.startsWith('/') ? path : `/${path}`));
}

function readDistribution(
  components: readonly JsonRecord[],
  context: SbomContext,
): Distribution | undefined {
  const found = components.find((component) => component['type'] === 'operating-system');
  const id = text(found?.['name']);
  if (found === undefined || id === undefined) return undefined;
  const properties = readProperties(found['properties']);
  const version = text(found['version']);
  const codename =
    properties.get(`${propertyPrefix}distribution:codename`) ??
    properties.get('syft:distro:versionCodename');
  const name = text(found['description']);
  return describedDistribution({ id, version, codename, name }, properties, context);
}

/** The image that the document describes, by our own properties, Trivy's, or Syft's version. */
function readImage(root: JsonRecord): ImageSummary {
  const properties = readProperties(root['properties']);
  const own = readImageProperties(properties);
  if (own.layers.length > 0 || own.digest !== undefined) return own;
  const trivy = (name: string): readonly string[] => properties.all(`aquasecurity:trivy:${name}`);
  const diffIds = trivy('DiffID').flatMap((value) => digestOrNothing(value) ?? []);
  const config = digestOrNothing(trivy('ImageID')[0]);
  const version = text(root['version']);
  const manifest =
    digestOrNothing(trivy('RepoDigest')[0]?.split('@')[1]) ??
    (root['type'] === 'container' ? digestOrNothing(version) : undefined);
  return describedImage(manifest, config, diffIds, [...trivy('RepoTag'), ...trivy('RepoDigest')]);
}

/** `tools` is a list of tools up to 1.4, an object with components from 1.5 on. */
function generatorOf(tools: unknown): string | undefined {
  const first = record(list(tools)[0] ?? list(record(tools)['components'])[0]);
  const name = text(first['name']);
  if (name === undefined) return undefined;
  return `${name} ${text(first['version']) ?? ''}`.trim();
}
