// SPDX-License-Identifier: Apache-2.0
// OSV's spelling of a distribution's packages, https://ossf.github.io/osv-schema/#affectedpackage-field:
// one row per distribution that OSV has an ecosystem for.
import { findRelease } from './distribution-lifecycle.ts';

export interface ReleaseNames {
  /** `ID` of os-release in lower case. */
  readonly id: string;
  /** `VERSION_ID`. */
  readonly version?: string | undefined;
  /** `VERSION`. */
  readonly versionText?: string | undefined;
  /** `PRETTY_NAME` or `NAME`. */
  readonly name: string;
}

type Spell = (names: ReleaseNames & { readonly version: string }) => string | undefined;

const part = (version: string, count: number): string => version.split('.', count).join('.');
const major =
  (ecosystem: string): Spell =>
  ({ version }) =>
    `${ecosystem}:${part(version, 1)}`;

/** Versions are there: a release without one has no row here, see `rolling`. */
const released: Readonly<Record<string, Spell>> = {
  debian: major('Debian'),
  ubuntu: ({ version }) => {
    const lts = findRelease('ubuntu', version)?.release.lts ?? isUbuntuLts(version);
    return `Ubuntu:${version}${lts ? ':LTS' : ''}`;
  },
  alpine: ({ version }) => `Alpine:v${part(version, 2)}`,
  almalinux: major('AlmaLinux'),
  rocky: major('Rocky Linux'),
  // OSV scopes Red Hat's by CPE, several to a release; which ones is the matcher's business.
  rhel: major('Red Hat'),
  // A rebuild of RHEL's packages under their own versions; Stream runs ahead of them and has no advisories.
  centos: ({ version, name }) =>
    /\bstream\b/i.test(name) ? undefined : `Red Hat:${part(version, 1)}`,
  'opensuse-leap': ({ version }) => `openSUSE:Leap ${version}`,
  'opensuse-leap-micro': ({ version }) => `openSUSE:Leap Micro ${version}`,
  // SUSE files advisories under products and modules with or without "-LTSS": the matcher's business too.
  sles: ({ version }) => {
    const [release, servicePack] = version.split('.');
    return `SUSE:Linux Enterprise Server ${release}${servicePack && servicePack !== '0' ? ` SP${servicePack}` : ''}`;
  },
  photon: ({ version }) => `Photon OS:${version}`,
  azurelinux: major('Azure Linux'),
  mariner: major('Azure Linux'),
  mageia: major('Mageia'),
  // "24.03 (LTS-SP1)": innovation releases, without LTS, have no advisories.
  openeuler: ({ version, versionText }) => {
    const suffix = /\((LTS(?:-SP\d+)?)\)/.exec(versionText ?? '')?.[1];
    return suffix === undefined ? undefined : `openEuler:${version}-${suffix}`;
  },
  alpaquita: ({ version }) => `Alpaquita:${version}`,
};

const rolling: Readonly<Record<string, string>> = {
  wolfi: 'Wolfi',
  chainguard: 'Chainguard',
  minimos: 'MinimOS',
  'opensuse-tumbleweed': 'openSUSE:Tumbleweed',
};

/** Undefined: OSV has none, or nobody can tell which. */
export function ecosystemOf(names: ReleaseNames): string | undefined {
  const { version } = names;
  const fixed = Object.hasOwn(rolling, names.id) ? rolling[names.id] : undefined;
  if (fixed !== undefined) return fixed;
  if (version === undefined || !/^[0-9][\w.-]*$|^stream$/.test(version)) return undefined;
  const spell = Object.hasOwn(released, names.id) ? released[names.id] : undefined;
  return spell?.({ ...names, version });
}

/** Every second year's April release, https://ubuntu.com/about/release-cycle; for those newer than the table. */
function isUbuntuLts(version: string): boolean {
  const match = /^(\d\d)\.04$/.exec(version);
  return match !== null && Number(match[1]) % 2 === 0;
}
