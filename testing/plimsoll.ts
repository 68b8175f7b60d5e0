// SPDX-License-Identifier: Apache-2.0
// Runs the program as its users do: another process, a state folder of its own, no network unless
// a test gives it loopback servers.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './source-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Default: PLIMSOLL_OFFLINE=1. */
  readonly online?: boolean;
  /** A program and its arguments that start it, e.g. in another mount namespace. */
  readonly under?: readonly string[];
}

let sharedHome: string | undefined;

/** Runs `plimsoll ARGS...` and waits for its end. */
export async function plimsoll(
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  sharedHome ??= temporaryFolder({ after: (step) => process.on('exit', step) });
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const [program, ...words] = [
    ...(options.under ?? []),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(projectRoot, 'src/cli/main.ts'),
    ...args,
  ];
  const child = spawn(program!, words, {
    cwd: options.cwd ?? projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited,
      PLIMSOLL_HOME: sharedHome,
      ...(options.online ? {} : { PLIMSOLL_OFFLINE: '1' }),
      ...options.env,
    },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    status,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: Buffer.concat(stderr).toString('utf8'),
  };
}
