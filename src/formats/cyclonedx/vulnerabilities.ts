// SPDX-License-Identifier: Apache-2.0
// Findings as CycloneDX vulnerabilities: one per id, with each package that has it under `affects`
// and the fixed version there as one that is unaffected.
import type { Finding } from '../../model/finding.ts';
import type { Severity } from '../../model/severity.ts';
import { propertyPrefix } from '../sbom/properties.ts';
import { shortVersion, type References } from './references.ts';

/** CycloneDX has no `negligible`; `info` is its level below low. */
const severities: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  negligible: 'info',
  unknown: 'unknown',
};

const methods: readonly (readonly [start: string, method: string])[] = [
  ['CVSS:4.', 'CVSSv4'],
  ['CVSS:3.1/', 'CVSSv31'],
  ['CVSS:3.0/', 'CVSSv3'],
  ['AV:', 'CVSSv2'],
];

export function* vulnerabilities(
  findings: readonly Finding[],
  references: References,
  root: string,
): Iterable<object> {
  const byId = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = byId.get(finding.id);
    if (known === undefined) byId.set(finding.id, [finding]);
    else known.push(finding);
  }
  for (const [id, same] of byId) yield vulnerability(id, same, references, root);
}

function vulnerability(
  id: string,
  same: readonly Finding[],
  references: References,
  root: string,
): object {
  const first = same[0]!;
  const source = sourceOf(id);
  const aliases = [...new Set(same.flatMap((finding) => finding.aliases))];
  const addresses = [...new Set(same.flatMap((finding) => finding.references))].filter(isAddress);
  return {
    id,
    ...(source === undefined ? {} : { source }),
    ...(aliases.length === 0
      ? {}
      : { references: aliases.map((alias) => ({ id: alias, source: sourceOf(alias) ?? {} })) }),
    ratings: distinct(same.map(rating)),
    ...(first.summary === undefined ? {} : { description: first.summary }),
    ...(addresses.length === 0 ? {} : { advisories: addresses.map((url) => ({ url })) }),
    affects: affects(same, references, root),
    properties: propertiesOf(same),
  };
}

/** Whose number it is, by its prefix; none for those that nobody but a feed knows. */
function sourceOf(id: string): object | undefined {
  const name = id.startsWith('CVE-')
    ? 'NVD'
    : id.startsWith('GHSA-')
      ? 'GitHub Advisories'
      : undefined;
  if (name === undefined) return undefined;
  const base =
    name === 'NVD' ? 'https://nvd.nist.gov/vuln/detail/' : 'https://github.com/advisories/';
  return { name, url: base + encodeURIComponent(id.toWellFormed()) };
}

/** The `iri-reference` of an advisory: whatever is no web address is left out. */
function isAddress(reference: string): boolean {
  return (
    /^https?:\/\/[\x21-\x7e]+$/i.test(reference) &&
    URL.canParse(reference) &&
    !/["<>\\^`{|}[\]]/.test(reference) &&
    !/%(?![0-9a-f]{2})/i.test(reference)
  );
}

function rating({ severity, score, vector, severitySource }: Finding): object {
  const method = methods.find(([start]) => vector?.startsWith(start))?.[1];
  return {
    ...(severitySource === undefined ? {} : { source: { name: severitySource } }),
    ...(score === undefined ? {} : { score }),
    severity: severities[severity],
    ...(method === undefined ? {} : { method }),
    ...(vector === undefined ? {} : { vector }),
  };
}

function affects(
  same: readonly Finding[],
  references: References,
  root: string,
): readonly object[] {
  return distinct(
    same.map(({ purl, hidden, version, fixedVersion }) => ({
      ref: references.ofPurl(purl, hidden) ?? root,
      versions: [
        { version: shortVersion(version), status: 'affected' },
        ...(fixedVersion === undefined
          ? []
          : [{ version: shortVersion(fixedVersion), status: 'unaffected' }]),
      ],
    })),
  );
}

function propertiesOf(same: readonly Finding[]): readonly object[] {
  const first = same[0]!;
  const { kev, epss } = first;
  const ignored = same.find((finding) => finding.ignored !== undefined)?.ignored;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ...[...new Set(same.map(({ status }) => status))].map((status) => ['status', status] as const),
    ['knownExploitedSince', kev?.added],
    ['epss:probability', epss === undefined ? undefined : String(epss.probability)],
    ['epss:percentile', epss === undefined ? undefined : String(epss.percentile)],
    ['ignored', ignored?.reason],
  ];
  return pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: `${propertyPrefix}${name}`, value }],
  );
}

/** The schema wants the items of these lists to differ. */
function distinct(items: readonly object[]): readonly object[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
