// SPDX-License-Identifier: Apache-2.0
// A package from its package URL, https://github.com/package-url/purl-spec: what the generators of
// SBOMs keep in its qualifiers (release, epoch, source package, module) decides whether advisories
// match, so none of it may be lost.
import type { Package } from '../../model/package.ts';
import type { Purl } from '../purl/purl.ts';
import type { ToldRelease } from './sbom.ts';

/** Types whose packages belong to a distribution's release. */
const distributionTypes = new Set(['deb', 'apk', 'rpm', 'alpm']);

/** OSV's names, https://ossf.github.io/osv-schema/#affectedpackage-field, by purl type. */
const ecosystems: Readonly<Record<string, string>> = {
  npm: 'npm',
  pypi: 'PyPI',
  golang: 'Go',
  cargo: 'crates.io',
  maven: 'Maven',
  gem: 'RubyGems',
  nuget: 'NuGet',
  composer: 'Packagist',
  hex: 'Hex',
  pub: 'Pub',
  hackage: 'Hackage',
  cran: 'CRAN',
  conan: 'ConanCenter',
  swift: 'SwiftURL',
  bitnami: 'Bitnami',
  github: 'GitHub',
  githubactions: 'GitHub Actions',
  julia: 'Julia',
};

/** Names that tools use where os-release has another `ID`. */
const releaseIds: Readonly<Record<string, string>> = {
  redhat: 'rhel',
  alma: 'almalinux',
  oracle: 'ol',
  amazon: 'amzn',
  'cbl-mariner': 'mariner',
  'rocky-linux': 'rocky',
  rockylinux: 'rocky',
};

export function releaseId(name: string): string {
  const id = name.toLowerCase();
  return Object.hasOwn(releaseIds, id) ? releaseIds[id]! : id;
}

export function isDistributionPackage(purl: Purl): boolean {
  return distributionTypes.has(purl.type);
}

/** `npm` and the like; the type itself where OSV has no name for it. */
export function languageEcosystem(type: string): string {
  return Object.hasOwn(ecosystems, type) ? ecosystems[type]! : type;
}

/**
 * The release in `distro`: `debian-12`, `alpine-3.19.1`, `opensuse-leap-15.5`, `3.19.1` (the
 * namespace tells whose), `bookworm`, or `debian` alone. Undefined where nothing is told.
 */
export function releaseOf(purl: Purl): ToldRelease | undefined {
  const distro = purl.qualifiers?.['distro'];
  const namespace = purl.namespace?.split('/')[0];
  if (distro === undefined) return undefined;
  const numbered = /^(?:([A-Za-z][\w.-]*?)-)?(\d[\w.]*)$/.exec(distro);
  if (numbered !== null) {
    const owner = numbered[1] ?? namespace;
    if (owner === undefined) return undefined;
    return { id: releaseId(owner), version: numbered[2]!, name: `${owner} ${numbered[2]!}` };
  }
  if (namespace === undefined) return { id: releaseId(distro), name: distro };
  const id = releaseId(namespace);
  if (releaseId(distro) === id) return { id, name: distro };
  const codename = distro.startsWith(`${namespace}-`) ? distro.slice(namespace.length + 1) : distro;
  return { id, codename, name: `${namespace} ${codename}` };
}

/** The name as the ecosystem and OSV spell it: `@scope/name`, `group:artifact`, a Go module's path. */
export function packageName({ type, namespace, name }: Purl): string {
  if (namespace === undefined || isDistributionType(type)) return name;
  return type === 'maven' ? `${namespace}:${name}` : `${namespace}/${name}`;
}

function isDistributionType(type: string): boolean {
  return distributionTypes.has(type) || type === 'generic';
}

/** The version as the package manager prints it: rpm's epoch stands in a qualifier. */
export function packageVersion(purl: Purl): string {
  return withEpoch(purl.version ?? '', purl.qualifiers?.['epoch']);
}

function withEpoch(version: string, epoch: string | undefined): string {
  if (epoch === undefined || !/^[1-9]\d*$/.test(epoch) || /^\d+:/.test(version)) return version;
  return `${epoch}:${version}`;
}

/**
 * The source package in `upstream`: `name` or `name@version` for dpkg and apk,
 * `name-version-release.src.rpm` for rpm. The binary's version where none is told.
 */
export function upstreamSource(purl: Purl): Package['source'] {
  const upstream = purl.qualifiers?.['upstream'];
  if (upstream === undefined) return undefined;
  const rpm = /^(.+)-([^-]+-[^-]+)\.(?:src|nosrc)\.rpm$/.exec(upstream);
  if (rpm !== null) return { name: rpm[1]!, version: rpm[2]! };
  const at = upstream.lastIndexOf('@');
  if (at <= 0) return { name: upstream, version: packageVersion(purl) };
  return { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
}

/** Undefined where the source says nothing that the binary does not. */
export function distinctSource(
  source: Package['source'],
  name: string,
  version: string,
): Package['source'] {
  if (source === undefined || source.name === '') return undefined;
  const bare = version.replace(/^\d+:/, '');
  const same = source.name === name && [version, bare, ''].includes(source.version);
  return same ? undefined : { name: source.name, version: source.version || version };
}

/** `name:stream`; tools write the whole label, `name:stream:version:context`. */
export function moduleOf(purl: Purl): string | undefined {
  const label = purl.qualifiers?.['rpmmod'] ?? purl.qualifiers?.['modularitylabel'];
  const [name, stream] = (label ?? '').split(':');
  return name && stream ? `${name}:${stream}` : undefined;
}
