// SPDX-License-Identifier: Apache-2.0
// Other generators' documents, in the shapes that they write: what decides whether advisories match
// must survive. Syft: https://github.com/anchore/syft, Trivy: https://github.com/aquasecurity/trivy
// (their integration fixtures show these fields).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IssueList } from '../../model/issue.ts';
import type { Package } from '../../model/package.ts';
import { decodeSbom } from './decode-sbom.ts';
import type { DecodedSbom, SbomContext, ToldRelease } from './sbom.ts';

/** OSV's spelling for the releases in these tests. */
function ecosystemOf({ id, version, codename }: ToldRelease): string | undefined {
  const [major, minor] = version?.split('.') ?? [];
  if (id === 'debian')
    return major ? `Debian:${major}` : codename === 'bookworm' ? 'Debian:12' : undefined;
  if (id === 'alpine') return `Alpine:v${major}.${minor}`;
  if (id === 'almalinux') return `AlmaLinux:${major}`;
  if (id === 'centos' || id === 'rhel') return `Red Hat:${major}`;
  return id === 'wolfi' ? 'Wolfi' : undefined;
}

function decode(document: unknown): DecodedSbom & { readonly issues: readonly string[] } {
  const issues = new IssueList();
  const context: SbomContext = {
    describe(release) {
      const ecosystem = ecosystemOf(release);
      const lifecycle = { kind: 'unknown', reason: 'a test' } as const;
      return { lifecycle, ...(ecosystem === undefined ? {} : { ecosystem }) };
    },
    issues,
  };
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const decoded = decodeSbom(Buffer.from(text), context);
  return { ...decoded, issues: issues.toArray().map(({ code }) => code) };
}

function cyclonedx(components: readonly object[], more: object = {}): object {
  return { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components, ...more };
}

function library(purl: string, more: object = {}): object {
  return { type: 'library', name: 'x', version: '0', purl, ...more };
}

const purlCases: readonly (readonly [purl: string, want: Partial<Package>])[] = [
  [
    'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl',
    {
      name: 'libssl3',
      version: '3.0.11-1~deb12u1',
      ecosystem: 'Debian:12',
      architecture: 'amd64',
      source: { name: 'openssl', version: '3.0.11-1~deb12u1' },
    },
  ],
  [
    'pkg:deb/debian/bash@5.2.15-2%2Bb2?distro=debian-12.5&upstream=bash%405.2.15-2',
    {
      version: '5.2.15-2+b2',
      ecosystem: 'Debian:12',
      source: { name: 'bash', version: '5.2.15-2' },
    },
  ],
  [
    'pkg:deb/debian/dpkg@1:1.20.12?distro=bookworm',
    { version: '1:1.20.12', ecosystem: 'Debian:12' },
  ],
  ['pkg:deb/debian/libxcb1@1.15-1?epoch=1&distro=debian-12', { version: '1:1.15-1' }],
  [
    'pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&upstream=openssl&distro=alpine-3.19.1',
    { ecosystem: 'Alpine:v3.19', source: { name: 'openssl', version: '3.1.4-r5' } },
  ],
  ['pkg:apk/alpine/musl@1.2.4-r2?distro=3.19.1', { ecosystem: 'Alpine:v3.19' }],
  ['pkg:apk/wolfi/glibc@2.39-r1?distro=wolfi', { ecosystem: 'Wolfi' }],
  [
    'pkg:rpm/almalinux/openssl-libs@1.1.1k-9.el8?arch=x86_64&epoch=1&upstream=openssl-1.1.1k-9.el8.src.rpm&distro=almalinux-8.9',
    {
      version: '1:1.1.1k-9.el8',
      ecosystem: 'AlmaLinux:8',
      source: { name: 'openssl', version: '1.1.1k-9.el8' },
    },
  ],
  [
    'pkg:rpm/alma/bash@4.4.20-4.el8?distro=alma-8.9&modularitylabel=x:1:2:3',
    { ecosystem: 'AlmaLinux:8', module: 'x:1' },
  ],
  [
    'pkg:rpm/redhat/nodejs@18.1-1?distro=rhel-9.2&rpmmod=nodejs:18',
    { ecosystem: 'Red Hat:9', module: 'nodejs:18' },
  ],
  ['pkg:npm/%40angular/core@17.0.1', { name: '@angular/core', ecosystem: 'npm' }],
  [
    'pkg:golang/golang.org/x/net@v0.7.0',
    { name: 'golang.org/x/net', version: 'v0.7.0', ecosystem: 'Go' },
  ],
  [
    'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    { name: 'org.apache.logging.log4j:log4j-core', ecosystem: 'Maven' },
  ],
  ['pkg:pypi/requests@2.30.0', { name: 'requests', ecosystem: 'PyPI' }],
  ['pkg:cargo/time@0.1.43', { ecosystem: 'crates.io' }],
  ['pkg:gem/rack@2.2.3', { ecosystem: 'RubyGems' }],
];

for (const [purl, want] of purlCases)
  test(`sbom: ${purl}`, () => {
    const { packages, gaps, issues } = decode(cyclonedx([library(purl)]));
    assert.deepEqual([gaps, issues], [[], []]);
    assert.equal(packages.length, 1);
    assert.equal(packages[0]!.purl, purl);
    for (const [field, value] of Object.entries(want))
      assert.deepEqual(packages[0]![field as keyof Package], value, field);
    if (!('source' in want)) assert.equal(packages[0]!.source, undefined);
  });

const trivy = cyclonedx(
  [
    {
      type: 'library',
      name: 'openssl-libs',
      version: '1.0.2k-16.el7',
      licenses: [{ license: { name: 'OpenSSL+' } }],
      purl: 'pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?arch=x86_64&epoch=1&distro=centos-7.6.1810',
      properties: [
        { name: 'aquasecurity:trivy:SrcName', value: 'openssl' },
        { name: 'aquasecurity:trivy:SrcVersion', value: '1.0.2k' },
        { name: 'aquasecurity:trivy:SrcRelease', value: '16.el7' },
        { name: 'aquasecurity:trivy:SrcEpoch', value: '1' },
        { name: 'aquasecurity:trivy:LayerDiffID', value: `sha256:${'8'.repeat(64)}` },
      ],
    },
    { type: 'operating-system', name: 'centos', version: '7.6.1810' },
    { type: 'application', name: 'app/package-lock.json' },
  ],
  {
    metadata: {
      tools: [{ vendor: 'aquasecurity', name: 'trivy', version: '0.50.0' }],
      component: {
        type: 'container',
        name: 'centos-7.tar.gz',
        properties: [
          { name: 'aquasecurity:trivy:ImageID', value: `sha256:${'f'.repeat(64)}` },
          { name: 'aquasecurity:trivy:DiffID', value: `sha256:${'8'.repeat(64)}` },
          { name: 'aquasecurity:trivy:RepoTag', value: 'registry.example/centos:7' },
        ],
      },
    },
  },
);

test('sbom: Trivy keeps source and layer in properties', () => {
  const { packages, image, distribution, generator, gaps } = decode(trivy);
  assert.deepEqual(packages, [
    {
      name: 'openssl-libs',
      version: '1:1.0.2k-16.el7',
      ecosystem: 'Red Hat:7',
      purl: 'pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?arch=x86_64&epoch=1&distro=centos-7.6.1810',
      architecture: 'x86_64',
      source: { name: 'openssl', version: '1:1.0.2k-16.el7' },
      license: 'OpenSSL+',
      locations: [],
      layer: 0,
      foundBy: 'sbom',
    },
  ]);
  assert.equal(image.identity.config, `sha256:${'f'.repeat(64)}`);
  assert.deepEqual(image.identity.names, ['registry.example/centos:7']);
  assert.equal(distribution!.ecosystem, 'Red Hat:7');
  assert.equal(generator, 'trivy 0.50.0');
  assert.deepEqual(gaps, []);
});

test('sbom: Syft keeps places in properties and the digest as the version', () => {
  const digest = `sha256:${'2'.repeat(64)}`;
  const { packages, image, generator, distribution } = decode(
    cyclonedx(
      [
        library('pkg:golang/github.com/azure/go-autorest@v14.2.0', {
          name: 'github.com/Azure/go-autorest',
          properties: [{ name: 'syft:location:0:path', value: '/app/server' }],
        }),
        { type: 'file', name: '/etc/motd' },
        { type: 'operating-system', name: 'debian', version: '12', description: 'Debian 12' },
      ],
      {
        metadata: {
          tools: { components: [{ type: 'application', name: 'syft', version: '1.5.0' }] },
          component: { type: 'container', name: 'web', version: digest },
        },
      },
    ),
  );
  assert.equal(packages[0]!.name, 'github.com/Azure/go-autorest');
  assert.deepEqual(packages[0]!.locations, [{ path: '/app/server' }]);
  assert.equal(image.digest, digest);
  assert.equal(generator, 'syft 1.5.0');
  assert.equal(distribution!.name, 'Debian 12');
});

test('sbom: the distribution of the document serves packages that tell none', () => {
  const os = { type: 'operating-system', name: 'debian', version: '12' };
  const { packages, gaps } = decode(cyclonedx([os, library('pkg:deb/debian/bash@5')]));
  assert.deepEqual([packages[0]!.ecosystem, gaps], ['Debian:12', []]);
});

test('sbom: not another distribution, and never none silently', () => {
  const os = { type: 'operating-system', name: 'debian', version: '12' };
  for (const components of [
    [os, library('pkg:apk/alpine/musl@1')],
    [library('pkg:deb/debian/bash@5'), library('pkg:npm/x@1')],
    [library('pkg:rpm/bash@5')],
  ]) {
    const { gaps } = decode(cyclonedx(components));
    assert.deepEqual(
      gaps.map(({ code, blocking }) => [code, blocking]),
      [['unknown-distribution', true]],
    );
  }
});

test('sbom: components without a package URL are a gap, a blocking one when nothing is left', () => {
  const bare = { type: 'library', name: 'zlib', version: '1.2' };
  const gapsOf = (components: readonly object[]): readonly (readonly [string, boolean])[] =>
    decode(cyclonedx(components)).gaps.map(({ code, blocking }) => [code, blocking]);
  assert.deepEqual(gapsOf([bare, library('pkg:npm/x@1')]), [['component-without-purl', false]]);
  assert.deepEqual(gapsOf([bare]), [
    ['component-without-purl', true],
    ['no-packages', true],
  ]);
});

test('sbom: a damaged package URL is an issue beside the others', () => {
  const { packages, issues } = decode(cyclonedx([library('pkg:'), library('pkg:npm/x@1')]));
  assert.deepEqual([packages.length, issues], [1, ['invalid-purl']]);
});

test('sbom: components within components are read, to a limit', () => {
  let nested: object = library('pkg:npm/deepest@1');
  for (let depth = 0; depth < 30; depth++)
    nested = library(`pkg:npm/n${depth}@1`, { components: [nested] });
  assert.equal(decode(cyclonedx([nested])).packages.length, 31);
  for (let depth = 30; depth < 100; depth++)
    nested = library(`pkg:npm/n${depth}@1`, { components: [nested] });
  assert.deepEqual(decode(cyclonedx([nested])).issues, ['nested-too-deep']);
});

test('sbom: the same package twice is one with both places', () => {
  const at = (location: string): object =>
    library('pkg:npm/x@1', { evidence: { occurrences: [{ location }] } });
  const { packages } = decode(cyclonedx([at('/a'), at('/b')]));
  assert.deepEqual(
    packages.map(({ locations }) => locations.map(({ path }) => path)),
    [['/a', '/b']],
  );
});

const spdx = {
  spdxVersion: 'SPDX-2.2',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'centos-7.tar.gz',
  creationInfo: { creators: ['Organization: aquasecurity', 'Tool: trivy-0.50.0'] },
  packages: [
    {
      SPDXID: 'SPDXRef-ContainerImage-1',
      name: 'centos-7.tar.gz',
      attributionTexts: [`DiffID: sha256:${'8'.repeat(64)}`],
    },
    { SPDXID: 'SPDXRef-OperatingSystem-1', name: 'centos', versionInfo: '7.6.1810' },
    {
      SPDXID: 'SPDXRef-Package-1',
      name: 'bash',
      versionInfo: '4.2.46',
      licenseDeclared: 'GPLv3+',
      supplier: 'Organization: CentOS',
      sourceInfo: 'built package from: bash-src 4.2.46-31.el7',
      attributionTexts: [`LayerDiffID: sha256:${'8'.repeat(64)}`],
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:rpm/centos/bash@4.2.46-31.el7?arch=x86_64&distro=centos-7.6.1810',
        },
      ],
    },
  ],
};

const tagValue = `# a comment
SPDXVersion: SPDX-2.2
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: centos-7.tar.gz
Creator: Organization: aquasecurity
Creator: Tool: trivy-0.50.0

##### Package: image
PackageName: centos-7.tar.gz
SPDXID: SPDXRef-ContainerImage-1
PackageAttributionText: DiffID: sha256:${'8'.repeat(64)}

PackageName: centos
SPDXID: SPDXRef-OperatingSystem-1
PackageVersion: 7.6.1810

PackageName: bash
SPDXID: SPDXRef-Package-1
PackageVersion: 4.2.46
PackageSupplier: Organization: CentOS
PackageSourceInfo: built package from: bash-src 4.2.46-31.el7
PackageLicenseDeclared: GPLv3+
PackageComment: <text>several
PackageName: not-a-package
lines</text>
ExternalRef: PACKAGE-MANAGER purl pkg:rpm/centos/bash@4.2.46-31.el7?arch=x86_64&distro=centos-7.6.1810
PackageAttributionText: LayerDiffID: sha256:${'8'.repeat(64)}

FileName: ./x
SPDXID: SPDXRef-File-1
`;

for (const [form, document] of [
  ['JSON', spdx],
  ['tag-value', tagValue],
] as const)
  test(`sbom: SPDX 2.2 in ${form}`, () => {
    const decoded = decode(document);
    assert.deepEqual(decoded.packages, [
      {
        name: 'bash',
        version: '4.2.46-31.el7',
        ecosystem: 'Red Hat:7',
        purl: 'pkg:rpm/centos/bash@4.2.46-31.el7?arch=x86_64&distro=centos-7.6.1810',
        architecture: 'x86_64',
        source: { name: 'bash-src', version: '4.2.46-31.el7' },
        license: 'GPLv3+',
        vendor: 'CentOS',
        locations: [],
        layer: 0,
        foundBy: 'sbom',
      },
    ]);
    assert.equal(decoded.distribution!.ecosystem, 'Red Hat:7');
    assert.deepEqual([decoded.gaps, decoded.issues], [[], []]);
    assert.equal(decoded.generator, 'trivy-0.50.0');
    assert.equal(decoded.format, 'SPDX 2.2');
  });

test('sbom: SPDX 3.0 in JSON-LD', () => {
  const { packages, format } = decode({
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      { type: 'SpdxDocument' },
      {
        type: 'software_Package',
        name: 'rack',
        software_packageVersion: '2.2.3',
        software_packageUrl: 'pkg:gem/rack@2.2.3',
      },
      {
        type: 'software_Package',
        name: 'x',
        externalIdentifier: [{ externalIdentifierType: 'packageUrl', identifier: 'pkg:npm/x@1' }],
      },
    ],
  });
  assert.equal(format, 'SPDX 3.0');
  assert.deepEqual(
    packages.map(({ ecosystem, name, version }) => [ecosystem, name, version]),
    [
      ['RubyGems', 'rack', '2.2.3'],
      ['npm', 'x', '1'],
    ],
  );
});

test('sbom: an attestation around a document', () => {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://cyclonedx.org/bom',
  };
  assert.equal(decode({ ...statement, predicate: trivy }).packages.length, 1);
  assert.equal(
    decode({ ...statement, predicate: { Data: JSON.stringify(spdx) } }).packages.length,
    1,
  );
});

test('sbom: UTF-16 as PowerShell writes it, and a mark before UTF-8', () => {
  const context = {
    describe: () => ({ lifecycle: { kind: 'unknown', reason: '' } as const }),
    issues: new IssueList(),
  };
  const text = JSON.stringify(cyclonedx([library('pkg:npm/x@1')]));
  for (const bytes of [Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(`\ufeff${text}`)])
    assert.equal(decodeSbom(bytes, context).packages.length, 1);
});

const refused: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
  ['nothing', '', 'invalid', /neither JSON nor SPDX/],
  ['binary', '\u0000\u0001', 'invalid', /neither JSON nor SPDX/],
  ['cut JSON', '{"bomFormat":"CycloneDX"', 'invalid', /JSON is damaged/],
  ['another JSON', '{"artifacts":[]}', 'invalid', /neither CycloneDX nor SPDX/],
  ['CycloneDX 1.1', '{"bomFormat":"CycloneDX","specVersion":"1.1"}', 'unsupported', /"1\.1"/],
  ['SPDX 2.1', '{"spdxVersion":"SPDX-2.1"}', 'unsupported', /"SPDX-2\.1"/],
  [
    'XML',
    '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>',
    'unsupported',
    /CycloneDX in XML/,
  ],
];

for (const [name, text, code, message] of refused)
  test(`sbom: refuses ${name} with a reason`, () => {
    assert.throws(
      () => decode(text),
      (error: Error) => {
        assert.equal((error as Error & { code: string }).code, code);
        assert.match(error.message, message);
        return true;
      },
    );
  });

test('sbom: fields of any type neither crash nor make packages up', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const component = fc.dictionary(
    fc.constantFrom(
      'type',
      'name',
      'version',
      'purl',
      'licenses',
      'properties',
      'evidence',
      'components',
      'group',
      'supplier',
    ),
    json,
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(component, json)), json, (components, metadata) => {
      const { packages } = decode({ ...cyclonedx([]), components, metadata });
      for (const { purl } of packages) assert.match(purl, /^pkg:/);
      decode({ ...spdx, packages: components, creationInfo: metadata });
    }),
  );
});

test('sbom: hostile text in tag-value form is read without harm', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      decode(`SPDXVersion: SPDX-2.3\nPackageName: x\n${text}`);
    }),
  );
});
