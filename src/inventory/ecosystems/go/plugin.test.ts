// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { buildElf } from '../../../../testing/elf-file.ts';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { plugin } from './plugin.ts';

/** A program with a record as Go 1.18 and later write it; texts below 16 kB. */
function program(toolchain: string, modules: readonly string[]): Buffer {
  const counted = (text: string): Buffer =>
    Buffer.concat([
      Buffer.from([(text.length & 0x7f) | 0x80, text.length >> 7]),
      Buffer.from(text),
    ]);
  const mark = '\0'.repeat(16);
  const head = Buffer.alloc(32);
  head.write('\xff Go buildinf:', 'latin1');
  head[14] = 8;
  head[15] = 2;
  const text = modules.length === 0 ? '' : `${mark}${modules.join('\n')}\n${mark}`;
  const content = Buffer.concat([head, counted(toolchain), counted(text)]);
  return buildElf({
    sections: [{ name: '.go.buildinfo', content, address: 0x50_0000, writable: true }],
  });
}

test('modules, what replaced them, and the standard library', async () => {
  const { packages, gaps } = await runEcosystem(plugin, {
    '/usr/bin/app': program('go1.22.1 X:boringcrypto', [
      'path\tgithub.com/Owner/App/cmd/app',
      'mod\tgithub.com/Owner/App\t(devel)\t',
      'dep\tgithub.com/BurntSushi/toml\tv1.3.2\th1:a=',
      'dep\texample.com/forked\tv1.0.0',
      '=>\texample.com/fork\tv1.0.1\th1:b=',
      'dep\texample.com/local\tv0.5.0',
      '=>\t../local\t(devel)',
      'build\t-ldflags="-s -X main.version=1.2.3 -X main.token=9.9.9"',
      'build\tvcs.revision=abc',
      'build\tvcs.time=2026-01-02T03:04:05Z',
      'build\tCGO_CFLAGS=-DSECRET',
    ]),
    '/usr/bin/other': buildElf({ sections: [{ name: '.text', content: Buffer.alloc(16) }] }),
    '/etc/motd': 'no program',
  });
  assert.deepEqual(
    packages.map(({ package: { name, version, purl, detail }, files }) => ({
      name,
      version,
      purl,
      detail,
      files,
    })),
    [
      {
        name: 'github.com/Owner/App',
        version: '(devel)',
        purl: 'pkg:golang/github.com/Owner/App',
        detail: {
          'vcs.revision': 'abc',
          'vcs.time': '2026-01-02T03:04:05Z',
          'linked-version': '1.2.3',
          main: true,
          package: 'github.com/Owner/App/cmd/app',
          toolchain: 'go1.22.1 X:boringcrypto',
        },
        files: [{ path: '/usr/bin/app' }],
      },
      {
        name: 'github.com/BurntSushi/toml',
        version: 'v1.3.2',
        purl: 'pkg:golang/github.com/BurntSushi/toml@v1.3.2',
        detail: { sum: 'h1:a=' },
        files: [],
      },
      {
        name: 'example.com/fork',
        version: 'v1.0.1',
        purl: 'pkg:golang/example.com/fork@v1.0.1',
        detail: { sum: 'h1:b=', replaces: 'example.com/forked@v1.0.0' },
        files: [],
      },
      {
        name: 'example.com/local',
        version: 'v0.5.0',
        purl: 'pkg:golang/example.com/local@v0.5.0',
        detail: { replaces: '../local (folder)' },
        files: [],
      },
      {
        name: 'stdlib',
        version: '1.22.1',
        purl: 'pkg:golang/stdlib@1.22.1',
        detail: { toolchain: 'go1.22.1 X:boringcrypto', from: 'build-info' },
        files: [],
      },
    ],
  );
  assert.deepEqual(gaps, []);
  assert.ok(packages.every(({ package: item }) => item.locations[0]?.path === '/usr/bin/app'));
});

const damaged = Buffer.concat([
  Buffer.from('\xff Go buildinf:\x08\x02', 'latin1'),
  Buffer.alloc(16, 0),
  Buffer.from([0x7f]),
]);

test('a program that hides its modules, or all of it, is a gap', async () => {
  const { packages, gaps, issues } = await runEcosystem(plugin, {
    '/bin/old': program('go1.19.8', []),
    '/bin/stripped': buildElf({ sections: [{ name: '.gopclntab', content: Buffer.alloc(8) }] }),
    '/bin/devel': program('devel go1.23-abc', ['path\tx', 'mod\tx\tv1.0.0']),
    // The section table is cut off, which no kernel minds: the record is found by the segments.
    '/bin/cut': program('go1.20.1', ['path\tx', 'mod\tx\tv2.0.0']).subarray(0, -10),
    '/bin/damaged': buildElf({ sections: [{ name: '.go.buildinfo', content: damaged }] }),
    '/bin/no-elf': Buffer.from('\x7fELF and no more'),
  });
  assert.deepEqual(
    packages.map(({ package: { name, version } }) => `${name} ${version}`),
    ['stdlib 1.19.8', 'x v1.0.0', 'x v2.0.0', 'stdlib 1.20.1'],
  );
  assert.deepEqual(
    gaps?.map(({ code, subject, message }) => ({ code, subject, message })),
    [
      {
        code: 'go-modules-unknown',
        subject: '/bin/old',
        message: '2 Go programs do not tell which modules they hold',
      },
    ],
  );
  assert.deepEqual(
    issues.map(({ where }) => where),
    ['/bin/damaged'],
  );
});

const esbuild = resolve(
  import.meta.dirname,
  '../../../../node_modules/@esbuild/linux-x64/bin/esbuild',
);
test(
  "esbuild's standard library is known though its build information is removed",
  { skip: existsSync(esbuild) ? false : 'esbuild for linux-x64 is not installed' },
  async () => {
    const { packages, gaps } = await runEcosystem(plugin, { '/esbuild': readFileSync(esbuild) });
    const [only] = packages;
    assert.equal(packages.length, 1);
    assert.equal(only?.package.name, 'stdlib');
    assert.match(only.package.version, /^1\.\d+\.\d+$/);
    assert.equal(only.package.detail?.['from'], 'runtime-variable');
    assert.equal(gaps?.length, 1);
  },
);
