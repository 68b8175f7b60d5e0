// SPDX-License-Identifier: Apache-2.0
// Oracle: this repository's own package-lock.json, which npm wrote.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { plugin } from './plugin.ts';

const root = resolve(import.meta.dirname, '../../../..');

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly name?: string; readonly version?: string; readonly link?: boolean }>
  >;
}

const installed = existsSync(join(root, 'node_modules'));
test(
  'the packages of this repository are those of its lock file',
  { skip: installed ? false : 'node_modules is not here' },
  async () => {
    const files: Record<string, Uint8Array> = {};
    for (const file of globSync('{package.json,node_modules/**/package.json}', { cwd: root }))
      files[`/app/${file}`] = readFileSync(join(root, file));
    const { packages, issues, asked } = await runEcosystem(plugin, files);
    const found = packages.map(({ package: item }) => {
      const folder = item.locations[0]!.path.slice('/app/'.length, -'/package.json'.length);
      return `${folder} ${item.name}@${item.version}`;
    });
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
    const wanted = Object.entries(lock.packages)
      .filter(([folder, { link }]) => folder !== '' && !link && existsSync(join(root, folder)))
      .map(([folder, { name, version }]) => {
        const installedAs = folder.slice(
          folder.lastIndexOf('node_modules/') + 'node_modules/'.length,
        );
        return `${folder} ${name ?? installedAs}@${version}`;
      });
    assert.ok(wanted.length > 20);
    assert.deepEqual(found.sort(), wanted.sort());
    // Packages of packages (tests, ESM markers) were looked at and did not count.
    assert.ok(asked.length > found.length);
    assert.deepEqual(issues, []);
  },
);

test('a package owns its folder; an alias keeps the true name', async () => {
  const { packages } = await runEcosystem(plugin, {
    '/app/package.json': '{"name":"app","version":"1.0.0"}',
    '/app/node_modules/@s/n/package.json': '{"name":"@s/n","version":"1.0.0+x","license":"MIT"}',
    '/app/node_modules/old/package.json':
      '{"name":"lodash","version":"3.10.1","author":"J <j@example.org>"}',
  });
  assert.deepEqual(packages, [
    {
      package: {
        name: '@s/n',
        version: '1.0.0+x',
        ecosystem: 'npm',
        purl: 'pkg:npm/%40s/n@1.0.0%2Bx',
        license: 'MIT',
        locations: [{ path: '/app/node_modules/@s/n/package.json' }],
      },
      files: [],
      folders: ['/app/node_modules/@s/n'],
    },
    {
      package: {
        name: 'lodash',
        version: '3.10.1',
        ecosystem: 'npm',
        purl: 'pkg:npm/lodash@3.10.1',
        vendor: 'J <j@example.org>',
        locations: [{ path: '/app/node_modules/old/package.json' }],
        detail: { installedAs: 'old' },
      },
      files: [],
      folders: ['/app/node_modules/old'],
    },
  ]);
});

test('a damaged file is an issue, and does not count', async () => {
  const { packages, issues } = await runEcosystem(plugin, {
    '/a/node_modules/x/package.json': '{"name":',
    // Damage where nothing is installed is nobody's business.
    '/a/node_modules/x/test/package.json': '{"name":',
  });
  assert.deepEqual(packages, []);
  assert.deepEqual(
    issues.map(({ code, where }) => ({ code, where })),
    [{ code: 'invalid', where: '/a/node_modules/x/package.json' }],
  );
});
