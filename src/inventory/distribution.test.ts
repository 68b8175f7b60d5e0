// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../../testing/data.ts';
import { distributionOf } from '../../testing/distribution-of.ts';
import type { Distribution } from '../model/distribution.ts';
import { endOfLifeGap } from './distribution-lifecycle.ts';
import { distributionReleases } from './distribution-releases.ts';
import { describeRelease } from './distribution.ts';

const now = new Date('2026-01-15T12:00:00Z');
const find = (files: Readonly<Record<string, string>>, when = now): Distribution | undefined =>
  distributionOf(files, when);

// os-release files as the distributions ship them, cut to what is read.
const spellings: readonly (readonly [text: string, ecosystem: string | undefined])[] = [
  ['ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'Debian:12'],
  ['ID=debian\nVERSION_CODENAME=trixie\nPRETTY_NAME="Debian GNU/Linux trixie/sid"', 'Debian:13'],
  ['ID=debian\nPRETTY_NAME="Distroless"\nVERSION_ID="13"', 'Debian:13'],
  ['ID=ubuntu\nVERSION_ID="22.04"', 'Ubuntu:22.04:LTS'],
  ['ID=ubuntu\nVERSION_ID="23.10"', 'Ubuntu:23.10'],
  ['ID=ubuntu\nVERSION_ID="28.04"', 'Ubuntu:28.04:LTS'],
  ['ID=ubuntu\nVERSION_ID="29.04"', 'Ubuntu:29.04'],
  ['ID=alpine\nVERSION_ID=3.19.4\nPRETTY_NAME="Alpine Linux v3.19"', 'Alpine:v3.19'],
  ['ID=alpine\nVERSION_ID=3.21.0_alpha20240923\nPRETTY_NAME="Alpine Linux edge"', 'Alpine:edge'],
  ['ID=alpine\nVERSION_ID=3.19.0_rc1\nPRETTY_NAME="Alpine Linux v3.19"', 'Alpine:v3.19'],
  ['ID="almalinux"\nVERSION_ID="8.10"', 'AlmaLinux:8'],
  ['ID="rocky"\nVERSION_ID="9.4"', 'Rocky Linux:9'],
  ['ID="rhel"\nVERSION_ID="8.10"', 'Red Hat:8'],
  [
    'ID="centos"\nNAME="CentOS Linux"\nPRETTY_NAME="CentOS Linux 7 (Core)"\nVERSION_ID="7"',
    'Red Hat:7',
  ],
  ['ID="centos"\nNAME="CentOS Stream"\nPRETTY_NAME="CentOS Stream 9"\nVERSION_ID="9"', undefined],
  ['ID="opensuse-leap"\nVERSION_ID="15.6"\nPRETTY_NAME="openSUSE Leap 15.6"', 'openSUSE:Leap 15.6'],
  ['ID="opensuse-tumbleweed"\nVERSION_ID="20240801"', 'openSUSE:Tumbleweed'],
  ['ID="sles"\nVERSION_ID="15.5"', 'SUSE:Linux Enterprise Server 15 SP5'],
  ['ID="sles"\nVERSION_ID="15"', 'SUSE:Linux Enterprise Server 15'],
  ['ID=wolfi\nVERSION_ID="20230201"', 'Wolfi'],
  ['ID=chainguard\nVERSION_ID="20230214"', 'Chainguard'],
  ['ID=photon\nVERSION_ID=3.0', 'Photon OS:3.0'],
  ['ID=azurelinux\nVERSION_ID="3.0"', 'Azure Linux:3'],
  ['ID=mariner\nVERSION_ID="2.0"', 'Azure Linux:2'],
  ['ID=mageia\nVERSION_ID=9', 'Mageia:9'],
  ['ID="openEuler"\nVERSION_ID="24.03"\nVERSION="24.03 (LTS-SP1)"', 'openEuler:24.03-LTS-SP1'],
  ['ID="openEuler"\nVERSION_ID="23.09"\nVERSION="23.09"', undefined],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21"', undefined],
  ['ID=fedora\nVERSION_ID=39', undefined],
  ['ID=ubuntu\nVERSION_ID="../x"', undefined],
  ['ID=constructor\nVERSION_ID=1', undefined],
];

for (const [text, ecosystem] of spellings) {
  test(`${JSON.stringify(text)} is ${ecosystem}`, () => {
    assert.equal(find({ '/etc/os-release': text })?.ecosystem, ecosystem);
  });
}

test('a link leads to the file that tells, and that file is named', () => {
  const found = find({
    '/etc/os-release': '-> ../usr/lib/os-release',
    '/usr/lib/os-release': '-> os.release.d/os-release-container',
    '/usr/lib/os.release.d/os-release-container':
      'ID=fedora\nVERSION_ID=39\nPRETTY_NAME="Fedora 39"',
  });
  assert.equal(found?.path, '/usr/lib/os.release.d/os-release-container');
  assert.equal(found?.name, 'Fedora 39');
});

test('/etc wins over /usr/lib, and a file without ID tells nothing', () => {
  const vendor = 'ID=alpine\nVERSION_ID=3.19.4';
  assert.equal(find({ '/etc/os-release': 'ID=wolfi', '/usr/lib/os-release': vendor })?.id, 'wolfi');
  assert.equal(find({ '/etc/os-release': 'NAME=x', '/usr/lib/os-release': vendor })?.id, 'alpine');
});

const fallbacks: readonly (readonly [
  Readonly<Record<string, string>>,
  string,
  string | undefined,
])[] = [
  [{ '/etc/alpine-release': '3.19.4\n' }, 'alpine', 'Alpine:v3.19'],
  [{ '/etc/alpine-release': '3.21.0_alpha20240923\n' }, 'alpine', 'Alpine:edge'],
  [{ '/etc/debian_version': '12.5\n' }, 'debian', 'Debian:12'],
  [{ '/etc/debian_version': 'trixie/sid\n' }, 'debian', 'Debian:13'],
  [{ '/etc/debian_version': 'nobody/sid\n' }, 'debian', 'Debian:sid'],
  [
    {
      '/etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\n',
      '/etc/debian_version': 'bookworm/sid\n',
    },
    'ubuntu',
    'Ubuntu:22.04:LTS',
  ],
  [
    {
      '/etc/centos-release': 'CentOS release 6.10 (Final)\n',
      '/etc/redhat-release': '-> centos-release',
    },
    'centos',
    'Red Hat:6',
  ],
  [
    { '/etc/redhat-release': 'Red Hat Enterprise Linux Server release 6.10 (Santiago)\n' },
    'rhel',
    'Red Hat:6',
  ],
  [{ '/etc/system-release': 'Amazon Linux AMI release 2018.03\n' }, 'amzn', undefined],
];

for (const [files, id, ecosystem] of fallbacks) {
  test(`without os-release: ${JSON.stringify(files)}`, () => {
    const found = find(files);
    assert.equal(found?.id, id);
    assert.equal(found?.ecosystem, ecosystem);
  });
}

test('files that tell nothing give no distribution', () => {
  assert.equal(find({}), undefined);
  assert.equal(
    find({
      '/etc/os-release': '',
      '/etc/debian_version': '',
      '/etc/redhat-release': '1 release 2',
    }),
    undefined,
  );
});

test('a lifecycle is supported, ended, extended, rolling or unknown', () => {
  const debian = { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"' };
  const at = (day: string): Distribution => find(debian, new Date(`${day}T23:00:00Z`))!;
  assert.equal(at('2026-07-11').lifecycle.kind, 'supported');
  const ended = at('2026-07-12');
  assert.deepEqual(ended.lifecycle, {
    kind: 'ended',
    on: '2026-07-11',
    extendedUntil: '2028-06-30',
    source: 'Debian distro-info-data, debian.csv',
  });
  assert.equal(endOfLifeGap(at('2026-07-11'), new Date('2026-07-11')), undefined);
  assert.equal(endOfLifeGap(ended, new Date('2026-07-12'))?.blocking, false);
  assert.equal(endOfLifeGap(ended, new Date('2028-07-01'))?.blocking, true);
  const ubuntu = find({ '/etc/os-release': 'ID=ubuntu\nVERSION_ID="18.04"' })!;
  assert.equal(endOfLifeGap(ubuntu, now)?.blocking, true);
  const kind = (text: string): string => find({ '/etc/os-release': text })!.lifecycle.kind;
  assert.equal(kind('ID=wolfi\nVERSION_ID=20230201'), 'rolling');
  assert.equal(kind('ID=debian'), 'rolling');
  assert.equal(kind('ID=alpine\nVERSION_ID=3.99.0'), 'unknown');
  assert.equal(kind('ID=alpine\nVERSION_ID=3.9.6'), 'ended');
  assert.equal(kind('ID=centos\nPRETTY_NAME="CentOS Linux 8"\nVERSION_ID=8'), 'ended');
  assert.equal(kind('ID=centos\nPRETTY_NAME="CentOS Stream 9"\nVERSION_ID=9'), 'supported');
  assert.equal(kind('ID=nobody\nVERSION_ID=1'), 'unknown');
});

test('the table of Debian and Ubuntu is that of distro-info-data', { skip: noData }, () => {
  const folder = join(testData('debian12'), 'lifecycle');
  for (const id of ['debian', 'ubuntu']) {
    const rows = readFileSync(join(folder, `${id}.csv`), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const want = rows
      .map((row) => row.split(','))
      .filter(([version]) => version !== '')
      .map(([version, , codename, , released, eol, third, fourth]) => {
        const ends = id === 'ubuntu' && third && third > eol! ? third : eol;
        const extendedUntil = id === 'ubuntu' ? fourth : third;
        return {
          version: version!.replace(' LTS', ''),
          codename,
          ...(released ? { released } : {}),
          ...(ends ? { ends } : {}),
          ...(extendedUntil ? { extendedUntil } : {}),
          ...(version!.endsWith(' LTS') ? { lts: true } : {}),
        };
      });
    assert.deepEqual(distributionReleases.find((block) => block.id === id)!.releases, want);
  }
});

test('dates of the table are days, and an extension ends after what it extends', () => {
  for (const { releases } of distributionReleases)
    for (const { ends, extendedUntil } of releases) {
      for (const day of [ends, extendedUntil])
        if (day !== undefined) assert.equal(new Date(day).toISOString().slice(0, 10), day);
      if (extendedUntil !== undefined) assert.ok(extendedUntil > ends!, extendedUntil);
    }
});

const toldReleases: readonly (readonly [
  release: Parameters<typeof describeRelease>[0],
  ecosystem: string | undefined,
  lifecycle: Distribution['lifecycle']['kind'],
])[] = [
  [{ id: 'debian', version: '12.5', name: 'debian 12.5' }, 'Debian:12', 'supported'],
  [{ id: 'debian', codename: 'bookworm', name: 'debian bookworm' }, 'Debian:12', 'supported'],
  [{ id: 'debian', codename: 'nonsense', name: 'debian nonsense' }, undefined, 'unknown'],
  [{ id: 'debian', name: 'debian' }, undefined, 'unknown'],
  [{ id: 'alpine', version: '3.19.1', name: 'alpine 3.19.1' }, 'Alpine:v3.19', 'supported'],
  [{ id: 'alpine', version: '3.21.0_alpha20240923', name: 'alpine' }, 'Alpine:edge', 'rolling'],
  [{ id: 'alpine', name: 'Alpine Linux edge' }, 'Alpine:edge', 'rolling'],
  [{ id: 'wolfi', name: 'wolfi' }, 'Wolfi', 'rolling'],
];

test('a release that an SBOM tells of is described by the same rules', () => {
  const now = new Date('2024-06-01T00:00:00Z');
  for (const [release, ecosystem, kind] of toldReleases) {
    const described = describeRelease(release, now);
    assert.deepEqual(
      [described.ecosystem, described.lifecycle.kind],
      [ecosystem, kind],
      JSON.stringify(release),
    );
  }
});
