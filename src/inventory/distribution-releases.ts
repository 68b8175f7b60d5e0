// SPDX-License-Identifier: Apache-2.0
// Releases of distributions and when their security support ends: a table of facts, each block with
// its source. A release that is not here has a lifecycle of `unknown`: dates are never guessed.

export interface DistributionRelease {
  /** As `VERSION_ID` of os-release, or the leading part of it that the vendor supports as one. */
  readonly version: string;
  readonly codename?: string;
  readonly released?: string;
  /** Last day of security support for everybody, as the source prints it (YYYY-MM-DD). */
  readonly ends?: string;
  /** Last day of the extension that `extension` of the block describes. */
  readonly extendedUntil?: string;
  /** Ubuntu: a release with long-term support, which OSV's spelling names. */
  readonly lts?: true;
}

export interface DistributionReleases {
  /** `ID` of os-release. */
  readonly id: string;
  readonly source: string;
  /** `community`: fixes for everybody, from the distribution's own archive; `paid`: for subscribers. */
  readonly extension?: 'community' | 'paid';
  readonly releases: readonly DistributionRelease[];
}

// prettier-ignore
const debian: readonly DistributionRelease[] = [
  { version: '1.1', codename: 'buzz', released: '1996-06-17', ends: '1997-06-05' },
  { version: '1.2', codename: 'rex', released: '1996-12-12', ends: '1998-06-05' },
  { version: '1.3', codename: 'bo', released: '1997-06-05', ends: '1999-03-09' },
  { version: '2.0', codename: 'hamm', released: '1998-07-24', ends: '2000-03-09' },
  { version: '2.1', codename: 'slink', released: '1999-03-09', ends: '2000-10-30' },
  { version: '2.2', codename: 'potato', released: '2000-08-15', ends: '2003-06-30' },
  { version: '3.0', codename: 'woody', released: '2002-07-19', ends: '2006-06-30' },
  { version: '3.1', codename: 'sarge', released: '2005-06-06', ends: '2008-03-31' },
  { version: '4.0', codename: 'etch', released: '2007-04-08', ends: '2010-02-15' },
  { version: '5.0', codename: 'lenny', released: '2009-02-14', ends: '2012-02-06' },
  { version: '6.0', codename: 'squeeze', released: '2011-02-06', ends: '2014-05-31', extendedUntil: '2016-02-29' },
  { version: '7', codename: 'wheezy', released: '2013-05-04', ends: '2016-04-25', extendedUntil: '2018-05-31' },
  { version: '8', codename: 'jessie', released: '2015-04-26', ends: '2018-06-17', extendedUntil: '2020-06-30' },
  { version: '9', codename: 'stretch', released: '2017-06-17', ends: '2020-07-18', extendedUntil: '2022-06-30' },
  { version: '10', codename: 'buster', released: '2019-07-06', ends: '2022-09-10', extendedUntil: '2024-06-30' },
  { version: '11', codename: 'bullseye', released: '2021-08-14', ends: '2024-08-14', extendedUntil: '2026-08-31' },
  { version: '12', codename: 'bookworm', released: '2023-06-10', ends: '2026-07-11', extendedUntil: '2028-06-30' },
  { version: '13', codename: 'trixie', released: '2025-08-09', ends: '2028-08-09', extendedUntil: '2030-06-30' },
  { version: '14', codename: 'forky' },
  { version: '15', codename: 'duke' },
];

// prettier-ignore
const ubuntu: readonly DistributionRelease[] = [
  { version: '4.10', codename: 'warty', released: '2004-10-20', ends: '2006-04-30' },
  { version: '5.04', codename: 'hoary', released: '2005-04-08', ends: '2006-10-31' },
  { version: '5.10', codename: 'breezy', released: '2005-10-12', ends: '2007-04-13' },
  { version: '6.06', codename: 'dapper', released: '2006-06-01', ends: '2011-06-01', lts: true },
  { version: '6.10', codename: 'edgy', released: '2006-10-26', ends: '2008-04-25' },
  { version: '7.04', codename: 'feisty', released: '2007-04-19', ends: '2008-10-19' },
  { version: '7.10', codename: 'gutsy', released: '2007-10-18', ends: '2009-04-18' },
  { version: '8.04', codename: 'hardy', released: '2008-04-24', ends: '2013-05-09', lts: true },
  { version: '8.10', codename: 'intrepid', released: '2008-10-30', ends: '2010-04-30' },
  { version: '9.04', codename: 'jaunty', released: '2009-04-23', ends: '2010-10-23' },
  { version: '9.10', codename: 'karmic', released: '2009-10-29', ends: '2011-04-30' },
  { version: '10.04', codename: 'lucid', released: '2010-04-29', ends: '2015-04-30', lts: true },
  { version: '10.10', codename: 'maverick', released: '2010-10-10', ends: '2012-04-10' },
  { version: '11.04', codename: 'natty', released: '2011-04-28', ends: '2012-10-28' },
  { version: '11.10', codename: 'oneiric', released: '2011-10-13', ends: '2013-05-09' },
  { version: '12.04', codename: 'precise', released: '2012-04-26', ends: '2017-04-28', extendedUntil: '2019-04-26', lts: true },
  { version: '12.10', codename: 'quantal', released: '2012-10-18', ends: '2014-05-16' },
  { version: '13.04', codename: 'raring', released: '2013-04-25', ends: '2014-01-27' },
  { version: '13.10', codename: 'saucy', released: '2013-10-17', ends: '2014-07-17' },
  { version: '14.04', codename: 'trusty', released: '2014-04-17', ends: '2019-04-25', extendedUntil: '2024-04-25', lts: true },
  { version: '14.10', codename: 'utopic', released: '2014-10-23', ends: '2015-07-23' },
  { version: '15.04', codename: 'vivid', released: '2015-04-23', ends: '2016-02-04' },
  { version: '15.10', codename: 'wily', released: '2015-10-22', ends: '2016-07-28' },
  { version: '16.04', codename: 'xenial', released: '2016-04-21', ends: '2021-04-30', extendedUntil: '2026-04-23', lts: true },
  { version: '16.10', codename: 'yakkety', released: '2016-10-13', ends: '2017-07-20' },
  { version: '17.04', codename: 'zesty', released: '2017-04-13', ends: '2018-01-13' },
  { version: '17.10', codename: 'artful', released: '2017-10-19', ends: '2018-07-19' },
  { version: '18.04', codename: 'bionic', released: '2018-04-26', ends: '2023-05-31', extendedUntil: '2028-04-26', lts: true },
  { version: '18.10', codename: 'cosmic', released: '2018-10-18', ends: '2019-07-18' },
  { version: '19.04', codename: 'disco', released: '2019-04-18', ends: '2020-01-23' },
  { version: '19.10', codename: 'eoan', released: '2019-10-17', ends: '2020-07-17' },
  { version: '20.04', codename: 'focal', released: '2020-04-23', ends: '2025-05-29', extendedUntil: '2030-04-23', lts: true },
  { version: '20.10', codename: 'groovy', released: '2020-10-22', ends: '2021-07-22' },
  { version: '21.04', codename: 'hirsute', released: '2021-04-22', ends: '2022-01-20' },
  { version: '21.10', codename: 'impish', released: '2021-10-14', ends: '2022-07-14' },
  { version: '22.04', codename: 'jammy', released: '2022-04-21', ends: '2027-06-01', extendedUntil: '2032-04-21', lts: true },
  { version: '22.10', codename: 'kinetic', released: '2022-10-20', ends: '2023-07-20' },
  { version: '23.04', codename: 'lunar', released: '2023-04-20', ends: '2024-01-25' },
  { version: '23.10', codename: 'mantic', released: '2023-10-12', ends: '2024-07-11' },
  { version: '24.04', codename: 'noble', released: '2024-04-25', ends: '2029-05-31', extendedUntil: '2034-04-25', lts: true },
  { version: '24.10', codename: 'oracular', released: '2024-10-10', ends: '2025-07-10' },
  { version: '25.04', codename: 'plucky', released: '2025-04-17', ends: '2026-01-15' },
  { version: '25.10', codename: 'questing', released: '2025-10-09', ends: '2026-07-09' },
  { version: '26.04', codename: 'resolute', released: '2026-04-23', ends: '2031-05-29', extendedUntil: '2036-04-23', lts: true },
  { version: '26.10', codename: 'stonking', released: '2026-10-15', ends: '2027-07-15' },
];

/** `end of support` of each branch; Alpine names none for `edge`. */
// prettier-ignore
const alpine: readonly (readonly [version: string, ends: string])[] = [
  ['3.0', '2016-05-01'], ['3.1', '2016-11-01'], ['3.2', '2017-05-01'], ['3.3', '2017-11-01'],
  ['3.4', '2018-05-01'], ['3.5', '2018-11-01'], ['3.6', '2019-05-01'], ['3.7', '2019-11-01'],
  ['3.8', '2020-05-01'], ['3.9', '2020-11-01'], ['3.10', '2021-05-01'], ['3.11', '2021-11-01'],
  ['3.12', '2022-05-01'], ['3.13', '2022-11-01'], ['3.14', '2023-05-01'], ['3.15', '2023-11-01'],
  ['3.16', '2024-05-23'], ['3.17', '2024-11-22'], ['3.18', '2025-05-09'], ['3.19', '2025-11-01'],
  ['3.20', '2026-04-01'], ['3.21', '2026-11-01'], ['3.22', '2027-05-01'], ['3.23', '2027-11-01'],
];

// prettier-ignore
const fedora: readonly (readonly [version: string, ends: string])[] = [
  ['30', '2020-05-26'], ['31', '2020-11-24'], ['32', '2021-05-25'], ['33', '2021-11-30'],
  ['34', '2022-06-07'], ['35', '2022-12-13'], ['36', '2023-05-16'], ['37', '2023-12-05'],
  ['38', '2024-05-21'], ['39', '2024-11-26'], ['40', '2025-05-13'], ['41', '2025-12-15'],
  ['42', '2026-05-13'],
];

function rows(table: readonly (readonly [version: string, ends: string])[]): DistributionRelease[] {
  return table.map(([version, ends]) => ({ version, ends }));
}

export const distributionReleases: readonly DistributionReleases[] = [
  {
    id: 'debian',
    source: 'Debian distro-info-data, debian.csv',
    extension: 'community',
    releases: debian,
  },
  {
    id: 'ubuntu',
    source: 'Debian distro-info-data, ubuntu.csv',
    extension: 'paid',
    releases: ubuntu,
  },
  { id: 'alpine', source: 'https://alpinelinux.org/releases/', releases: rows(alpine) },
  {
    id: 'rhel',
    source: 'https://access.redhat.com/support/policy/updates/errata',
    extension: 'paid',
    releases: [
      { version: '5', ends: '2017-03-31', extendedUntil: '2020-11-30' },
      { version: '6', ends: '2020-11-30', extendedUntil: '2024-06-30' },
      { version: '7', ends: '2024-06-30', extendedUntil: '2028-06-30' },
      { version: '8', ends: '2029-05-31', extendedUntil: '2032-05-31' },
      { version: '9', ends: '2032-05-31', extendedUntil: '2035-05-31' },
      { version: '10', ends: '2035-05-31', extendedUntil: '2038-05-31' },
    ],
  },
  {
    id: 'almalinux',
    source: 'https://wiki.almalinux.org/release-notes/',
    releases: [
      { version: '8', ends: '2029-03-01' },
      { version: '9', ends: '2032-05-31' },
      { version: '10', ends: '2035-05-31' },
    ],
  },
  {
    id: 'rocky',
    source: 'https://wiki.rockylinux.org/rocky/version/',
    releases: [
      { version: '8', ends: '2029-05-31' },
      { version: '9', ends: '2032-05-31' },
      { version: '10', ends: '2035-05-31' },
    ],
  },
  {
    id: 'centos',
    source: 'https://wiki.centos.org/About/Product',
    releases: [
      { version: '5', ends: '2017-03-31' },
      { version: '6', ends: '2020-11-30' },
      { version: '7', ends: '2024-06-30' },
      { version: '8', ends: '2021-12-31' },
    ],
  },
  {
    // Not an ID of its own: os-release says `centos` and has "Stream" in its name.
    id: 'centos-stream',
    source: 'https://www.centos.org/cl-vs-cs/#end-of-life',
    releases: [
      { version: '8', ends: '2024-05-31' },
      { version: '9', ends: '2027-05-31' },
      { version: '10', ends: '2030-01-01' },
    ],
  },
  {
    id: 'fedora',
    source: 'https://docs.fedoraproject.org/en-US/releases/eol/',
    releases: rows(fedora),
  },
  {
    id: 'opensuse-leap',
    source: 'https://en.opensuse.org/Lifetime',
    releases: [
      { version: '15.0', ends: '2019-12-03' },
      { version: '15.1', ends: '2021-02-02' },
      { version: '15.2', ends: '2022-01-04' },
      { version: '15.3', ends: '2022-12-31' },
      { version: '15.4', ends: '2023-12-07' },
      { version: '15.5', ends: '2024-12-31' },
      { version: '15.6', ends: '2026-04-30' },
      { version: '16.0', ends: '2027-10-31' },
    ],
  },
  {
    id: 'sles',
    source: 'https://www.suse.com/lifecycle',
    extension: 'paid',
    releases: [
      { version: '12.4', ends: '2020-06-30', extendedUntil: '2023-06-30' },
      { version: '12.5', ends: '2024-10-31', extendedUntil: '2027-10-31' },
      { version: '15.1', ends: '2021-01-31', extendedUntil: '2024-01-31' },
      { version: '15.2', ends: '2021-12-31', extendedUntil: '2024-12-31' },
      { version: '15.3', ends: '2022-12-31', extendedUntil: '2025-12-31' },
      { version: '15.4', ends: '2023-12-31', extendedUntil: '2026-12-31' },
      { version: '15.5', ends: '2024-12-31', extendedUntil: '2027-12-31' },
    ],
  },
  {
    id: 'azurelinux',
    source: 'https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle',
    releases: [{ version: '3.0', ends: '2027-08-31' }],
  },
  {
    id: 'mariner',
    source: 'https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle',
    releases: [
      { version: '1.0', ends: '2023-08-31' },
      { version: '2.0', ends: '2025-07-31' },
    ],
  },
];

/** Distributions without releases: what they ship today is what they support. */
export const rollingDistributions: readonly string[] = [
  'arch',
  'chainguard',
  'gentoo',
  'kali',
  'minimos',
  'opensuse-tumbleweed',
  'wolfi',
];
