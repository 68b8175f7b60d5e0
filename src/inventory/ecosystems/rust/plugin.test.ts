// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { buildElf } from '../../../../testing/elf-file.ts';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { plugin } from './plugin.ts';

const section = (content: Uint8Array): Buffer =>
  buildElf({ sections: [{ name: '.dep-v0', content }] });

test('crates that only ran at build time are left out', async () => {
  const audit = {
    packages: [
      { name: 'adler2', version: '2.0.1', source: 'crates.io' },
      { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
      { name: 'tool', version: '0.1.0+x', source: 'local', root: true },
    ],
  };
  const { packages, issues } = await runEcosystem(plugin, {
    '/bin/tool': section(deflateSync(JSON.stringify(audit))),
    '/bin/other': buildElf({}),
  });
  assert.deepEqual(issues, []);
  assert.deepEqual(packages, [
    {
      package: {
        name: 'adler2',
        version: '2.0.1',
        ecosystem: 'crates.io',
        purl: 'pkg:cargo/adler2@2.0.1',
        locations: [{ path: '/bin/tool' }],
        detail: { source: 'crates.io' },
      },
      files: [],
    },
    {
      package: {
        name: 'tool',
        version: '0.1.0+x',
        ecosystem: 'crates.io',
        purl: 'pkg:cargo/tool@0.1.0%2Bx',
        locations: [{ path: '/bin/tool' }],
        detail: { source: 'local', root: true, buildCrates: 1 },
      },
      files: [{ path: '/bin/tool' }],
    },
  ]);
});

test('damaged audit data is an issue', async () => {
  const { packages, issues } = await runEcosystem(plugin, {
    '/bin/tool': section(Buffer.from('x')),
  });
  assert.deepEqual(packages, []);
  assert.deepEqual(
    issues.map(({ code, where }) => ({ code, where })),
    [{ code: 'invalid', where: '/bin/tool' }],
  );
});
