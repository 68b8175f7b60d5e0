// SPDX-License-Identifier: Apache-2.0
// A real registry (Debian's docker-registry) on a loopback port with a folder of its own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { canRun, missing } from './require.ts';

/** For a test's `skip`. */
export const noRegistry =
  missing('registry', canRun('docker-registry')) || missing('skopeo', canRun('skopeo'));

export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Where its blobs lie. */
  readonly folder: string;
  /** Credentials that it wants, when it was started with `basic`. */
  readonly user: string;
  readonly password: string;
  /** Puts an image that skopeo can read (`oci:DIR:TAG`) there, as it is. */
  push(from: string, name: string): void;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Ask for a user and a password. */
  readonly basic?: boolean;
}

const user = 'tester';
// Known to everybody and good for nothing: it guards a folder in /tmp while a test runs.
const password = 'open sesame';
const passwordHash = '$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW';

export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const folder = mkdtempSync(join('/tmp', 'plimsoll-registry-'));
  const config = join(folder, 'config.yml');
  writeFileSync(join(folder, 'htpasswd'), `${user}:${passwordHash}\n`);
  writeFileSync(config, configText(folder, options));
  const child = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  });
  const host = await listeningHost(child);
  return {
    host,
    folder,
    user,
    password,
    push(from, name) {
      const credentials = options.basic === true ? ['--dest-creds', `${user}:${password}`] : [];
      skopeo([
        'copy',
        '--preserve-digests',
        '--all',
        '--dest-tls-verify=false',
        ...credentials,
        from,
        `docker://${host}/${name}`,
      ]);
    },
    async stop() {
      if (child.exitCode === null) {
        const exit = once(child, 'exit');
        child.kill();
        await exit;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configText(folder: string, { basic }: RegistryOptions): string {
  const auth =
    basic === true
      ? `auth:
  htpasswd:
    realm: test
    path: ${folder}/htpasswd
`
      : '';
  return `version: 0.1
log:
  level: info
storage:
  filesystem:
    rootdirectory: ${folder}/data
  delete:
    enabled: true
http:
  addr: 127.0.0.1:0
${auth}`;
}

async function listeningHost(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const line of createInterface({ input: child.stderr! })) {
    said += `${line}\n`;
    const match = /listening on (127\.0\.0\.1:\d+)/.exec(line);
    if (match === null) continue;
    // What it logs later must not fill the pipe.
    child.stderr!.resume();
    return match[1]!;
  }
  throw new Error(`docker-registry did not start: ${said}`);
}

/** Runs skopeo. @throws with what it said when it fails. */
export function skopeo(args: readonly string[]): void {
  const result = spawnSync('skopeo', ['--insecure-policy', ...args], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`skopeo ${args.join(' ')}: ${result.stderr}`);
}
