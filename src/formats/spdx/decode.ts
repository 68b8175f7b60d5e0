// SPDX-License-Identifier: Apache-2.0
// Reads SPDX, whoever wrote it: 2.2 and 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/), and the
// packages of 3.0 in JSON-LD (https://spdx.github.io/spdx-spec/v3.0.1/). A field of the wrong type
// counts as absent.
import { parseJson } from '../json/parse-json.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary } from '../../model/image.ts';
import type { Package } from '../../model/package.ts';
import { collectPackages, type SbomElement } from '../sbom/collect-packages.ts';
import { describedDistribution, describedImage } from '../sbom/described-image.ts';
import { list, record, text, type JsonRecord } from '../json/json-record.ts';
import {
  digestOrNothing,
  Properties,
  propertyPrefix,
  readImageProperties,
  type Property,
} from '../sbom/properties.ts';
import type { DecodedSbom, SbomContext } from '../sbom/sbom.ts';
import { annotationStart } from './encode.ts';

/** @throws `unsupported` for another version than 2.2 and 2.3. */
export function decodeSpdx(document: JsonRecord, context: SbomContext): DecodedSbom {
  const version = text(document['spdxVersion']) ?? '';
  if (!/^SPDX-2\.[23]$/.test(version))
    throw new PlimsollError(
      'unsupported',
      `Cannot read SPDX version ${JSON.stringify(version)}: want SPDX-2.2 or SPDX-2.3`,
    );
  const elements = list(document['packages']).map(record);
  const licenses = extractedLicenses(document);
  const described = new Set(list(document['documentDescribes']));
  const image = readImage(
    elements.find((element) => purposeOf(element) === 'CONTAINER') ??
      elements.find((element) => described.has(element['SPDXID'])),
  );
  const distribution = readDistribution(
    elements.find((element) => purposeOf(element) === 'OPERATING-SYSTEM'),
    context,
  );
  const packages = elements
    .filter((element) => isPackage(element) && !described.has(element['SPDXID']))
    .map((element) => readElement(element, licenses));
  const creators = list(record(document['creationInfo'])['creators']);
  const tool = creators.map(text).find((creator) => creator?.startsWith('Tool: '));
  const subject = text(document['name']);
  return {
    format: version.replace('-', ' '),
    ...(tool === undefined ? {} : { generator: tool.slice('Tool: '.length) }),
    ...(subject === undefined ? {} : { subject }),
    image,
    ...(distribution === undefined ? {} : { distribution }),
    ...collectPackages(packages, image, distribution, context),
  };
}

/** 2.2 has no purposes: Trivy names its elements by their kind instead. */
function purposeOf(element: JsonRecord): string | undefined {
  const stated = text(element['primaryPackagePurpose']);
  if (stated !== undefined) return stated;
  const id = text(element['SPDXID']) ?? '';
  if (id.startsWith('SPDXRef-OperatingSystem')) return 'OPERATING-SYSTEM';
  return id.startsWith('SPDXRef-ContainerImage') ? 'CONTAINER' : undefined;
}

const otherPurposes = new Set(['CONTAINER', 'OPERATING-SYSTEM', 'FILE', 'SOURCE', 'DEVICE']);

function isPackage(element: JsonRecord): boolean {
  return !otherPurposes.has(purposeOf(element) ?? '');
}

function propertiesOf(element: JsonRecord): Properties {
  const pairs = list(element['annotations']).flatMap((annotation): readonly Property[] => {
    const comment = text(record(annotation)['comment']);
    if (!comment?.startsWith(annotationStart)) return [];
    try {
      return list(parseJson(comment.slice(annotationStart.length))).flatMap((pair) => {
        const [name, value] = list(pair);
        return typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [];
      });
    } catch {
      return [];
    }
  });
  return new Properties(pairs);
}

function readElement(element: JsonRecord, licenses: ReadonlyMap<string, string>): SbomElement {
  const attributions = attributionsOf(element);
  const declared = stated(element['licenseDeclared']);
  const maker = stated(element['originator']) ?? stated(element['supplier']);
  return {
    name: text(element['name']) ?? '',
    version: text(element['versionInfo']),
    purl: purlOf(element),
    license: declared === undefined ? undefined : (licenses.get(declared) ?? declared),
    vendor: maker?.replace(/^(Organization|Person): ?/, ''),
    source: builtFrom(text(element['sourceInfo'])),
    paths: pathsOf(element),
    layerDiffId: attributions.get('LayerDiffID'),
    properties: propertiesOf(element),
  };
}

/** `NOASSERTION` and `NONE` state nothing. */
function stated(value: unknown): string | undefined {
  const found = text(value);
  return found === 'NOASSERTION' || found === 'NONE' ? undefined : found;
}

function purlOf(element: JsonRecord): string | undefined {
  for (const item of list(element['externalRefs'])) {
    const reference = record(item);
    if (reference['referenceType'] === 'purl') return text(reference['referenceLocator']);
  }
  return undefined;
}

/** Trivy's `built package from: name version`. */
function builtFrom(sourceInfo: string | undefined): Package['source'] {
  const match = /^built package from: (\S+) (\S+)$/.exec(sourceInfo ?? '');
  return match === null ? undefined : { name: match[1]!, version: match[2]! };
}

/** Syft's `acquired package info from DPKG DB: /var/lib/dpkg/status, /usr/share/doc/x/copyright`. */
function pathsOf(element: JsonRecord): readonly string[] {
  const match = /^acquired package info from [^:]{1,100}: (.+)$/.exec(
    text(element['sourceInfo']) ?? '',
  );
  const paths = match?.[1]!.split(', ') ?? [];
  return paths.filter((path) => path.startsWith('/'));
}

/** Trivy's `Key: value` lines. */
function attributionsOf(element: JsonRecord): ReadonlyMap<string, string> {
  const pairs = list(element['attributionTexts']).flatMap((item): readonly [string, string][] => {
    const match = /^([A-Za-z]{1,40}): (.+)$/.exec(text(item) ?? '');
    return match === null ? [] : [[match[1]!, match[2]!]];
  });
  return new Map(pairs);
}

/** The texts that a document's own licence references stand for. */
function extractedLicenses(document: JsonRecord): ReadonlyMap<string, string> {
  const pairs = list(document['hasExtractedLicensingInfos']).flatMap((item) => {
    const { licenseId, extractedText } = record(item);
    const [id, content] = [text(licenseId), text(extractedText)];
    return id === undefined || content === undefined ? [] : [[id, content] as const];
  });
  return new Map(pairs);
}

function readDistribution(
  element: JsonRecord | undefined,
  context: SbomContext,
): Distribution | undefined {
  const id = text(element?.['name']);
  if (element === undefined || id === undefined) return undefined;
  const properties = propertiesOf(element);
  const version = stated(element['versionInfo']);
  const codename = properties.get(`${propertyPrefix}distribution:codename`);
  const name = text(element['summary']);
  return describedDistribution({ id, version, codename, name }, properties, context);
}

function readImage(element: JsonRecord | undefined): ImageSummary {
  const own = readImageProperties(propertiesOf(element ?? {}));
  if (element === undefined || own.digest !== undefined || own.layers.length > 0) return own;
  const attributions = attributionsOf(element);
  const config = digestOrNothing(attributions.get('ImageID'));
  const manifest = digestOrNothing(text(element['versionInfo']));
  const diffIds = list(element['attributionTexts']).flatMap((item) => {
    const value = text(item) ?? '';
    return value.startsWith('DiffID: ') ? (digestOrNothing(value.slice(8)) ?? []) : [];
  });
  return describedImage(manifest, config, diffIds, []);
}

/** The packages of an SPDX 3.0 document, whose elements lie flat in `@graph`. */
export function decodeSpdx3(document: JsonRecord, context: SbomContext): DecodedSbom {
  const image: ImageSummary = { identity: { diffIds: [], names: [] }, layers: [] };
  const graph = list(document['@graph']).map(record);
  const elements = graph
    .filter((element) => element['type'] === 'software_Package')
    .map((element): SbomElement => {
      const identifier = list(element['externalIdentifier'])
        .map(record)
        .find((item) => item['externalIdentifierType'] === 'packageUrl');
      return {
        name: text(element['name']) ?? '',
        version: text(element['software_packageVersion']),
        purl: text(element['software_packageUrl']) ?? text(identifier?.['identifier']),
        paths: [],
        properties: new Properties([]),
      };
    });
  return { format: 'SPDX 3.0', image, ...collectPackages(elements, image, undefined, context) };
}
