// SPDX-License-Identifier: Apache-2.0
// An assessment as the stable document that schema.ts describes. Long lists are generators: they are
// made while they are written.
import type { Assessment } from '../../model/assessment.ts';
import type { Finding } from '../../model/finding.ts';
import type { OwnershipSummary } from '../../model/inventory.ts';
import type { Location } from '../../model/location.ts';
import type { Package } from '../../model/package.ts';
import { encodePath } from '../../model/path-bytes.ts';
import { countFindings } from '../finding-counts.ts';
import { compareListed } from '../group-findings.ts';
import type { ReportOptions } from '../report.ts';
import type {
  ScanDocument,
  ScanFinding,
  ScanIgnoredFinding,
  ScanLocation,
  ScanOwnership,
  ScanPackage,
} from './schema.ts';

/** The document with its lists as they are produced. */
export type StreamedScanDocument = {
  readonly [Member in keyof ScanDocument]: ScanDocument[Member] extends readonly (infer Item)[]
    ? Iterable<Item>
    : ScanDocument[Member];
};

export function scanDocument(
  { inventory, findings, coverage }: Assessment,
  options: ReportOptions,
): StreamedScanDocument {
  const { image, distribution, ownership } = inventory;
  const ordered = [...findings].sort(compareListed);
  const open = ordered.filter(({ ignored }) => !ignored);
  const { verdict } = options;
  return {
    schemaVersion: '1.0',
    tool: { name: 'plimsoll', version: options.toolVersion },
    generated: options.now.toISOString(),
    source: inventory.source,
    image: {
      digest: image.digest ?? null,
      identity: {
        ...image.identity,
        diffIds: [...image.identity.diffIds],
        names: [...image.identity.names],
      },
      platform: image.platform ?? null,
      layers: [...image.layers],
      ...(image.created === undefined ? {} : { created: image.created }),
    },
    distribution:
      distribution === undefined ? null : { ...distribution, idLike: [...distribution.idLike] },
    packages: mapped(inventory.packages, scanPackage),
    hiddenPackages: mapped(inventory.hiddenPackages, scanPackage),
    findings: mapped(
      open.filter(({ hidden }) => !hidden),
      scanFinding,
    ),
    hiddenFindings: mapped(
      open.filter(({ hidden }) => hidden),
      scanFinding,
    ),
    ignoredFindings: mapped(
      ordered.filter(({ ignored }) => ignored),
      scanIgnoredFinding,
    ),
    ownership: ownership === undefined ? null : scanOwnership(ownership),
    coverage: {
      level: coverage.level,
      gaps: [...coverage.gaps],
      data: coverage.data.map((used) => ({ ...used, feeds: [...used.feeds] })),
    },
    issues: inventory.issues,
    summary: {
      packages: inventory.packages.length,
      hiddenPackages: inventory.hiddenPackages.length,
      findings: countFindings(findings),
    },
    verdict: verdict === undefined ? null : { ...verdict, reasons: [...verdict.reasons] },
  };
}

function* mapped<From, To>(items: readonly From[], change: (item: From) => To): Iterable<To> {
  for (const item of items) yield change(item);
}

function scanPackage(item: Package): ScanPackage {
  const { name, version, ecosystem, purl, layer, locations, hidden: _, ...rest } = item;
  const first = {
    name,
    version,
    ecosystem,
    purl,
    layer: layer ?? null,
    locations: locations.map(scanLocation),
  };
  return { ...first, ...(rest as Omit<ScanPackage, keyof typeof first>) };
}

function scanFinding(finding: Finding): ScanFinding {
  const { layer, fixedVersion, locations, hidden: _, ignored: _ignored, ...rest } = finding;
  return {
    ...(rest as Omit<ScanFinding, 'fixedVersion' | 'layer' | 'locations'>),
    fixedVersion: fixedVersion ?? null,
    layer: layer ?? null,
    locations: locations.map(scanLocation),
  };
}

function scanIgnoredFinding(finding: Finding): ScanIgnoredFinding {
  return {
    ...scanFinding(finding),
    ignored: finding.ignored!,
    ...(finding.hidden ? { hidden: true } : {}),
  };
}

function scanOwnership(ownership: OwnershipSummary): ScanOwnership {
  return {
    ...ownership,
    unownedExecutables: ownership.unownedExecutables.map(
      ({ path, layer, layerDigest, ...rest }) => ({
        ...scanLocation({
          path,
          ...(layer === undefined ? {} : { layer }),
          ...(layerDigest === undefined ? {} : { layerDigest }),
        }),
        ...rest,
      }),
    ),
    skippedMounts: [...ownership.skippedMounts],
  };
}

function scanLocation({ path, ...rest }: Location): ScanLocation {
  if (path.isWellFormed()) return { path, ...rest };
  const bytes = Buffer.from(encodePath(path));
  return { path: path.toWellFormed(), pathBase64: bytes.toString('base64'), ...rest };
}
