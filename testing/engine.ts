// SPDX-License-Identifier: Apache-2.0
// A private Docker engine: its data, its runtime state, its socket and its pid file lie in one
// temporary folder. One that CI has started is used instead: PLIMSOLL_TEST_ENGINE=unix:///path.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canRun, missing } from './require.ts';

const given = process.env['PLIMSOLL_TEST_ENGINE'];
const isRoot = process.getuid?.() === 0;

/** For a test's `skip`: starting one takes root. */
export const noEngine = missing(
  'engine',
  canRun('docker') && (given !== undefined || (canRun('dockerd') && isRoot)),
);

export interface TestEngine {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Runs docker against it. @throws with what it said when it fails. */
  docker(args: readonly string[], input?: Uint8Array): string;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<TestEngine> {
  if (given !== undefined) return engineAt(given, () => Promise.resolve());
  // A socket's path has at most 107 bytes.
  const folder = mkdtempSync(join('/tmp', 'pe-'));
  const address = `unix://${folder}/s`;
  writeFileSync(join(folder, 'daemon.json'), '{}');
  for (const storage of ['overlay2', 'vfs']) {
    const child = startDaemon(folder, address, storage);
    if (await answers(child, address)) return engineAt(address, () => stopDaemon(child, folder));
    await stopDaemon(child, undefined);
  }
  const log = readFileSync(join(folder, 'log'), 'utf8');
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`dockerd did not start: ${log.slice(-2000)}`);
}

function startDaemon(folder: string, address: string, storage: string): ChildProcess {
  const log = openSync(join(folder, 'log'), 'a');
  const args = [
    ['--config-file', join(folder, 'daemon.json')],
    ['--data-root', join(folder, 'data')],
    ['--exec-root', join(folder, 'run')],
    ['--pidfile', join(folder, 'pid')],
    ['--host', address],
    ['--storage-driver', storage],
    // The machine's network is not touched: containers run with --network none.
    ['--iptables=false', '--ip6tables=false', '--bridge=none'],
  ];
  return spawn('dockerd', args.flat(), { stdio: ['ignore', log, log] });
}

async function answers(child: ChildProcess, address: string): Promise<boolean> {
  // Twenty seconds on a busy machine; mostly it takes two.
  for (let round = 0; round < 100 && child.exitCode === null; round++) {
    const path = address.slice('unix://'.length);
    if (existsSync(path) && runDocker(address, ['version']).status === 0) return true;
    await sleep(200);
  }
  return false;
}

async function stopDaemon(child: ChildProcess, folder: string | undefined): Promise<void> {
  if (child.exitCode === null) {
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function runDocker(address: string, args: readonly string[], input?: Uint8Array) {
  return spawnSync('docker', args, {
    env: { PATH: process.env['PATH'], DOCKER_HOST: address },
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
}

function engineAt(address: string, stop: () => Promise<void>): TestEngine {
  return {
    address,
    docker(args, input) {
      const result = runDocker(address, args, input);
      if (result.status !== 0)
        throw new Error(`docker ${args.join(' ')}: ${String(result.stderr)}`);
      return String(result.stdout).trim();
    },
    stop,
  };
}
