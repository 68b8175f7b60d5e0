// SPDX-License-Identifier: Apache-2.0
// The one HTTP client, over node:http and node:https. It honours HTTP_PROXY, HTTPS_PROXY and
// NO_PROXY (also in lower case) except for loopback, trusts SSL_CERT_FILE and NODE_EXTRA_CA_CERTS
// beside Node's own roots, follows redirects without carrying credentials elsewhere, tries again
// what can be, and leaves content encodings alone: digests are of the bytes as stored.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates } from 'node:tls';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import { version } from '../model/version.ts';
import { responseOf } from './http-body.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http.ts';
import { isLoopbackHost } from './loopback.ts';
import { proxyEnvironment } from './proxy-environment.ts';
import { redirectOf, type Target } from './redirect.ts';
import {
  attemptsMax,
  isIdempotent,
  isRetriedFailure,
  isRetriedStatus,
  retryDelayMs,
} from './retry.ts';
import { shownUrl } from './shown-url.ts';

export interface HttpClientOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** PEM file of further authorities. */
  readonly caFile?: string;
  /** Talks to this Unix socket, whatever the URL's host. */
  readonly socketPath?: string;
  /** Certificates for one server, e.g. an engine's: PEM texts. `ca` replaces all other roots. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Tries in all; 1 turns repetition off. */
  readonly attempts?: number;
  readonly idleTimeoutMs?: number;
  /** Replaced by tests, which have no time. */
  readonly delay?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface ClosableHttpClient extends HttpClient {
  /** Ends idle connections, so that the process can end. */
  close(): void;
}

const idleTimeoutMsDefault = 60_000;
/** RFC 9110 section 15.4 leaves it open; browsers stop at 20, registries need 1 or 2. */
const redirectsMax = 10;
/** Connections to one server at once. */
const socketsPerHostMax = 8;

/** @throws `usage` when a proxy or a file of certificates in the environment cannot be used. */
export function createHttpClient(options: HttpClientOptions = {}): ClosableHttpClient {
  const agents = new Agents(options);
  return {
    request: (request) => followRedirects(request, options, agents),
    close: () => agents.close(),
  };
}

async function followRedirects(
  request: HttpRequest,
  options: HttpClientOptions,
  agents: Agents,
): Promise<HttpResponse> {
  let target: Target = firstTarget(request);
  for (let hops = 0; ; hops++) {
    const response = await requestWithRetries(target, request, options, agents);
    if (request.redirect === 'manual') return response;
    const next = redirectOf(target, response);
    if (next === undefined) return response;
    await response.discard();
    if (hops === redirectsMax)
      throw new PlimsollError(
        'network',
        `Cannot fetch ${shownUrl(request.url)}: it redirects more than ${redirectsMax} times`,
      );
    target = next;
  }
}

function firstTarget(request: HttpRequest): Target {
  let url: URL;
  try {
    url = new URL(request.url);
  } catch {
    throw new PlimsollError('usage', 'Cannot fetch: the URL is invalid');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new PlimsollError('usage', `Cannot fetch ${shownUrl(url)}: want http or https`);
  const headers: Record<string, string> = {
    'user-agent': `plimsoll/${version}`,
    'accept-encoding': 'identity',
  };
  for (const [name, value] of Object.entries(request.headers ?? {}))
    headers[name.toLowerCase()] = value;
  if (url.username !== '' || url.password !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] ??= `Basic ${Buffer.from(pair).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return { url, method: request.method ?? 'GET', headers, body: request.body };
}

async function requestWithRetries(
  target: Target,
  request: HttpRequest,
  options: HttpClientOptions,
  agents: Agents,
): Promise<HttpResponse> {
  const attempts = isIdempotent(target.method) ? (options.attempts ?? attemptsMax) : 1;
  const delay = options.delay ?? pause;
  for (let attempt = 1; ; attempt++) {
    let response: HttpResponse | undefined;
    let failure: unknown;
    try {
      response = await requestOnce(target, request, options, agents);
    } catch (error) {
      failure = error;
    }
    if (request.signal?.aborted === true) throw stopped(target);
    const again =
      response === undefined ? isRetriedFailure(failure) : isRetriedStatus(response.status);
    const waitMs =
      again && attempt < attempts
        ? retryDelayMs(attempt, response?.headers['retry-after'], Date.now(), Math.random())
        : undefined;
    if (waitMs === undefined) {
      if (response !== undefined) return response;
      throw unreachable(target, failure);
    }
    await response?.discard();
    try {
      await delay(waitMs, request.signal);
    } catch {
      throw stopped(target);
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
}

function stopped(target: Target): PlimsollError {
  return new PlimsollError('aborted', `Cannot fetch ${shownUrl(target.url)}: stopped`);
}

function unreachable(target: Target, failure: unknown): PlimsollError {
  if (failure instanceof PlimsollError) return failure;
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  const hint = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/.test(code)
    ? "name the authority's PEM file in SSL_CERT_FILE when the server is yours"
    : code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER'
      ? 'the server may speak plain http only'
      : undefined;
  // Several addresses failed: each has its own reason.
  const reason =
    failure instanceof AggregateError && failure.message === ''
      ? failure.errors.map(reasonOf).slice(0, 4).join('; ')
      : reasonOf(failure);
  return new PlimsollError('network', `Cannot fetch ${shownUrl(target.url)}: ${reason}`, {
    hint,
    cause: failure,
  });
}

function requestOnce(
  target: Target,
  request: HttpRequest,
  options: HttpClientOptions,
  agents: Agents,
): Promise<HttpResponse> {
  const idleTimeoutMs = request.idleTimeoutMs ?? options.idleTimeoutMs ?? idleTimeoutMsDefault;
  const { url, method, headers, body } = target;
  const secure = url.protocol === 'https:';
  return new Promise<HttpResponse>((resolve, reject) => {
    if (request.signal?.aborted === true) return reject(stopped(target));
    const outgoing = (secure ? requestHttps : requestHttp)(url, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-length': String(body.length) },
      agent: agents.for(url),
      ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    });
    const abort = () => outgoing.destroy(new Error('stopped'));
    const timer = setTimeout(() => {
      const late = new Error(`no answer for ${idleTimeoutMs / 1000} s`);
      outgoing.destroy(Object.assign(late, { code: 'ETIMEDOUT' }));
    }, idleTimeoutMs);
    const settle = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
    };
    request.signal?.addEventListener('abort', abort, { once: true });
    outgoing.once('response', (message: IncomingMessage) => {
      settle();
      resolve(responseOf(message, { url: url.href, idleTimeoutMs, signal: request.signal }));
    });
    outgoing.on('error', (error) => {
      settle();
      reject(error);
    });
    outgoing.end(body);
  });
}

/** Connections that are kept open, made when the first request needs them. */
class Agents {
  readonly #options: HttpClientOptions;
  readonly #agents = new Map<string, HttpAgent>();

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  for(url: URL): HttpAgent {
    const direct = this.#options.socketPath !== undefined || isLoopbackHost(url.hostname);
    const key = `${url.protocol}${direct ? 'direct' : 'proxied'}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const agent = this.#create(url.protocol === 'https:', direct);
    this.#agents.set(key, agent);
    return agent;
  }

  #create(secure: boolean, direct: boolean): HttpAgent {
    const common = {
      keepAlive: true,
      maxSockets: socketsPerHostMax,
      ...(direct ? {} : { proxyEnv: proxyEnvironment(this.#options.env ?? {}) }),
    };
    return secure ? new HttpsAgent({ ...common, ...this.#tls() }) : new HttpAgent(common);
  }

  #tls() {
    const { tls, caFile, env } = this.#options;
    if (tls !== undefined) return tls;
    const files = [caFile, env?.['SSL_CERT_FILE']].filter(
      (file) => file !== undefined && file !== '',
    );
    if (files.length === 0) return {};
    // Naming authorities replaces Node's own, so those are named too (NODE_EXTRA_CA_CERTS included).
    return {
      ca: [...getCACertificates('default'), ...files.map((file) => readCertificates(file!))],
    };
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PlimsollError(
      'usage',
      `Cannot read certificates ${JSON.stringify(file)}: ${reasonOf(cause)}`,
      { hint: 'correct SSL_CERT_FILE', cause },
    );
  }
}
