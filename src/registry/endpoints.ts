// SPDX-License-Identifier: Apache-2.0
// From the registry in a reference to the servers that answer for it: its mirrors first, then
// itself. Plain http is for this machine only, unless the user allows it.
import { PlimsollError } from '../model/errors.ts';
import type { Reference } from '../model/reference.ts';
import { isLoopbackHost } from '../network/loopback.ts';

export interface Endpoint {
  /** `https://registry-1.docker.io`: what `/v2/` is appended to. */
  readonly baseUrl: string;
  /** Under which credentials for it are kept: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly credentialHost: string;
  /** Path of the repository there. */
  readonly repository: string;
  readonly mirror: boolean;
}

export interface EndpointOptions {
  readonly plainHttp: boolean;
  /**
   * `PLIMSOLL_REGISTRY_MIRRORS`: `docker.io=https://mirror.example,ghcr.io=https://m.example/ghcr`.
   * A path in the URL goes before the repository's name.
   */
  readonly mirrors: string | undefined;
}

const dockerHub = 'docker.io';
/** Where Docker Hub serves what is called docker.io. */
const dockerHubApi = 'registry-1.docker.io';
/** Tried one after the other, each with its time. */
const mirrorsMax = 8;

/** @throws `usage` when the mirrors are written wrong, or plain http is not allowed to one. */
export function endpointsOf(reference: Reference, options: EndpointOptions): readonly Endpoint[] {
  const { registry, repository } = reference;
  const http = options.plainHttp || isLoopbackHost(registry);
  const host = registry === dockerHub ? dockerHubApi : registry;
  return [
    ...mirrorsOf(reference, options),
    {
      baseUrl: `${http && registry !== dockerHub ? 'http' : 'https'}://${host}`,
      credentialHost: registry,
      repository,
      mirror: false,
    },
  ];
}

function mirrorsOf(
  { registry, repository }: Reference,
  { plainHttp, mirrors }: EndpointOptions,
): readonly Endpoint[] {
  const found: Endpoint[] = [];
  for (const item of (mirrors ?? '').split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const equals = item.indexOf('=');
    const url = URL.canParse(item.slice(equals + 1)) ? new URL(item.slice(equals + 1)) : undefined;
    const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
    if (equals < 1 || url === undefined || !isHttp || url.username !== '' || url.search !== '')
      throw wrongMirrors('an item is not REGISTRY=URL');
    if (url.protocol === 'http:' && !plainHttp && !isLoopbackHost(url.host))
      throw wrongMirrors(`http to ${JSON.stringify(url.host)} is not allowed`);
    if (item.slice(0, equals) !== registry) continue;
    const prefix = url.pathname.split('/').filter(Boolean).join('/');
    found.push({
      baseUrl: url.origin,
      credentialHost: url.host,
      repository: prefix === '' ? repository : `${prefix}/${repository}`,
      mirror: true,
    });
  }
  return found.slice(0, mirrorsMax);
}

function wrongMirrors(state: string): PlimsollError {
  return new PlimsollError('usage', `Cannot use PLIMSOLL_REGISTRY_MIRRORS: ${state}`, {
    hint: 'write docker.io=https://mirror.example, several with commas; http needs --plain-http',
  });
}
