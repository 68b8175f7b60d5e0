// SPDX-License-Identifier: Apache-2.0
// The parts of the Docker Engine API that reading images and containers takes; podman answers the
// same calls. https://docs.docker.com/reference/api/engine/
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCode, PlimsollError, reasonOf } from '../model/errors.ts';
import type { HttpClient, HttpResponse } from '../network/http.ts';
import { createHttpClient, type ClosableHttpClient } from '../network/http-client.ts';
import { offlineHttpClient } from '../network/offline-client.ts';
import { engineAddresses, type EngineAddress, type EngineKind } from './engine-address.ts';

export interface EngineContext {
  readonly http: HttpClient;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** Of January 2020 (Docker 19.03.6 and podman 2): what is asked for here is in all since. */
const apiVersionMin = [1, 40] as const;
/** The newest whose answers were looked at. */
const apiVersionMax = [1, 48] as const;
/** Engines before 25 write a whole image to their disk before the first byte of a save. */
const idleTimeoutMs = 30 * 60_000;
const pingTimeoutMs = 10_000;
/** Inspections have some kilobytes; a container's changes some bytes for each file. */
const inspectionBytesMax = 16 << 20;
const changesBytesMax = 256 << 20;

export class EngineClient {
  readonly kind: EngineKind;
  readonly #http: HttpClient;
  readonly #own: ClosableHttpClient | undefined;
  readonly #baseUrl: string;

  private constructor(
    kind: EngineKind,
    http: HttpClient,
    own: ClosableHttpClient | undefined,
    baseUrl: string,
  ) {
    this.kind = kind;
    this.#http = http;
    this.#own = own;
    this.#baseUrl = baseUrl;
  }

  /**
   * Speaks to the first engine that answers.
   * @throws `io` when none does, `unsupported` when it is too old, `usage` for a wrong address.
   */
  static async connect(kind: EngineKind, context: EngineContext): Promise<EngineClient> {
    const addresses = engineAddresses(kind, context.env);
    let failure: unknown;
    for (const address of addresses)
      try {
        return await EngineClient.#connectTo(kind, address, context);
      } catch (error) {
        if (isCode(error, 'aborted') || isCode(error, 'unsupported')) throw error;
        failure ??= error;
      }
    if (failure instanceof PlimsollError) throw failure;
    const name = kind === 'docker' ? 'DOCKER_HOST' : 'CONTAINER_HOST';
    throw new PlimsollError('io', `Cannot reach ${kind}: none of its usual sockets is here`, {
      hint: `start the engine, or name its socket in ${name}`,
    });
  }

  static async #connectTo(
    kind: EngineKind,
    address: EngineAddress,
    context: EngineContext,
  ): Promise<EngineClient> {
    const { http, own, baseUrl } = openConnection(address, context);
    try {
      const response = await http.request({
        url: `${baseUrl}/_ping`,
        signal: context.signal,
        idleTimeoutMs: pingTimeoutMs,
      });
      await response.discard();
      if (response.status !== 200)
        throw new PlimsollError('io', `it answers ${response.status} to a ping`);
      const version = negotiate(kind, response.headers['api-version']);
      return new EngineClient(kind, http, own, `${baseUrl}/v${version}`);
    } catch (error) {
      own?.close();
      if (isCode(error, 'aborted') || isCode(error, 'offline') || isCode(error, 'unsupported'))
        throw error;
      const where = address.kind === 'unix' ? address.path : address.host;
      throw new PlimsollError(
        'io',
        `Cannot reach ${kind} at ${JSON.stringify(where)}: ${innerReason(error)}`,
        {
          hint: hintOf(error),
          cause: error,
        },
      );
    }
  }

  /** @param name Any name that the engine takes. @throws `not-found`. */
  async inspectImage(name: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#get(
      `/images/${pathName(name)}/json`,
      `image ${JSON.stringify(name)}`,
      signal,
    );
    return response.json(inspectionBytesMax);
  }

  /** Steps of an image's making, the last first. */
  async imageHistory(name: string, signal?: AbortSignal): Promise<unknown> {
    const path = `/images/${pathName(name)}/history`;
    return (await this.#get(path, `the history of image ${JSON.stringify(name)}`, signal)).json(
      inspectionBytesMax,
    );
  }

  /** The archive of `docker save`, as it streams in. */
  async saveImage(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return (
      await this.#get(`/images/${pathName(name)}/get`, `image ${JSON.stringify(name)}`, signal)
    ).body;
  }

  async inspectContainer(name: string, signal?: AbortSignal): Promise<unknown> {
    const path = `/containers/${pathName(name)}/json`;
    return (await this.#get(path, `container ${JSON.stringify(name)}`, signal)).json(
      inspectionBytesMax,
    );
  }

  /** Paths in which the container differs from its image. */
  async containerChanges(id: string, signal?: AbortSignal): Promise<unknown> {
    const path = `/containers/${pathName(id)}/changes`;
    return (await this.#get(path, `changes of container ${JSON.stringify(id)}`, signal)).json(
      changesBytesMax,
    );
  }

  /** The container's whole file system as a tar, without what is mounted into it. */
  async exportContainer(id: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const path = `/containers/${pathName(id)}/export`;
    return (await this.#get(path, `container ${JSON.stringify(id)}`, signal)).body;
  }

  close(): void {
    this.#own?.close();
  }

  async #get(path: string, what: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const response = await this.#http.request({ url: this.#baseUrl + path, signal, idleTimeoutMs });
    if (response.status === 200) return response;
    const said = await messageOf(response);
    throw new PlimsollError(
      response.status === 404 ? 'not-found' : 'io',
      `Cannot get ${what} from ${this.kind}: ${said}`,
    );
  }
}

function openConnection(address: EngineAddress, context: EngineContext) {
  if (address.kind === 'unix') {
    const own = createHttpClient({ socketPath: address.path, attempts: 1 });
    return { http: own, own, baseUrl: 'http://engine' };
  }
  if (address.certificates === undefined)
    return { http: context.http, own: undefined, baseUrl: `http://${address.host}` };
  // This engine has certificates of its own, so the common client cannot speak to it.
  if (context.http === offlineHttpClient)
    return { http: offlineHttpClient, own: undefined, baseUrl: `https://${address.host}` };
  const own = createHttpClient({ tls: readCertificates(address.certificates), attempts: 1 });
  return { http: own, own, baseUrl: `https://${address.host}` };
}

function readCertificates(folder: string) {
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (cause) {
      throw new PlimsollError(
        'usage',
        `Cannot read the engine's certificates: ${reasonOf(cause)}`,
        {
          hint: 'DOCKER_CERT_PATH names a folder with ca.pem, cert.pem and key.pem',
          cause,
        },
      );
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

function negotiate(kind: EngineKind, text: string | undefined): string {
  const match = /^(\d{1,3})\.(\d{1,3})$/.exec(text ?? '');
  const found: readonly [number, number] =
    match === null ? apiVersionMin : [Number(match[1]), Number(match[2])];
  const isBelow = (left: readonly [number, number], right: readonly [number, number]) =>
    left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
  if (isBelow(found, apiVersionMin))
    throw new PlimsollError(
      'unsupported',
      `Cannot use ${kind}: its API version is ${found.join('.')}, at least ${apiVersionMin.join('.')} is needed`,
      { hint: 'save the image with docker save and scan the archive' },
    );
  return (isBelow(found, apiVersionMax) ? found : apiVersionMax).join('.');
}

/**
 * A name as part of a path. What could lead to another call of the API is refused: `..` would be
 * taken out of the URL together with what stands before it.
 */
function pathName(name: string): string {
  const parts = name.split('/');
  if (
    name.length > 1024 ||
    !/^[\w.:@/[\]-]+$/.test(name) ||
    parts.some((part) => /^\.*$/.test(part))
  )
    throw new PlimsollError(
      'usage',
      `Cannot ask the engine for ${JSON.stringify(name.slice(0, 1024))}: it is no name`,
    );
  return parts.map(encodeURIComponent).join('/');
}

const messageBytesMax = 64 << 10;

async function messageOf(response: HttpResponse): Promise<string> {
  try {
    const { message } = (await response.json(messageBytesMax)) as { message?: unknown };
    if (typeof message === 'string' && message !== '')
      return message.replace(/\p{C}/gu, ' ').slice(0, 300);
  } catch {
    // Proxies in between answer anything.
  }
  return `it answers ${response.status}`;
}

function innerReason(error: unknown): string {
  const cause = error instanceof PlimsollError ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'there is no such socket';
  if (code === 'ECONNREFUSED') return 'nobody listens there';
  return reasonOf(error);
}

function hintOf(error: unknown): string | undefined {
  const reason = innerReason(error);
  if (reason === 'permission denied') return "run as root or as a member of the engine's group";
  return reason === 'nobody listens there' || reason === 'there is no such socket'
    ? 'start the engine'
    : undefined;
}
