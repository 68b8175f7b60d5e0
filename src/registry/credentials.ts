// SPDX-License-Identifier: Apache-2.0
// Credentials as docker and podman keep them: in a file, or behind a helper program.
// https://docs.docker.com/reference/cli/docker/login/#credential-stores
// https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlimsollError } from '../model/errors.ts';
import { askCredentialHelper, type Credentials } from './credential-helper.ts';

export interface FoundCredentials {
  readonly credentials?: Credentials;
  /** What kept a source from being asked, for a hint when access is refused. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Kept by hand or by a tool; the largest have some tens of entries. */
const fileSizeBytesMax = 4 << 20;

/**
 * Looks in the order in which the tools do. Nothing found is anonymous access.
 * @param host `docker.io`, `ghcr.io`, `localhost:5000`.
 * @param repository The file of podman may tell credentials apart by it.
 */
export async function findCredentials(
  host: string,
  repository: string,
  env: Environment,
): Promise<FoundCredentials> {
  const problems: string[] = [];
  for (const file of credentialFiles(env)) {
    const config = await readConfig(file, problems);
    if (config === undefined) continue;
    const credentials = await fromConfig(config, host, repository, env, problems);
    if (credentials !== undefined) return { credentials, problems };
  }
  return { problems };
}

/** First those that a variable names. */
function credentialFiles(env: Environment): readonly string[] {
  const home = env['HOME'];
  const named = env['REGISTRY_AUTH_FILE'];
  if (named) return [named];
  const docker = env['DOCKER_CONFIG'] || (home ? join(home, '.docker') : undefined);
  const runtime = env['XDG_RUNTIME_DIR'];
  const config = env['XDG_CONFIG_HOME'] || (home ? join(home, '.config') : undefined);
  return [
    ...(docker ? [join(docker, 'config.json')] : []),
    ...(runtime ? [join(runtime, 'containers/auth.json')] : []),
    ...(config ? [join(config, 'containers/auth.json')] : []),
  ];
}

type JsonObject = Readonly<Record<string, unknown>>;

async function readConfig(file: string, problems: string[]): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    if (code !== 'ENOENT' && code !== 'ENOTDIR') problems.push(`${file}: ${code}`);
    return undefined;
  }
  try {
    // A parser's own message would quote the file, which is full of secrets.
    const value: unknown = text.length > fileSizeBytesMax ? undefined : JSON.parse(text);
    const config = objectOf(value);
    if (config === undefined) problems.push(`${file} is no JSON object`);
    return config;
  } catch {
    problems.push(`${file} is not JSON`);
    return undefined;
  }
}

async function fromConfig(
  config: JsonObject,
  host: string,
  repository: string,
  env: Environment,
  problems: string[],
): Promise<Credentials | undefined> {
  const helpers = objectOf(config['credHelpers']) ?? {};
  const keys = keysOf(host);
  const helper = keys.map((key) => own(helpers, key)).find((name) => typeof name === 'string');
  const store = config['credsStore'];
  for (const name of [helper, store]) {
    if (typeof name !== 'string' || name === '') continue;
    try {
      for (const key of keys) {
        const credentials = await askCredentialHelper(name, key, env);
        if (credentials !== undefined) return credentials;
      }
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      problems.push(error.message);
    }
  }
  return fromAuths(objectOf(config['auths']) ?? {}, host, repository);
}

/** How the host may be written; Docker Hub's oldest name is what `docker login` still uses. */
function keysOf(host: string): readonly string[] {
  if (host === 'docker.io')
    return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'];
  return [host, `https://${host}`, `http://${host}`];
}

function fromAuths(auths: JsonObject, host: string, repository: string): Credentials | undefined {
  const wanted = keysOf(host).map(bareKey);
  const paths = repository.split('/').map((_, count, parts) => parts.slice(0, count + 1).join('/'));
  // podman: `host/namespace/repository` before `host/namespace` before `host`.
  const byPath = paths.reverse().flatMap((path) => wanted.map((key) => `${key}/${path}`));
  const entries = Object.entries(auths);
  for (const key of [...byPath, ...wanted]) {
    const found = entries.find(([name]) => name === key || bareKey(name) === key);
    const credentials = found === undefined ? undefined : decodeAuth(found[1]);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

/** `https://host/v1/` is `host`. */
function bareKey(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}

function decodeAuth(value: unknown): Credentials | undefined {
  const entry = objectOf(value);
  if (entry === undefined) return undefined;
  const token = entry['identitytoken'];
  if (typeof token === 'string' && token !== '') return { kind: 'identity-token', token };
  const { auth, username, password } = entry;
  if (typeof auth === 'string' && auth !== '') {
    const pair = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = pair.indexOf(':');
    if (colon > 0)
      return { kind: 'password', user: pair.slice(0, colon), password: pair.slice(colon + 1) };
  }
  if (typeof username === 'string' && typeof password === 'string' && username !== '')
    return { kind: 'password', user: username, password };
  return undefined;
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function own(record: JsonObject, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
