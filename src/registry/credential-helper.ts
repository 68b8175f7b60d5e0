// SPDX-License-Identifier: Apache-2.0
// Asks `docker-credential-NAME get`, the protocol of Docker's credential helpers.
// https://github.com/docker/docker-credential-helpers#development
import { spawn } from 'node:child_process';
import { PlimsollError } from '../model/errors.ts';

/** What proves to a registry, or to its token server, who asks. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** Exchanged for access tokens at the token server (OAuth refresh token). */
  | { readonly kind: 'identity-token'; readonly token: string };

/** A helper may ask its owner to unlock a key ring. */
const timeoutMs = 60_000;
const answerBytesMax = 1 << 20;
/** User name that marks the secret as an identity token. */
const tokenUser = '<token>';

/**
 * Undefined when the helper knows nothing of the server.
 * @throws `io` when it is not there, fails, hangs or answers nonsense; its output is never shown.
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  // The name comes from a file and becomes part of a program's name: no paths, no options.
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name))
    throw new PlimsollError(
      'io',
      `Cannot ask credential helper ${JSON.stringify(name)}: wrong name`,
    );
  const program = `docker-credential-${name}`;
  const { status, output } = await run(program, server, env);
  if (status !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw new PlimsollError('io', `Cannot ask ${program}: it ended with status ${status}`);
  }
  const answer = parseAnswer(output);
  if (answer === undefined)
    throw new PlimsollError(
      'io',
      `Cannot ask ${program}: its answer is no JSON with Username and Secret`,
    );
  if (answer.secret === '') return undefined;
  return answer.user === tokenUser
    ? { kind: 'identity-token', token: answer.secret }
    : { kind: 'password', user: answer.user, password: answer.secret };
}

function parseAnswer(output: string): { user: string; secret: string } | undefined {
  try {
    const { Username: user, Secret: secret } = JSON.parse(output) as Record<string, unknown>;
    return typeof user === 'string' && typeof secret === 'string' ? { user, secret } : undefined;
  } catch {
    return undefined;
  }
}

function run(
  program: string,
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const fail = (state: string) =>
      reject(new PlimsollError('io', `Cannot ask ${program}: ${state}`));
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...env } });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`no answer for ${timeoutMs / 1000} s`);
    }, timeoutMs);
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > answerBytesMax) child.kill('SIGKILL');
      else parts.push(chunk);
    });
    child.on('error', () => {
      clearTimeout(timer);
      fail('it cannot be started');
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? -1, output: Buffer.concat(parts).toString('utf8') });
    });
    // It may end without reading.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
