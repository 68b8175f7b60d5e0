// SPDX-License-Identifier: Apache-2.0
// One SARIF result per package and vulnerability.
import { createHash } from 'node:crypto';
import { ecosystemBase } from '../../model/ecosystem.ts';
import type { Finding } from '../../model/finding.ts';
import type { LayerDescriptor } from '../../model/image.ts';
import { describeLayer } from '../layer-command.ts';
import { withoutFixedVersion } from '../wording.ts';
import { levels, securitySeverity } from './rules.ts';
import { artifactUri, messageText } from './text.ts';

/** `originalUriBaseIds` name of the image's root. */
export const rootBaseId = 'ROOTPATH';

/** More places of one package than this say nothing new, and GitHub shows the first only. */
const locationsMax = 50;

export function* sarifResults(
  findings: readonly Finding[],
  ruleIndexes: ReadonlyMap<string, number>,
  layers: readonly LayerDescriptor[],
): Iterable<object> {
  const occurrences = new Map<string, number>();
  for (const finding of findings) {
    const fingerprint = fingerprintOf(finding);
    const occurrence = (occurrences.get(fingerprint) ?? 0) + 1;
    occurrences.set(fingerprint, occurrence);
    yield sarifResult(
      finding,
      ruleIndexes.get(finding.id)!,
      `${fingerprint}:${occurrence}`,
      layers,
    );
  }
}

/**
 * What stays the same when the image is built again: the vulnerability, the package's name and its
 * place. Not its version, nor the distribution's release: an update that does not mend the finding
 * must not make a new alert of it.
 */
function fingerprintOf({ id, ecosystem, package: name, locations }: Finding): string {
  const parts = [id, ecosystemBase(ecosystem), name, locations[0]?.path ?? ''];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function sarifResult(
  finding: Finding,
  ruleIndex: number,
  fingerprint: string,
  layers: readonly LayerDescriptor[],
): object {
  return {
    ruleId: finding.id,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: messageText(sentence(finding, layers)) },
    locations: locationsOf(finding),
    partialFingerprints: {
      'plimsollFinding/v1': fingerprint,
      // The only one that GitHub compares; it can compute its own for files of a repository only.
      primaryLocationLineHash: fingerprint,
    },
    suppressions: suppressionsOf(finding),
    properties: {
      purl: finding.purl,
      installedVersion: finding.version,
      fixedVersion: finding.fixedVersion,
      severity: finding.severity,
      status: finding.status,
      'security-severity': securitySeverity(finding),
      layer: finding.layer,
      layerDigest: finding.layerDigest,
      dockerfileLine: layers.find(({ index }) => index === finding.layer)?.dockerfileLine,
      hidden: finding.hidden,
      knownExploited: finding.kev === undefined ? undefined : true,
    },
  };
}

function sentence(finding: Finding, layers: readonly LayerDescriptor[]): string {
  const { id, severity, package: name, version, fixedVersion, status } = finding;
  const fix = fixedVersion === undefined ? withoutFixedVersion[status] : `fixed in ${fixedVersion}`;
  const layer = describeLayer(layers, finding.layer);
  const hidden = finding.hidden ? ', only in an earlier layer' : '';
  const grade = severity === 'unknown' ? 'severity unknown' : severity;
  return `${name} ${version} has ${id} (${grade}): ${fix}${layer === '' ? '' : `; from ${layer}`}${hidden}`;
}

function locationsOf(finding: Finding): readonly object[] {
  const logicalLocations = [
    { name: finding.package, fullyQualifiedName: finding.purl, kind: 'package' },
  ];
  const paths = finding.locations.slice(0, locationsMax);
  if (paths.length === 0) return [{ logicalLocations }];
  return paths.map(({ path }) => ({
    physicalLocation: {
      artifactLocation: { uri: artifactUri(path), uriBaseId: rootBaseId },
      // GitHub shows no result without a line.
      region: { startLine: 1 },
    },
    logicalLocations,
  }));
}

/** Empty: known not to be suppressed (3.27.23). */
function suppressionsOf({ ignored }: Finding): readonly object[] {
  if (ignored === undefined) return [];
  const until = ignored.until === undefined ? '' : ` (until ${ignored.until})`;
  return [{ kind: 'external', status: 'accepted', justification: `${ignored.reason}${until}` }];
}
