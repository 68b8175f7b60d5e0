// SPDX-License-Identifier: Apache-2.0
// The oracle is dpkg: packages are built and installed into a root with a merged /usr, one file is
// diverted, and `dpkg-query --search` is asked about every file that lies there.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { inventoryOf } from '../../testing/inventory-layers.ts';
import { canRun, missing } from '../../testing/require.ts';
import { plugin as dpkg } from './ecosystems/dpkg/plugin.ts';

const isRoot = process.getuid?.() === 0;
const skip = missing('dpkg', canRun('dpkg-deb')) || missing('root', isRoot);
const work = mkdtempSync(join(tmpdir(), 'plimsoll-ownership-'));
after(() => rmSync(work, { recursive: true, force: true }));
const root = join(work, 'root');
const admin = join(root, 'var/lib/dpkg');

function run(program: string, args: readonly string[]): string {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.equal(result.status, 0, `${program} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

function put(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

function install(name: string, files: readonly string[]): void {
  const folder = join(work, name);
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n`;
  put(folder, 'DEBIAN/control', control);
  put(folder, 'DEBIAN/conffiles', `/etc/${name}.conf\n`);
  for (const path of [...files, `/etc/${name}.conf`]) put(folder, path, '#!/bin/sh\n');
  run('dpkg-deb', ['-b', folder, join(work, `${name}.deb`)]);
  run('dpkg', [`--root=${root}`, '--force-script-chrootless', '-i', join(work, `${name}.deb`)]);
}

test(
  'every file of an installed system has the owner that dpkg names, or none',
  { skip },
  async () => {
    for (const folder of ['usr/bin', 'usr/lib', 'var/lib/dpkg/info', 'var/lib/dpkg/updates', 'etc'])
      mkdirSync(join(root, folder), { recursive: true });
    for (const folder of ['bin', 'lib']) symlinkSync(`usr/${folder}`, join(root, folder));
    writeFileSync(join(admin, 'status'), '');
    put(root, 'etc/os-release', 'ID=debian\nVERSION_ID=12\n');
    install('core', ['/bin/ls', '/usr/bin/env', '/lib/x/a b', '/usr/lib/x/ü']);
    run('dpkg-divert', [
      `--root=${root}`,
      '--package',
      'wrapper',
      '--rename',
      '--divert',
      '/usr/bin/env.real',
      '--add',
      '/usr/bin/env',
    ]);
    install('wrapper', ['/usr/bin/env']);
    put(root, 'usr/bin/mine', '#!/bin/sh\n');
    put(root, 'opt/mine', '#!/bin/sh\n');

    const tar = spawn('tar', ['-c', '-C', root, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const inventory = await inventoryOf([tar.stdout], [dpkg]);
    assert.deepEqual(
      inventory.packages.map(({ name }) => name),
      ['core', 'wrapper'],
    );
    const files = run('find', [root, '-type', 'f', '-perm', '/111', '-printf', '/%P\n'])
      .split('\n')
      .filter(Boolean);
    const unowned = files.filter((path) => !path.startsWith('/var/lib/dpkg/') && !isOwned(path));
    assert.deepEqual(unowned.sort(), ['/etc/os-release', '/opt/mine', '/usr/bin/mine']);
    assert.deepEqual(
      inventory.ownership!.unownedExecutables.map(({ path }) => path),
      ['/opt/mine', '/usr/bin/mine'],
    );
    assert.ok(files.length >= 11);
  },
);

/** dpkg knows a file by the name of its package alone: /bin/ls, not /usr/bin/ls. */
function isOwned(path: string): boolean {
  const aliases = [path, path.replace(/^\/usr/, '')];
  return aliases.some(
    (alias) => spawnSync('dpkg-query', [`--admindir=${admin}`, '-S', alias]).status === 0,
  );
}
