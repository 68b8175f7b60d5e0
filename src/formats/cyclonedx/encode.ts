// SPDX-License-Identifier: Apache-2.0
// Writes CycloneDX JSON 1.6 or 1.7, https://cyclonedx.org/docs/1.7/json/. What the format has no
// field for stands in `plimsoll:` properties, so that the document reads back as it was.
import type { Assessment } from '../../model/assessment.ts';
import type { Coverage, CoverageGap } from '../../model/coverage.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary } from '../../model/image.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import { documentUuid } from '../sbom/document-uuid.ts';
import { isLicenseExpression } from '../sbom/license.ts';
import {
  distributionProperties,
  imageProperties,
  packageProperties,
  type Property,
} from '../sbom/properties.ts';
import { References, shortVersion } from './references.ts';
import { vulnerabilities } from './vulnerabilities.ts';

export type CycloneDxVersion = '1.6' | '1.7';

export interface CycloneDxOptions {
  readonly version: CycloneDxVersion;
  readonly now: Date;
  readonly toolVersion: string;
  /** Packages that are only in earlier layers, as components out of scope. */
  readonly withHidden: boolean;
}

/** The document; its long lists are generators, consumed once, in the order in which they stand. */
export function encodeCycloneDx(assessment: Assessment, options: CycloneDxOptions): object {
  const { inventory, findings } = assessment;
  const packages = options.withHidden
    ? [...inventory.packages, ...inventory.hiddenPackages]
    : inventory.packages;
  const references = new References(packages);
  const root = references.unique('image');
  const distribution = inventory.distribution && {
    reference: references.unique('distribution'),
    ...inventory.distribution,
  };
  const reported = findings.filter(({ hidden }) => options.withHidden || !hidden);
  return {
    $schema: `http://cyclonedx.org/schema/bom-${options.version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: options.version,
    serialNumber: `urn:uuid:${documentUuid([options, { ...inventory, packages }, reported])}`,
    version: 1,
    metadata: {
      timestamp: options.now.toISOString(),
      lifecycles: [{ phase: 'post-build' }],
      tools: {
        components: [{ type: 'application', name: 'plimsoll', version: options.toolVersion }],
      },
      component: rootComponent(inventory, root),
      ...properties(coverageProperties(assessment.coverage)),
    },
    components: components(packages, references, distribution),
    dependencies: [
      {
        ref: root,
        dependsOn: [...references.all(), ...(distribution ? [distribution.reference] : [])],
      },
    ],
    compositions: [
      { aggregate: aggregateOf(assessment), assemblies: [root] },
      // Which package needs which is not looked at: only that all of them are in the image.
      { aggregate: 'unknown', dependencies: references.all() },
    ],
    ...(reported.length === 0
      ? {}
      : { vulnerabilities: vulnerabilities(reported, references, root) }),
  };
}

function rootComponent({ source, image }: Inventory, reference: string): object {
  return {
    'bom-ref': reference,
    type: image.layers.length > 0 || image.digest !== undefined ? 'container' : 'file',
    name: source,
    ...(image.digest === undefined ? {} : { version: image.digest }),
    ...hashesOf(image),
    ...properties(imageProperties(image)),
  };
}

function hashesOf({ digest }: ImageSummary): object {
  if (digest === undefined) return {};
  const [algorithm, content] = digest.split(':');
  return { hashes: [{ alg: algorithm!.replace(/^sha/, 'SHA-'), content }] };
}

function* components(
  packages: readonly Package[],
  references: References,
  distribution: (Distribution & { readonly reference: string }) | undefined,
): Iterable<object> {
  if (distribution !== undefined) yield distributionComponent(distribution);
  for (const item of packages) yield packageComponent(item, references.of(item));
}

function distributionComponent(
  distribution: Distribution & { readonly reference: string },
): object {
  const { id, version, name, reference } = distribution;
  return {
    'bom-ref': reference,
    type: 'operating-system',
    name: id,
    ...(version === undefined ? {} : { version: shortVersion(version) }),
    description: name,
    ...properties(distributionProperties(distribution)),
  };
}

function packageComponent(item: Package, reference: string): object {
  const { version, purl, license, vendor, locations } = item;
  const occurrences = locations.map(({ path }) => ({ location: path }));
  return {
    'bom-ref': reference,
    type: 'library',
    ...(vendor === undefined ? {} : { publisher: vendor }),
    ...groupAndName(item),
    version: shortVersion(version),
    ...(item.hidden ? { scope: 'excluded' } : {}),
    ...(!license ? {} : { licenses: [licenseChoice(license)] }),
    ...(purl === '' ? {} : { purl }),
    ...(occurrences.length === 0 ? {} : { evidence: { occurrences } }),
    ...properties(packageProperties(item)),
  };
}

/** Readers expect a Maven group in its own field; npm's scopes and Go's paths they take as names. */
function groupAndName({ ecosystem, name }: Package): { group?: string; name: string } {
  const colon = ecosystem === 'Maven' ? name.indexOf(':') : -1;
  return colon < 0 ? { name } : { group: name.slice(0, colon), name: name.slice(colon + 1) };
}

function licenseChoice(license: string): object {
  return isLicenseExpression(license) ? { expression: license } : { license: { name: license } };
}

function properties(listed: readonly Property[]): object {
  if (listed.length === 0) return {};
  return { properties: listed.map(([name, value]) => ({ name, value })) };
}

/** What a scan was judged by, and what it could not tell; nothing for a bare inventory. */
function coverageProperties({ data, gaps }: Coverage): readonly Property[] {
  if (data.length === 0) return [];
  const judged = data.flatMap(({ ecosystem, feeds }): readonly Property[] =>
    feeds.length === 0
      ? [[`plimsoll:advisories:${ecosystem}`, 'none']]
      : feeds.map(({ feed, asOf, advisories }) => [
          `plimsoll:advisories:${ecosystem}`,
          `${feed}, as of ${asOf ?? 'unknown'}, ${advisories} advisories`,
        ]),
  );
  return [
    ...judged,
    ...gaps.map(({ code, message }): Property => [`plimsoll:gap:${code}`, message]),
  ];
}

/** Gaps that say that packages may be missing, not that their vulnerabilities are unknown. */
const inventoryGaps: readonly string[] = ['no-package-database', 'no-packages'];

/** `complete` is a claim: only what was recognised and read without loss may make it. */
function aggregateOf({ inventory }: Assessment): 'complete' | 'incomplete' {
  const { gaps, issues, ownership } = inventory;
  const missing = (gap: CoverageGap): boolean => gap.blocking || inventoryGaps.includes(gap.code);
  const unexplained = ownership !== undefined && ownership.unownedExecutablesTotal > 0;
  const whole = !gaps.some(missing) && !issues.some(({ fatal }) => fatal) && !unexplained;
  return whole && inventory.packages.length > 0 ? 'complete' : 'incomplete';
}
