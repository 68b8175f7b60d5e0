// SPDX-License-Identifier: Apache-2.0
// Assessments made for tests: a small but complete image, its parts to be replaced one by one, and
// generators of hostile ones for property tests.
import fc from 'fast-check';
import type { Assessment } from '../src/model/assessment.ts';
import type { Digest } from '../src/model/digest.ts';
import type { Finding } from '../src/model/finding.ts';
import type { ImageSummary } from '../src/model/image.ts';
import type { Inventory } from '../src/model/inventory.ts';
import type { Package } from '../src/model/package.ts';
import { decodePath, encodePath } from '../src/model/path-bytes.ts';
import { severities } from '../src/model/severity.ts';
import type { ReportOptions } from '../src/reports/report.ts';

export function digestOf(hexDigit: string): Digest {
  return `sha256:${hexDigit.repeat(64)}`;
}

export const madeImage: ImageSummary = {
  digest: digestOf('a'),
  identity: {
    manifest: digestOf('a'),
    config: digestOf('b'),
    diffIds: [digestOf('0'), digestOf('1'), digestOf('2')],
    names: ['registry.example/shop/web:1.4'],
  },
  platform: { os: 'linux', architecture: 'amd64' },
  layers: [
    {
      index: 0,
      digest: digestOf('c'),
      diffId: digestOf('0'),
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      sizeBytes: 29_126_471,
      createdBy: "/bin/sh -c #(nop) ADD file:5d6a in / ; CMD ['bash']",
    },
    {
      index: 1,
      digest: digestOf('d'),
      diffId: digestOf('1'),
      createdBy:
        'RUN /bin/sh -c apt-get update && apt-get install -y openssl python3-pip # buildkit',
      dockerfileLine: 3,
    },
    {
      index: 2,
      digest: digestOf('e'),
      diffId: digestOf('2'),
      createdBy: 'COPY app /app # buildkit',
    },
  ],
  created: '2026-11-01T10:00:00Z',
};

/** A Debian package in layer 1 unless said otherwise. */
export function madePackage(overrides: Partial<Package> = {}): Package {
  const name = overrides.name ?? 'libssl3';
  const version = overrides.version ?? '3.0.11-1~deb12u1';
  return {
    name,
    version,
    ecosystem: 'Debian:12',
    purl: `pkg:deb/debian/${name}@${version}?arch=amd64&distro=debian-12`,
    architecture: 'amd64',
    license: 'Apache-2.0',
    locations: [{ path: '/var/lib/dpkg/status', layer: 1, layerDigest: digestOf('1') }],
    layer: 1,
    foundBy: 'dpkg',
    ...overrides,
  };
}

/** A fixable critical finding in `libssl3` unless said otherwise. */
export function madeFinding(overrides: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2024-5535',
    aliases: ['DSA-5764-1'],
    related: [],
    package: 'libssl3',
    version: '3.0.11-1~deb12u1',
    ecosystem: 'Debian:12',
    purl: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12',
    fixedVersion: '3.0.15-1~deb12u1',
    severity: 'critical',
    score: 9.1,
    vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:H',
    severitySource: 'osv',
    status: 'fixable',
    summary: 'SSL_select_next_proto reads beyond its buffer when a client offers no protocols',
    references: ['https://security-tracker.debian.org/tracker/CVE-2024-5535'],
    layer: 1,
    layerDigest: digestOf('1'),
    locations: [{ path: '/var/lib/dpkg/status', layer: 1, layerDigest: digestOf('1') }],
    evidence: [
      {
        advisory: 'DEBIAN-CVE-2024-5535',
        feed: 'osv',
        ecosystem: 'Debian:12',
        name: 'openssl',
        version: '3.0.11-1~deb12u1',
        matched: {
          kind: 'range',
          events: [{ introduced: '0' }, { fixed: '3.0.15-1~deb12u1' }],
        },
      },
    ],
    ...overrides,
  };
}

const openssl = { name: 'openssl', version: '3.0.11-1~deb12u1' };
const requestsPurl = 'pkg:pypi/requests@2.30.0';
const requestsFolder = '/app/lib/python3.11/site-packages/requests-2.30.0.dist-info/METADATA';
const log4jPurl = 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1';

export const madeInventory: Inventory = {
  source: 'registry.example/shop/web:1.4',
  image: madeImage,
  distribution: {
    id: 'debian',
    idLike: [],
    version: '12',
    codename: 'bookworm',
    name: 'Debian GNU/Linux 12 (bookworm)',
    ecosystem: 'Debian:12',
    path: '/etc/os-release',
    lifecycle: {
      kind: 'ended',
      on: '2026-06-10',
      extendedUntil: '2028-06-30',
      source: 'https://www.debian.org/releases/',
    },
  },
  packages: [
    madePackage({ source: openssl }),
    madePackage({ name: 'openssl' }),
    madePackage({ name: 'bash', version: '5.2.15-2+b2', layer: 0, license: 'GPL-3.0-or-later' }),
    {
      name: 'requests',
      version: '2.30.0',
      ecosystem: 'PyPI',
      purl: requestsPurl,
      license: 'Apache 2.0',
      vendor: 'Kenneth Reitz',
      locations: [{ path: requestsFolder, layer: 2, layerDigest: digestOf('2') }],
      layer: 2,
      foundBy: 'python',
      detail: { installer: 'pip' },
    },
  ],
  hiddenPackages: [
    {
      name: 'org.apache.logging.log4j:log4j-core',
      version: '2.14.1',
      ecosystem: 'Maven',
      purl: log4jPurl,
      locations: [
        { path: '/tmp/build/app.jar!/log4j-core-2.14.1.jar', layer: 1, layerDigest: digestOf('1') },
      ],
      layer: 1,
      foundBy: 'java',
      hidden: true,
    },
  ],
  ownership: {
    files: 9120,
    ownedByPackages: 9084,
    unowned: 36,
    unownedExecutables: [
      {
        path: '/app/server',
        kind: 'elf',
        sizeBytes: 8_412_160,
        layer: 2,
        layerDigest: digestOf('2'),
      },
      { path: '/usr/local/bin/helper', kind: 'elf', sizeBytes: 31_000, layer: 2, setuid: true },
      { path: '/app/start.sh', kind: 'script', sizeBytes: 214, layer: 2 },
    ],
    unownedExecutablesTotal: 3,
    languagePackagesOwnedByOs: 2,
    skippedMounts: [],
  },
  gaps: [],
  issues: [
    {
      code: 'truncated-archive',
      message: 'Cannot read "/app/broken.jar": the directory at its end is missing',
      fatal: false,
      where: '/app/broken.jar',
    },
  ],
};

/** Plain, for a pipe, without a bar. */
export const madeReportOptions: ReportOptions = {
  color: false,
  width: 80,
  verbose: false,
  showHidden: false,
  now: new Date('2026-11-25T12:00:00Z'),
  toolVersion: '0.1.0',
};

export const madeAssessment: Assessment = {
  inventory: madeInventory,
  findings: [
    madeFinding({
      kev: { added: '2024-07-01', due: '2024-07-22', ransomware: true },
      epss: { probability: 0.943, percentile: 0.998, date: '2026-11-20' },
    }),
    madeFinding({
      package: 'openssl',
      purl: 'pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12',
    }),
    withoutFix({
      id: 'CVE-2025-27587',
      aliases: [],
      severity: 'negligible',
      status: 'unimportant',
      note: 'timing side channel on one processor only',
      summary: 'Minerva timing side channel in P-384 on PowerPC',
    }),
    withoutFix({
      id: 'CVE-2022-3715',
      package: 'bash',
      version: '5.2.15-2+b2',
      purl: 'pkg:deb/debian/bash@5.2.15-2+b2?arch=amd64&distro=debian-12',
      severity: 'unknown',
      status: 'affected',
      aliases: [],
      layer: 0,
      layerDigest: digestOf('0'),
    }),
    madeFinding({
      id: 'CVE-2023-32681',
      aliases: ['GHSA-j8r2-6x86-q33q', 'PYSEC-2023-74'],
      package: 'requests',
      version: '2.30.0',
      ecosystem: 'PyPI',
      purl: requestsPurl,
      fixedVersion: '2.31.0',
      severity: 'medium',
      score: 6.1,
      vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N',
      summary: 'Proxy-Authorization header leaks to the destination server of an HTTPS redirect',
      layer: 2,
      layerDigest: digestOf('2'),
      locations: [{ path: requestsFolder, layer: 2, layerDigest: digestOf('2') }],
      ignored: { reason: 'no proxy in use', until: '2027-01-31', source: '.plimsollignore.yaml' },
    }),
    madeFinding({
      id: 'CVE-2021-44228',
      aliases: ['GHSA-jfh8-c2jp-5v3q'],
      package: 'org.apache.logging.log4j:log4j-core',
      version: '2.14.1',
      ecosystem: 'Maven',
      purl: log4jPurl,
      fixedVersion: '2.15.0',
      summary: 'Log4Shell: JNDI features do not protect against attacker controlled LDAP endpoints',
      hidden: true,
      locations: [{ path: '/tmp/build/app.jar!/log4j-core-2.14.1.jar', layer: 1 }],
    }),
  ],
  coverage: {
    level: 'partial',
    gaps: [
      {
        code: 'stale-data',
        message: 'The advisories for PyPI are 40 days old',
        subject: 'PyPI',
        hint: 'run plimsoll db update',
        blocking: false,
      },
      {
        code: 'no-advisory-data',
        message: 'There is no advisory data for Maven: its packages are not judged',
        subject: 'Maven',
        hint: 'run plimsoll db update Maven',
        blocking: true,
      },
    ],
    data: [
      {
        ecosystem: 'Debian:12',
        packages: 3,
        feeds: [{ feed: 'osv', asOf: '2026-11-20T06:00:00Z', advisories: 41_233 }],
      },
      {
        ecosystem: 'PyPI',
        packages: 1,
        feeds: [{ feed: 'osv', fetched: '2026-10-16T12:00:00Z', advisories: 16_004 }],
      },
      { ecosystem: 'Maven', packages: 1, feeds: [] },
    ],
  },
};

function withoutFix(overrides: Partial<Finding>): Finding {
  const { fixedVersion: _, score: _score, vector: _vector, ...rest } = madeFinding(overrides);
  return rest;
}

/** Nothing found, nothing known: a rootfs that nobody recognises. */
export const emptyAssessment: Assessment = {
  inventory: {
    source: 'rootfs:unknown.tar',
    image: { identity: { diffIds: [], names: [] }, layers: [] },
    packages: [],
    hiddenPackages: [],
    gaps: [],
    issues: [],
  },
  findings: [],
  coverage: {
    level: 'none',
    gaps: [
      {
        code: 'no-package-database',
        message: 'No package manager that Plimsoll knows has left a database in this image',
        blocking: true,
      },
    ],
    data: [],
  },
};

/** Texts that break writers: controls, quotes, overrides, lone surrogates, markup, very long. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '\x1b[2J\x1b[31m',
    '\u202egnp.exe',
    'a\udcff\ud800b',
    '</script><script>alert(1)</script>',
    '"\\\r\n\0',
    '%00%2e%2e/../..',
    '${jndi:ldap://x}',
    '__proto__',
    'x'.repeat(5000),
    '漢'.repeat(300),
    '\u0301'.repeat(300),
    '',
  ),
);
const hostileName = hostileText.map((text) => text || 'x');

export const hostilePackage: fc.Arbitrary<Package> = fc
  .record({ name: hostileName, version: hostileName, license: hostileText, path: hostileText })
  .map(({ name, version, license, path }) =>
    madePackage({
      name,
      version,
      license,
      vendor: license,
      source: { name: version, version: name },
      purl: `pkg:generic/${encodeURIComponent(name.toWellFormed())}@${encodeURIComponent(version.toWellFormed())}`,
      // Only what bytes can be: see model/path-bytes.ts.
      locations: [
        { path: decodePath(encodePath(`/${path}`)), layer: 1, layerDigest: digestOf('1') },
      ],
    }),
  );

const hostileFinding: fc.Arbitrary<Finding> = fc
  .record({ id: hostileName, text: hostileText, severity: fc.constantFrom(...severities) })
  .chain(({ id, text, severity }) =>
    hostilePackage.map((item) =>
      madeFinding({
        id,
        severity,
        aliases: [text],
        package: item.name,
        version: item.version,
        purl: item.purl,
        summary: text,
        note: text,
        fixedVersion: text || '1',
        references: [text],
        locations: item.locations,
      }),
    ),
  );

/** An assessment in which every foreign text is hostile. */
export const hostileAssessment: fc.Arbitrary<Assessment> = fc
  .record({
    packages: fc.array(hostilePackage, { maxLength: 5 }),
    findings: fc.array(hostileFinding, { maxLength: 5 }),
    text: hostileText,
  })
  .map(({ packages, findings, text }) => ({
    inventory: {
      ...madeInventory,
      source: text,
      image: {
        ...madeImage,
        identity: { ...madeImage.identity, names: [text] },
        layers: madeImage.layers.map((layer) => ({ ...layer, createdBy: text })),
      },
      distribution: { ...madeInventory.distribution!, name: text, version: text },
      packages,
      issues: [{ code: text, message: text, where: text, fatal: true }],
      ownership: {
        ...madeInventory.ownership!,
        unownedExecutables: [{ path: text, kind: 'elf', sizeBytes: 1, layer: 1 }],
      },
    },
    findings,
    coverage: {
      ...madeAssessment.coverage,
      gaps: [{ code: text, message: text, subject: text, hint: text, blocking: false }],
    },
  }));
