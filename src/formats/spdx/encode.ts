// SPDX-License-Identifier: Apache-2.0
// Writes SPDX 2.3 JSON, https://spdx.github.io/spdx-spec/v2.3/. What the format has no field for
// stands in one annotation per element (clause 12), as `plimsoll:` names with text values.
import type { Distribution } from '../../model/distribution.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import { jsonLine } from '../json/stream.ts';
import { documentUuid } from '../sbom/document-uuid.ts';
import {
  distributionProperties,
  imageProperties,
  packageProperties,
  type Property,
} from '../sbom/properties.ts';
import { Licenses } from './licenses.ts';

export interface SpdxOptions {
  readonly now: Date;
  readonly toolVersion: string;
  /** Packages that are only in earlier layers. */
  readonly withHidden: boolean;
}

const documentId = 'SPDXRef-DOCUMENT';
const imageId = 'SPDXRef-Image';
const distributionId = 'SPDXRef-OperatingSystem';
/** Ids are numbered: no foreign name has to fit their character set (clause 7.2). */
const packageId = (at: number): string => `SPDXRef-Package-${at + 1}`;

/** Starts the comment of annotations that hold properties. */
export const annotationStart = 'plimsoll properties: ';

/** The document; its long lists are generators, consumed once, in the order in which they stand. */
export function encodeSpdx(inventory: Inventory, options: SpdxOptions): object {
  const packages = options.withHidden
    ? [...inventory.packages, ...inventory.hiddenPackages]
    : inventory.packages;
  // Seconds only: the format has no fractions (clause 6.9).
  const created = options.now.toISOString().replace(/\.\d+Z$/, 'Z');
  const creator = `Tool: plimsoll-${options.toolVersion}`;
  const licenses = new Licenses();
  const writer: ElementWriter = { licenses, created, creator };
  const uuid = documentUuid([options, { ...inventory, packages }]);
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: documentId,
    name: oneLine(inventory.source) || 'image',
    documentNamespace: `urn:uuid:${uuid}`,
    creationInfo: { created, creators: [creator] },
    documentDescribes: [imageId],
    packages: elements(inventory, packages, writer),
    // After the packages: they find what has to be defined here.
    hasExtractedLicensingInfos: licenses.definitions(),
    relationships: relationships(inventory, packages.length),
  };
}

interface ElementWriter {
  readonly licenses: Licenses;
  readonly created: string;
  readonly creator: string;
}

function* elements(
  inventory: Inventory,
  packages: readonly Package[],
  writer: ElementWriter,
): Iterable<object> {
  yield imageElement(inventory, writer);
  if (inventory.distribution !== undefined)
    yield distributionElement(inventory.distribution, writer);
  for (const [at, item] of packages.entries()) yield packageElement(item, packageId(at), writer);
}

function imageElement({ source, image }: Inventory, writer: ElementWriter): object {
  const [algorithm, checksumValue] = image.digest?.split(':') ?? [];
  return {
    SPDXID: imageId,
    name: source || 'image',
    ...(image.digest === undefined ? {} : { versionInfo: image.digest }),
    ...unanalysed,
    ...(checksumValue === undefined
      ? {}
      : { checksums: [{ algorithm: algorithm!.toUpperCase(), checksumValue }] }),
    primaryPackagePurpose:
      image.layers.length > 0 || image.digest !== undefined ? 'CONTAINER' : 'FILE',
    ...annotations(imageProperties(image), writer),
  };
}

function distributionElement(distribution: Distribution, writer: ElementWriter): object {
  const { id, version, name } = distribution;
  return {
    SPDXID: distributionId,
    name: id || 'unknown',
    ...(version === undefined ? {} : { versionInfo: version }),
    summary: name,
    ...unanalysed,
    primaryPackagePurpose: 'OPERATING-SYSTEM',
    ...annotations(distributionProperties(distribution), writer),
  };
}

/** `NOASSERTION`: nothing was looked at, which is not the same as none. */
const unanalysed = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
} as const;

function packageElement(item: Package, id: string, writer: ElementWriter): object {
  const { name, version, purl, license, vendor, source } = item;
  return {
    SPDXID: id,
    name,
    versionInfo: version,
    // Who distributes it is not what its metadata states; who made it is.
    ...(!vendor ? {} : { originator: `Organization: ${vendor}` }),
    ...unanalysed,
    licenseDeclared: !license ? 'NOASSERTION' : writer.licenses.expression(license),
    ...(source === undefined
      ? {}
      : { sourceInfo: `built package from: ${source.name} ${source.version}` }),
    ...(purl === ''
      ? {}
      : {
          externalRefs: [
            {
              referenceCategory: 'PACKAGE-MANAGER',
              referenceType: 'purl',
              referenceLocator: purl,
            },
          ],
        }),
    primaryPackagePurpose: 'LIBRARY',
    ...annotations(packageProperties(item), writer),
  };
}

function annotations(properties: readonly Property[], { creator, created }: ElementWriter): object {
  if (properties.length === 0) return {};
  const comment = annotationStart + jsonLine(properties);
  return {
    annotations: [
      { annotationType: 'OTHER', annotator: creator, annotationDate: created, comment },
    ],
  };
}

function* relationships(inventory: Inventory, packages: number): Iterable<object> {
  const relate = (spdxElementId: string, relationshipType: string, related: string): object => ({
    spdxElementId,
    relationshipType,
    relatedSpdxElement: related,
  });
  yield relate(documentId, 'DESCRIBES', imageId);
  if (inventory.distribution !== undefined) yield relate(imageId, 'CONTAINS', distributionId);
  for (let at = 0; at < packages; at++) yield relate(imageId, 'CONTAINS', packageId(at));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
