// SPDX-License-Identifier: Apache-2.0
// Installs the pinned Node.js and the dependencies where they are missing or older than the lock
// file, then runs the pinned Node.js with the given arguments. It is itself run by whatever
// Node.js (18 or later) npm came with: plain CommonJS, nothing but built-in modules.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const root = fs.realpathSync(path.join(__dirname, '..'));
const modules = path.join(root, 'node_modules');
const windows = process.platform === 'win32';
const node = path.join(modules, '.bin', windows ? 'node.cmd' : 'node');
const stamp = path.join(modules, '.plimsoll-lock');
const mutex = path.join(root, '.bootstrap-lock');
const lockText = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
/** Longest wait for another first run, in seconds: a slow download of 60 MB, and then some. */
const waitSecondsMax = 900;
const exitError = 3;

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** True when node_modules holds what the lock file names, whoever installed it. */
function isCurrent() {
  if (!fs.existsSync(node)) return false;
  if (readText(stamp) === lockText) return true;
  const installedText = readText(path.join(modules, '.package-lock.json'));
  if (installedText === undefined) return false;
  try {
    const wanted = JSON.parse(lockText).packages;
    const installed = JSON.parse(installedText).packages;
    return Object.keys(wanted)
      .filter((name) => name.includes('node_modules/'))
      .every((name) =>
        installed[name]
          ? installed[name].version === wanted[name].version
          : wanted[name].optional === true,
      );
  } catch {
    return false;
  }
}

function fail(message) {
  process.stderr.write(`plimsoll: ${message}\n`);
  process.exit(exitError);
}

/** The process that holds the mutex, if it still lives. A holder that was killed leaves only its folder. */
function holderIsAlive() {
  const pid = Number(readText(path.join(mutex, 'pid')));
  if (!Number.isInteger(pid) || pid <= 0) return Date.now() - mutexAge() < 5000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function mutexAge() {
  try {
    return fs.statSync(mutex).mtimeMs;
  } catch {
    return Date.now();
  }
}

/** Two first runs at once must not share one `npm ci`: the second waits for the first. */
function acquire() {
  for (let second = 0; second < waitSecondsMax; second++) {
    try {
      fs.mkdirSync(mutex);
      fs.writeFileSync(path.join(mutex, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code === 'EACCES' || error.code === 'EROFS')
        fail(
          `the dependencies are not installed and ${root} cannot be written; run ./plimsoll there once as a user who can write`,
        );
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderIsAlive()) {
      fs.rmSync(mutex, { recursive: true, force: true });
      continue;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
  fail(`waited ${waitSecondsMax} s for another installation; remove ${mutex} if there is none`);
}

function install() {
  process.stderr.write(
    'plimsoll: fetching the pinned Node.js and the dependencies (npm ci), once\n',
  );
  const npm = process.env.npm_execpath;
  const args = ['ci', '--loglevel=error', '--prefer-offline'];
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const result =
    npm && /npm-cli\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, { ...options, shell: windows });
  if (result.status !== 0) fail('npm ci failed; see its message above');
}

/** The pinned Node.js may be installed and still not start here: say what is missing in one line. */
function checkStart() {
  const result = spawnSync(node, ['-e', '0'], { encoding: 'utf8', shell: windows });
  if (result.status === 0) return;
  const reason = `${result.stderr || (result.error && result.error.message) || ''}`.trim();
  if (reason.includes('libatomic'))
    fail(
      'the pinned Node.js needs libatomic.so.1; install it (Debian, Ubuntu: apt-get install libatomic1; Fedora: dnf install libatomic)',
    );
  fail(
    `the pinned Node.js does not start here (it needs glibc 2.28 or later): ${reason.split('\n')[0]}`,
  );
}

function ensure() {
  if (readText(stamp) === lockText && fs.existsSync(node)) return;
  if (!isCurrent()) {
    acquire();
    try {
      if (!isCurrent()) install();
    } finally {
      fs.rmSync(mutex, { recursive: true, force: true });
    }
  }
  checkStart();
  try {
    // Written beside and renamed: a reader sees the whole stamp or none.
    fs.writeFileSync(`${stamp}.${process.pid}`, lockText);
    fs.renameSync(`${stamp}.${process.pid}`, stamp);
  } catch {
    // A read-only checkout that is already installed works without the stamp.
  }
}

process.on('exit', () => {
  if (readText(path.join(mutex, 'pid')) === String(process.pid))
    fs.rmSync(mutex, { recursive: true, force: true });
});
ensure();
const args = process.argv.slice(2);
if (args.length > 0) {
  const env = {
    ...process.env,
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH || ''}`,
  };
  if (env.NODE_COMPILE_CACHE === undefined)
    env.NODE_COMPILE_CACHE = path.join(modules, '.cache', 'v8');
  const result = spawnSync(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
    env,
    shell: windows,
  });
  process.exit(result.status === null ? exitError : result.status);
}
