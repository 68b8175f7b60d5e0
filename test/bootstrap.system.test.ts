// SPDX-License-Identifier: Apache-2.0
// The first minute of a newcomer: an empty clone, a host Node.js that is too old, an empty npm
// cache; then twice at once, offline, read-only as another user, through a link, and without
// libatomic. Needs the npm registry, like everybody's first run.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { version } from '../src/model/version.ts';
import { missing } from '../testing/require.ts';
import { projectRoot } from '../testing/source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-clone-'));
const clone = join(folder, 'clone');
const said = `plimsoll ${version}\n`;
const rootOnly = missing('root', process.getuid?.() === 0);

/** The environment of somebody who has nothing: no settings, no cache, the host's own Node.js. */
const env = {
  HOME: join(folder, 'home'),
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

function runAs(
  command: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, [...args], { env, cwd: folder, encoding: 'utf8' });
}

before(() => {
  mkdirSync(env.HOME);
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: projectRoot,
      encoding: 'utf8',
    },
  );
  for (const file of listed
    .split('\0')
    .filter((name) => name !== '' && existsSync(join(projectRoot, name)))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(projectRoot, file), join(clone, file));
  }
  // Other users must reach it for the read-only test.
  chmodSync(folder, 0o755);
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('two first runs at once in an empty clone both work', async () => {
  const runs = [1, 2].map(
    () =>
      new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
        const child = spawn(join(clone, 'plimsoll'), ['--version'], { env, cwd: folder });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk) => (stdout += String(chunk)));
        child.stderr.on('data', (chunk) => (stderr += String(chunk)));
        child.on('close', (status) => resolve({ status, stdout, stderr }));
      }),
  );
  for (const result of await Promise.all(runs)) {
    assert.equal(result.status, 0, result.stderr);
    assert.equal(result.stdout, said);
  }
  assert.ok(!existsSync(join(clone, '.bootstrap-lock')));
});

test('the pinned Node.js runs, whatever the host has', () => {
  const result = runAs('node', [join(clone, 'tools/bootstrap.cjs'), '-p', 'process.version']);
  assert.equal(result.stdout, 'v26.10.0\n', result.stderr);
});

test('it runs through a link', () => {
  symlinkSync(join(clone, 'plimsoll'), join(folder, 'linked'));
  assert.equal(runAs(join(folder, 'linked'), ['--version']).stdout, said);
});

test('it runs offline afterwards', { skip: rootOnly }, () => {
  const result = runAs('unshare', ['-n', join(clone, 'plimsoll'), '--version']);
  assert.equal(result.stdout, said, result.stderr);
});

test('another user runs it from a checkout that he cannot write', { skip: rootOnly }, () => {
  const result = runAs('setpriv', [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    join(clone, 'plimsoll'),
    '--version',
  ]);
  assert.equal(result.stdout, said, result.stderr);
});

test('a missing libatomic gets one clear line', { skip: rootOnly }, () => {
  const library = execFileSync(
    'sh',
    ['-c', "ldconfig -p | sed -n 's/.*libatomic.so.1 .*=> //p' | head -n 1"],
    {
      encoding: 'utf8',
    },
  ).trim();
  rmSync(join(clone, 'node_modules/.plimsoll-lock'));
  // A mount namespace of its own hides the library from this one run.
  const hide = `mount --bind /dev/null "$(readlink -f "$1")" && exec "$2" --version`;
  const result = runAs('unshare', ['-m', 'sh', '-c', hide, 'sh', library, join(clone, 'plimsoll')]);
  assert.equal(result.status, 3, result.stdout);
  assert.match(result.stderr, /libatomic.*apt-get install libatomic1/);
  assert.equal(result.stderr.trim().split('\n').length, 1);
  assert.equal(runAs(join(clone, 'plimsoll'), ['--version']).stdout, said);
});

test('a holder of the lock that was killed does not block the next first run', () => {
  rmSync(join(clone, 'node_modules/.plimsoll-lock'));
  rmSync(join(clone, 'node_modules/.package-lock.json'));
  mkdirSync(join(clone, '.bootstrap-lock'));
  execFileSync('sh', [
    '-c',
    'sh -c "exit 0" & echo $! > "$1"; wait',
    'sh',
    join(clone, '.bootstrap-lock/pid'),
  ]);
  const result = runAs(join(clone, 'plimsoll'), ['--version']);
  assert.equal(result.stdout, said, result.stderr);
});
