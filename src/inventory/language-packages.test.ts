// SPDX-License-Identifier: Apache-2.0
// All language ecosystems at once, over layers as a scan reads them: patterns, spool, merge,
// ownership and the way of facts through JSON are the real ones.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { buildElf } from '../../testing/elf-file.ts';
import { inventoryOf } from '../../testing/inventory-layers.ts';
import { buildZip } from '../../testing/zip-archive.ts';
import type { Package } from '../model/package.ts';
import { registry } from './ecosystems/registry.ts';

const short = ({ ecosystem, name, version, layer, locations }: Package): string =>
  `${ecosystem} ${name} ${version} layer ${layer} ${locations.map(({ path }) => path).join(' ')}`;

const jar = buildZip([
  {
    name: 'META-INF/maven/org.x/lib/pom.properties',
    content: 'groupId=org.x\nartifactId=lib\nversion=1.0\n',
  },
]);
const war = buildZip([{ name: 'WEB-INF/lib/lib-1.0.jar', content: jar }]);
const crates = { packages: [{ name: 'itoa', version: '1.0.19', source: 'crates.io' }] };
const rust = buildElf({
  sections: [{ name: '.dep-v0', content: deflateSync(JSON.stringify(crates)) }],
});
const metadata = (version: string): string =>
  `Metadata-Version: 2.1\nName: requests\nVersion: ${version}\n`;
const debian = '/usr/lib/python3/dist-packages/requests-2.28.1.egg-info';

test('packages of every language, in layers, without those that dpkg installed', async () => {
  const inventory = await inventoryOf(
    [
      {
        '/var/lib/dpkg/status':
          'Package: python3-requests\nStatus: install ok installed\nArchitecture: all\nVersion: 2.28.1+dfsg-1\n\n',
        '/var/lib/dpkg/info/python3-requests.list': `${debian}\n`,
        [debian]: metadata('2.28.1'),
        '/app/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}',
      },
      {
        '/usr/local/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA':
          metadata('2.31.0'),
        '/app/node_modules/a/package.json': '{"name":"a","version":"2.0.0"}',
        '/app/x-2.0.WAR': war,
        '/usr/bin/tool': rust,
        '/usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec':
          '# stub: rake 13.0.6 ruby lib\n',
      },
    ],
    registry,
  );
  assert.deepEqual(
    inventory.packages
      .filter(({ foundBy }) => foundBy !== 'dpkg')
      .map(short)
      .sort(),
    [
      'Maven org.x:lib 1.0 layer 1 /app/x-2.0.WAR!/WEB-INF/lib/lib-1.0.jar',
      'Maven x 2.0 layer 1 /app/x-2.0.WAR',
      'PyPI requests 2.31.0 layer 1 /usr/local/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA',
      'RubyGems rake 13.0.6 layer 1 /usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec',
      'crates.io itoa 1.0.19 layer 1 /usr/bin/tool',
      'npm a 2.0.0 layer 1 /app/node_modules/a/package.json',
    ],
  );
  assert.deepEqual(
    inventory.hiddenPackages.map(({ name, version }) => `${name} ${version}`),
    ['a 1.0.0'],
  );
  assert.equal(inventory.ownership?.languagePackagesOwnedByOs, 1);
  assert.deepEqual(inventory.issues, []);
});

const esbuild = resolve(import.meta.dirname, '../../node_modules/@esbuild/linux-x64/bin/esbuild');
test(
  'a large Go program is read from the spool',
  { skip: existsSync(esbuild) ? false : 'esbuild for linux-x64 is not installed' },
  async () => {
    const { packages, issues } = await inventoryOf(
      [{ '/opt/esbuild': readFileSync(esbuild) }],
      registry,
    );
    assert.deepEqual(
      packages.map(({ name }) => name),
      ['stdlib'],
    );
    assert.deepEqual(issues, []);
  },
);
