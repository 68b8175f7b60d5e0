// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeOf } from '../../testing/paths-tree.ts';
import type { FoundPackage } from './ecosystem.ts';
import { findOwnership, type Ownership } from './ownership.ts';

function found(
  name: string,
  files: readonly string[],
  more: { readonly locations?: readonly string[]; readonly folders?: readonly string[] } = {},
): FoundPackage {
  const locations = (more.locations ?? []).map((path) => ({ path }));
  return {
    package: { name, version: '1', ecosystem: 'x', purl: `pkg:generic/${name}@1`, locations },
    files: files.map((path) => ({ path })),
    ...(more.folders === undefined ? {} : { folders: more.folders }),
  };
}

function own(
  entries: Readonly<Record<string, string>>,
  os: readonly FoundPackage[],
  language: readonly FoundPackage[] = [],
  diversions: readonly { from: string; to: string; by?: string }[] = [],
): Ownership {
  return findOwnership({ tree: treeOf(entries), os, language, diversions, skippedMounts: [] });
}

const unowned = ({ summary }: Ownership): readonly string[] =>
  summary.unownedExecutables.map((item) => item.path);

test('merged /usr: /bin/ls of the package is /usr/bin/ls of the tree, and the other way round', () => {
  const merged = { '/bin': '-> usr/bin', '/usr/bin/ls': 'elf+x', '/usr/bin/env': 'elf+x' };
  const result = own(merged, [found('coreutils', ['/bin/ls', '/usr/bin/env'])]);
  assert.deepEqual(unowned(result), []);
  assert.equal(result.summary.files, 2);
  assert.equal(result.summary.ownedByPackages, 2);
  const split = { '/usr/bin': '-> ../bin', '/bin/ls': 'elf+x' };
  assert.deepEqual(unowned(own(split, [found('coreutils', ['/usr/bin/ls'])])), []);
});

test('a name that two paths lead to is counted once', () => {
  const merged = { '/lib': '-> usr/lib', '/usr/lib/x.so': 'elf+x' };
  const { summary } = own(merged, [found('a', ['/lib/x.so', '/usr/lib/x.so'])]);
  assert.equal(summary.files, 1);
  assert.equal(summary.ownedByPackages, 1);
});

test('a diverted file is owned where it was moved to, and its place belongs to the diverter', () => {
  const tree = {
    '/bin': '-> usr/bin',
    '/usr/bin/sh': 'elf+x',
    '/usr/bin/sh.distrib': 'elf+x',
    '/usr/bin/perf': 'elf+x',
    '/usr/bin/perf.real': 'elf+x',
  };
  const diversions = [
    { from: '/bin/sh', to: '/bin/sh.distrib', by: 'dash' },
    { from: '/usr/bin/perf', to: '/usr/bin/perf.real' },
  ];
  const packages = [found('bash', ['/usr/bin/sh']), found('linux-perf', ['/usr/bin/perf'])];
  assert.deepEqual(unowned(own(tree, packages, [], diversions)), ['/usr/bin/perf', '/usr/bin/sh']);
  const withDash = [...packages, found('dash', ['/bin/sh'])];
  assert.deepEqual(unowned(own(tree, withDash, [], diversions)), ['/usr/bin/perf']);
});

test('alternatives are links and no executables of their own', () => {
  const tree = {
    '/usr/bin/vi': '-> /etc/alternatives/vi',
    '/etc/alternatives/vi': '-> /usr/bin/vim.basic',
    '/usr/bin/vim.basic': 'elf+x',
  };
  const { summary } = own(tree, [found('vim', ['/usr/bin/vim.basic'])]);
  assert.equal(summary.files, 1);
  assert.equal(summary.unowned, 0);
});

test('unowned executables: ELF and scripts with the execute bit, by path, setuid told', () => {
  const tree = {
    '/opt/b': 'elf+s',
    '/opt/a': 'script+x',
    '/opt/lib.so': 'elf',
    '/opt/data': 'other+x',
    '/opt/link': '-> a',
  };
  const { summary } = own(tree, []);
  assert.deepEqual(
    summary.unownedExecutables.map(({ path, kind, setuid }) => [path, kind, setuid]),
    [
      ['/opt/a', 'script', undefined],
      ['/opt/b', 'elf', true],
    ],
  );
  assert.equal(summary.unowned, 4);
});

test('a language package whose file an OS package claims is dropped and counted', () => {
  const metadata = '/usr/lib/python3/dist-packages/requests-2.28.1.egg-info';
  const local = '/usr/local/lib/python3.11/dist-packages/requests-2.31.0.dist-info/METADATA';
  const tree = { [metadata]: 'other', [local]: 'other', '/usr/share/java/a.jar': 'other' };
  const result = own(
    tree,
    [found('python3-requests', [metadata]), found('liba-java', ['/usr/share/java/a.jar'])],
    [
      found('requests', [], { locations: [metadata] }),
      found('requests', [], { locations: [local] }),
      found('org.x:inner', [], { locations: ['/usr/share/java/a.jar!/META-INF/lib/inner.jar'] }),
      found('both', [], { locations: [metadata, local] }),
    ],
  );
  assert.equal(result.summary.languagePackagesOwnedByOs, 2);
  assert.deepEqual(
    result.language.map((item) => item?.package.locations.map(({ path }) => path)),
    [undefined, [local], undefined, [local]],
  );
});

test('everything below the folder of a language package is its own', () => {
  const tree = {
    '/app': '-> srv/app',
    '/srv/app/node_modules/esbuild/bin/esbuild': 'elf+x',
    '/srv/app/node_modules/esbuild-other/bin/x': 'elf+x',
    '/srv/app/run': 'script+x',
  };
  const result = own(tree, [], [found('esbuild', [], { folders: ['/app/node_modules/esbuild'] })]);
  assert.deepEqual(unowned(result), ['/srv/app/node_modules/esbuild-other/bin/x', '/srv/app/run']);
  const all = own(tree, [], [found('root', [], { folders: ['/'] })]);
  assert.equal(all.summary.unownedExecutablesTotal, 3);
});

test('claims on what is not there, and links that go round, own nothing', () => {
  const tree = { '/a': '-> b', '/b': '-> a', '/usr/bin/x': 'elf+x' };
  const claims = [found('p', ['/a/x', '/nowhere/x', '', 'x', '/usr/bin/missing'])];
  assert.deepEqual(unowned(own(tree, claims)), ['/usr/bin/x']);
});

test('beyond the limit setuid ones and the first by path are kept, and all are counted', () => {
  const paths = Array.from({ length: 25_000 }, (_, index) => [
    `/x/${String(24_999 - index).padStart(5, '0')}`,
    'elf+x',
  ]);
  const tree = { ...Object.fromEntries(paths), '/z/root': 'elf+s' };
  const { summary } = own(tree, []);
  assert.equal(summary.unownedExecutablesTotal, 25_001);
  assert.equal(summary.unownedExecutables.length, 10_000);
  assert.equal(summary.unownedExecutables.at(-2)!.path, '/x/09998');
  assert.deepEqual(
    summary.unownedExecutables.filter(({ setuid }) => setuid).map(({ path }) => path),
    ['/z/root'],
  );
});
