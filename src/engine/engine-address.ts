// SPDX-License-Identifier: Apache-2.0
// Where an engine listens, as its own command line finds it: a variable, a context, a default.
// https://docs.docker.com/engine/manage-resources/contexts/
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlimsollError } from '../model/errors.ts';

export type EngineKind = 'docker' | 'podman';

export type EngineAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'tcp';
      /** `2375` and the like included. */
      readonly host: string;
      /** Folder with `ca.pem`, `cert.pem` and `key.pem`; undefined: without TLS. */
      readonly certificates?: string;
    };

type Environment = Readonly<Record<string, string | undefined>>;

/** Written by a tool; some hundred bytes. */
const configSizeBytesMax = 1 << 20;

/**
 * Addresses to try, in their order: one where the user names one, else the usual sockets that exist.
 * @throws `usage` for a name that cannot be used, `unsupported` for ssh and named pipes.
 */
export function engineAddresses(kind: EngineKind, env: Environment): readonly EngineAddress[] {
  return kind === 'docker' ? dockerAddresses(env) : podmanAddresses(env);
}

function dockerAddresses(env: Environment): readonly EngineAddress[] {
  const named = env['DOCKER_HOST'];
  if (named) return [parseAddress(named, 'DOCKER_HOST', certificatesOf(env))];
  const context = env['DOCKER_CONTEXT'] || currentContext(env);
  if (context !== undefined && context !== 'default') return [contextAddress(context, env)];
  const runtime = env['XDG_RUNTIME_DIR'];
  const home = env['HOME'];
  return existing([
    '/var/run/docker.sock',
    // Rootless, and Docker Desktop.
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    ...(home ? [join(home, '.docker/run/docker.sock')] : []),
  ]);
}

function podmanAddresses(env: Environment): readonly EngineAddress[] {
  const named = env['CONTAINER_HOST'];
  if (named) return [parseAddress(named, 'CONTAINER_HOST', undefined)];
  const runtime = env['XDG_RUNTIME_DIR'];
  return existing([
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ]);
}

function existing(paths: readonly string[]): readonly EngineAddress[] {
  return paths.filter((path) => existsSync(path)).map((path) => ({ kind: 'unix', path }));
}

function certificatesOf(env: Environment): string | undefined {
  if (!env['DOCKER_TLS_VERIFY']) return undefined;
  return env['DOCKER_CERT_PATH'] || configFolder(env);
}

function configFolder(env: Environment): string | undefined {
  const home = env['HOME'];
  return env['DOCKER_CONFIG'] || (home ? join(home, '.docker') : undefined);
}

function parseAddress(text: string, name: string, certificates: string | undefined): EngineAddress {
  const [, scheme, rest] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === 'unix' && rest) return { kind: 'unix', path: rest };
  if ((scheme === 'tcp' || scheme === 'http' || scheme === 'https') && rest) {
    const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
    if (url !== undefined && url.username === '' && url.pathname === '/')
      return {
        kind: 'tcp',
        host: url.host,
        ...(certificates === undefined ? {} : { certificates }),
      };
  }
  if (scheme === 'ssh' || scheme === 'npipe')
    throw new PlimsollError('unsupported', `Cannot reach the engine: ${name} names ${scheme}`, {
      hint: 'run on the machine of the engine, or forward its socket: ssh -L /tmp/engine.sock:/var/run/docker.sock HOST',
    });
  throw new PlimsollError('usage', `Cannot reach the engine: ${name} is no address`, {
    hint: 'write unix:///var/run/docker.sock or tcp://127.0.0.1:2375',
  });
}

function currentContext(env: Environment): string | undefined {
  const folder = configFolder(env);
  if (folder === undefined) return undefined;
  const current = readJson(join(folder, 'config.json'))?.['currentContext'];
  return typeof current === 'string' && current !== '' ? current : undefined;
}

/** Contexts lie in folders named after the hash of their name. */
function contextAddress(name: string, env: Environment): EngineAddress {
  const folder = join(configFolder(env) ?? '', 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const meta = readJson(join(folder, 'meta', id, 'meta.json'));
  const endpoint = recordOf(recordOf(meta?.['Endpoints'])?.['docker']);
  const host = endpoint?.['Host'];
  if (typeof host !== 'string')
    throw new PlimsollError('usage', `Cannot find context ${JSON.stringify(name)} of docker`, {
      hint: 'docker context ls lists them',
    });
  const certificates = join(folder, 'tls', id, 'docker');
  return parseAddress(
    host,
    `context ${JSON.stringify(name)}`,
    existsSync(certificates) ? certificates : undefined,
  );
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return text.length > configSizeBytesMax ? undefined : recordOf(JSON.parse(text));
  } catch {
    // Absent or damaged: the credentials' reader tells of the file, here it names no context.
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
