// SPDX-License-Identifier: Apache-2.0
// Oracle: Python's own importlib.metadata over the distributions of this machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { plugin } from './plugin.ts';

const metadata = (name: string, version: string): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nLicense: MIT\n`;
const site = '/usr/lib/python3/site-packages';

test('a wheel owns the files of its record, with their hashes', async () => {
  const digest = createHash('sha256').update('x').digest();
  const { packages } = await runEcosystem(plugin, {
    [`${site}/PyYAML-6.0.1.dist-info/METADATA`]: metadata('PyYAML', '6.0.1'),
    [`${site}/PyYAML-6.0.1.dist-info/RECORD`]: `yaml/a.py,sha256=${digest.toString('base64url')},1\n../../../bin/y,,\n../../../../../../etc/passwd,,\n/opt/x,,\n`,
    [`${site}/PyYAML-6.0.1.dist-info/top_level.txt`]: 'yaml\n',
  });
  assert.deepEqual(packages, [
    {
      package: {
        name: 'PyYAML',
        version: '6.0.1',
        ecosystem: 'PyPI',
        purl: 'pkg:pypi/pyyaml@6.0.1',
        license: 'MIT',
        locations: [{ path: `${site}/PyYAML-6.0.1.dist-info/METADATA` }],
      },
      files: [
        { path: `${site}/yaml/a.py`, hash: { algorithm: 'sha256', hex: digest.toString('hex') } },
        { path: '/usr/bin/y' },
        { path: '/etc/passwd' },
        { path: '/opt/x' },
      ],
      folders: [`${site}/PyYAML-6.0.1.dist-info`],
    },
  ]);
});

test('older tools leave a list, module names, or one file', async () => {
  const { packages } = await runEcosystem(plugin, {
    [`${site}/a-1.0.egg-info/PKG-INFO`]: metadata('a', '1.0'),
    [`${site}/a-1.0.egg-info/installed-files.txt`]: '../a/__init__.py\nPKG-INFO\n',
    [`${site}/b.egg-info/PKG-INFO`]: metadata('b', '2.0'),
    [`${site}/b.egg-info/top_level.txt`]: 'b\n_b\n../../etc\n',
    [`${site}/c-3.0.egg-info`]: metadata('c', '3.0'),
    [`${site}/d-4.0-py3.11.egg/EGG-INFO/PKG-INFO`]: metadata('d', '4.0'),
  });
  assert.deepEqual(
    packages.map(({ package: { name, version }, files, folders }) => ({
      name: `${name} ${version}`,
      files: files.map(({ path }) => path.replace(site, '')),
      folders: folders?.map((path) => path.replace(site, '')),
    })),
    [
      {
        name: 'a 1.0',
        files: ['/a/__init__.py', '/a-1.0.egg-info/PKG-INFO'],
        folders: ['/a-1.0.egg-info'],
      },
      { name: 'b 2.0', files: ['/b.py', '/_b.py'], folders: ['/b.egg-info', '/b', '/_b'] },
      { name: 'c 3.0', files: ['/c-3.0.egg-info'], folders: undefined },
      { name: 'd 4.0', files: [], folders: ['/d-4.0-py3.11.egg'] },
    ],
  );
});

test('files of these names elsewhere are something else', async () => {
  const { packages, issues, asked } = await runEcosystem(plugin, {
    '/src/PKG-INFO': metadata('source', '1'),
    '/data/METADATA': 'x',
    '/data/RECORD': 'x',
    '/data/top_level.txt': 'x',
    [`${site}/broken-1.dist-info/METADATA`]: 'Name: broken\n',
  });
  assert.equal(asked.length, 5);
  assert.deepEqual(packages, []);
  assert.deepEqual(
    issues.map(({ code, where }) => ({ code, where })),
    [{ code: 'python-metadata-incomplete', where: `${site}/broken-1.dist-info/METADATA` }],
  );
});

const folder = '/usr/lib/python3/dist-packages';
const present = existsSync(folder) && existsSync('/usr/bin/python3');
test(
  "Debian's distributions are those that Python itself lists",
  { skip: present ? false : `${folder} is not here` },
  async () => {
    const files: Record<string, Uint8Array> = {};
    for (const path of globSync([`${folder}/*.egg-info`, `${folder}/*-info/*`]))
      if (statSync(path).isFile()) files[path] = readFileSync(path);
    const { packages, issues } = await runEcosystem(plugin, files);
    const script =
      'import importlib.metadata as m, sys\nfor d in m.distributions(path=[sys.argv[1]]): print(d.metadata["Name"], d.version)';
    const { stdout } = spawnSync('/usr/bin/python3', ['-c', script, folder], { encoding: 'utf8' });
    const wanted = stdout.split('\n').filter((line) => line !== '');
    assert.deepEqual(
      packages.map(({ package: { name, version } }) => `${name} ${version}`).sort(),
      wanted.sort(),
    );
    assert.deepEqual(issues, []);
  },
);
