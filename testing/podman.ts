// SPDX-License-Identifier: Apache-2.0
// Podman's API service with storage of its own in one temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canRun, missing } from './require.ts';

/** For a test's `skip`: its containers take root here. */
export const noPodman = missing('podman', canRun('podman') && process.getuid?.() === 0);

export interface TestPodman {
  /** For CONTAINER_HOST. */
  readonly address: string;
  /** Runs podman on the same storage. @throws with what it said when it fails. */
  podman(args: readonly string[], input?: Uint8Array): string;
  stop(): Promise<void>;
}

export async function startPodman(): Promise<TestPodman> {
  const folder = mkdtempSync(join('/tmp', 'pp-'));
  const address = `unix://${folder}/s`;
  const storage = [
    '--root',
    `${folder}/data`,
    '--runroot',
    `${folder}/run`,
    '--storage-driver',
    'vfs',
  ];
  const child = spawn('podman', [...storage, 'system', 'service', '--time', '0', address], {
    stdio: 'ignore',
  });
  for (let round = 0; round < 100 && !existsSync(`${folder}/s`); round++) {
    if (child.exitCode !== null) throw new Error(`podman ended with status ${child.exitCode}`);
    await sleep(100);
  }
  return {
    address,
    podman(args, input) {
      const result = spawnSync('podman', [...storage, ...args], {
        maxBuffer: 1 << 28,
        ...(input === undefined ? {} : { input }),
      });
      if (result.status !== 0)
        throw new Error(`podman ${args.join(' ')}: ${String(result.stderr)}`);
      return String(result.stdout).trim();
    },
    async stop() {
      if (child.exitCode === null) {
        const exit = once(child, 'exit');
        child.kill();
        await exit;
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
