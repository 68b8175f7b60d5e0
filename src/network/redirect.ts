// SPDX-License-Identifier: Apache-2.0
// Where a 3xx answer leads, https://www.rfc-editor.org/rfc/rfc9110#name-redirection-3xx
import { PlimsollError } from '../model/errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { isLoopbackHost } from './loopback.ts';
import { shownUrl } from './shown-url.ts';

/** One request as it goes out. */
export interface Target {
  readonly url: URL;
  readonly method: NonNullable<HttpRequest['method']>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Meant for the server that was asked, and for no other. */
const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
]);

/**
 * The next request, undefined when the answer is no redirect.
 * @throws `network` when it leads to another scheme, from https down to http, or over http into this
 * machine or out of it.
 */
export function redirectOf(from: Target, response: HttpResponse): Target | undefined {
  const location = response.headers['location'];
  if (!redirects.has(response.status) || location === undefined) return undefined;
  const refuse = (state: string) =>
    new PlimsollError('network', `Cannot follow the redirect of ${shownUrl(from.url)}: ${state}`);
  let url: URL;
  try {
    url = new URL(location, from.url);
  } catch {
    throw refuse('its location is no URL');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('it leaves http');
  // Whoever can make us drop TLS can read and change what follows.
  if (from.url.protocol === 'https:' && url.protocol === 'http:')
    throw refuse('it leads from https to http');
  // What was asked elsewhere must not be answered by this machine's own services, and http is for
  // this machine alone: whoever asked it has not allowed http to anybody else.
  if (
    isLoopbackHost(from.url.hostname) !== isLoopbackHost(url.hostname) &&
    url.protocol === 'http:'
  )
    throw refuse('it leads over http into this machine, or out of it');
  // User information in a location is the server's, not ours: it is not sent.
  url.username = '';
  url.password = '';
  const becomesGet =
    response.status === 303
      ? from.method !== 'HEAD'
      : response.status <= 302 && from.method === 'POST';
  // A token request carries its secret in the body. (An upload that is sent elsewhere is a PUT.)
  if (!becomesGet && from.method === 'POST' && url.origin !== from.url.origin)
    throw refuse('it would carry what was posted to another server');
  return {
    url,
    method: becomesGet ? 'GET' : from.method,
    headers: url.origin === from.url.origin ? from.headers : withoutCredentials(from.headers),
    body: becomesGet ? undefined : from.body,
  };
}

function withoutCredentials(headers: Target['headers']): Target['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !credentialHeaders.has(name));
  return Object.fromEntries(kept);
}
