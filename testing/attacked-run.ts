// SPDX-License-Identifier: Apache-2.0
// Runs the program on what an attacker made, and looks at what must hold whatever that is: it ends,
// with a documented exit code; it never fails by a mistake of its own; its memory stays bounded;
// it leaves nothing in the temporary folder; nothing that it prints drives a terminal.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './source-files.ts';

export interface AttackedRun {
  /** Undefined when it had to be killed. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The most that was resident, as the kernel counts it; 0 where it does not. */
  readonly residentBytesMax: number;
  /** Names in the temporary folder after its end. */
  readonly leftBehind: readonly string[];
}

export interface AttackOptions {
  /** A folder of the test; `home`, `tmp` and `work` are made in it. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Loopback servers are part of the attack. */
  readonly online?: boolean;
  /** Sends this signal at that time. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly when: Promise<unknown> };
  /** Runs as this user; root can. */
  readonly user?: number;
  /** An end that comes later counts as a hang. */
  readonly hangsAfterMs?: number;
}

/** DESIGN section 6: resident memory whatever the image's size. */
export const residentBytesMax = 300 << 20;
/** No clock is tested: this is for what would never end. */
const hangsAfterMsDefault = 60_000;

export async function runAttacked(
  args: readonly string[],
  options: AttackOptions,
): Promise<AttackedRun> {
  const places = ['home', 'tmp', 'work'].map((name) => join(options.folder, name));
  for (const place of places) {
    mkdirSync(place, { recursive: true });
    if (options.user !== undefined) chownSync(place, options.user, options.user);
  }
  const [home, temporary, work] = places as [string, string, string];
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(projectRoot, 'src/cli/main.ts'), ...args],
    {
      cwd: work,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        PLIMSOLL_HOME: home,
        TMPDIR: temporary,
        NODE_COMPILE_CACHE: join(projectRoot, 'node_modules/.cache/v8'),
        ...(options.online === true ? {} : { PLIMSOLL_OFFLINE: '1' }),
        ...options.env,
      },
    },
  );
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on('data', (chunk: Buffer) => output.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.stderr.push(chunk));
  let resident = 0;
  const watch = setInterval(() => {
    resident = Math.max(resident, peakOf(child.pid));
  }, 20);
  const { kill } = options;
  void kill?.when.then(() => child.kill(kill.signal));
  let hangs = false;
  const hang = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, options.hangsAfterMs ?? hangsAfterMsDefault);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  clearTimeout(hang);
  assert.ok(!hangs, `hangs: plimsoll ${args.join(' ').slice(0, 200)}`);
  return {
    status: code ?? undefined,
    stdout: Buffer.concat(output.stdout).toString('utf8'),
    stderr: Buffer.concat(output.stderr).toString('utf8'),
    residentBytesMax: resident,
    leftBehind: readdirSync(temporary),
  };
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** What holds after every attack that was not ended by a signal. */
export function assertHarmless(run: AttackedRun, what: string): void {
  const said = `${what}: status ${run.status}\n${run.stdout.slice(0, 2000)}\n${run.stderr.slice(0, 4000)}`;
  assert.ok(run.status !== undefined && run.status >= 0 && run.status <= 3, said);
  assert.ok(!run.stderr.includes('internal:'), said);
  if (run.status === 3) assert.match(run.stderr, /^error: \S/m, said);
  assert.deepEqual(run.leftBehind, [], `${what} leaves files behind`);
  assert.ok(
    run.residentBytesMax < residentBytesMax,
    `${what}: ${run.residentBytesMax >> 20} MiB resident`,
  );
  assertQuiet(run.stderr, `${what}: standard error`);
  assertQuiet(run.stdout, `${what}: standard output`);
}

/**
 * Controls other than the end of a line, and characters that reorder or hide what stands beside
 * them. JSON escapes them, HTML has references for them, tables show them.
 */
const raw = /[^\P{Cc}\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/u;

export function assertQuiet(text: string, what: string): void {
  const found = raw.exec(text);
  if (found === null) return;
  const around = JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20));
  const code = found[0].codePointAt(0)!.toString(16);
  assert.fail(`${what} holds a raw U+${code.padStart(4, '0')} in ${around}`);
}
