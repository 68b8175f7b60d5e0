// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { buildZip, type ZipInput } from '../../../../testing/zip-archive.ts';
import { plugin } from './plugin.ts';

const properties = (groupId: string, artifactId: string, version: string): ZipInput => ({
  name: `META-INF/maven/${groupId}/${artifactId}/pom.properties`,
  content: `groupId=${groupId}\nartifactId=${artifactId}\nversion=${version}\n`,
});

test('an archive, one inside of it, and one merged into that', async () => {
  const inner = buildZip([
    {
      name: 'META-INF/MANIFEST.MF',
      content: 'Bundle-License: Apache-2.0\nImplementation-Vendor: V\n',
    },
    properties('org.y', 'y', '2.0'),
    properties('org.shaded', 's', '3.0'),
  ]);
  const war = buildZip([
    properties('org.x', 'x', '1.0'),
    { name: 'WEB-INF/lib/y-2.0.jar', content: inner },
  ]);
  const { packages, issues } = await runEcosystem(plugin, {
    '/app/x.war': war,
    '/app/x.txt': war,
  });
  assert.deepEqual(issues, []);
  const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');
  assert.deepEqual(packages, [
    {
      package: {
        name: 'org.x:x',
        version: '1.0',
        ecosystem: 'Maven',
        purl: 'pkg:maven/org.x/x@1.0',
        locations: [{ path: '/app/x.war' }],
        detail: { identifiedBy: 'pom.properties', sha1: sha1(war) },
      },
      files: [{ path: '/app/x.war' }],
    },
    {
      package: {
        name: 'org.y:y',
        version: '2.0',
        ecosystem: 'Maven',
        purl: 'pkg:maven/org.y/y@2.0',
        license: 'Apache-2.0',
        vendor: 'V',
        locations: [{ path: '/app/x.war!/WEB-INF/lib/y-2.0.jar' }],
        detail: { identifiedBy: 'pom.properties', sha1: sha1(inner) },
      },
      files: [],
    },
    {
      package: {
        name: 'org.shaded:s',
        version: '3.0',
        ecosystem: 'Maven',
        purl: 'pkg:maven/org.shaded/s@3.0',
        locations: [{ path: '/app/x.war!/WEB-INF/lib/y-2.0.jar!/META-INF/maven/org.shaded/s' }],
        detail: { identifiedBy: 'pom.properties', shaded: true },
      },
      files: [],
    },
  ]);
});

test('an archive without a group is listed under its artifact; one that is no archive is an issue', async () => {
  const { packages, issues } = await runEcosystem(plugin, {
    '/lib/tool-1.0.jar': buildZip([]),
    '/lib/text.jar': 'version https://git-lfs.github.com/spec/v1\n',
  });
  assert.deepEqual(
    packages.map(({ package: { name, purl } }) => [name, purl]),
    [['tool', 'pkg:maven/tool@1.0']],
  );
  assert.deepEqual(
    issues.map(({ where }) => where),
    ['/lib/text.jar'],
  );
});
