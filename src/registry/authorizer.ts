// SPDX-License-Identifier: Apache-2.0
// Turns a registry's challenge into an Authorization header: anonymous or personal tokens, or
// basic authentication. https://distribution.github.io/distribution/spec/auth/
import { PlimsollError } from '../model/errors.ts';
import type { HttpClient, HttpRequest } from '../network/http.ts';
import { isLoopbackHost } from '../network/loopback.ts';
import { shownUrl } from '../network/shown-url.ts';
import { parseChallenges, type Challenge } from './challenge.ts';
import type { Credentials } from './credential-helper.ts';
import { findCredentials, type FoundCredentials } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';

/** Tokens in the field have some kilobytes. */
const answerBytesMax = 1 << 20;

export class Authorizer {
  readonly #http: HttpClient;
  readonly #endpoint: Endpoint;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #found: FoundCredentials | undefined;
  #header: string | undefined;

  constructor(
    http: HttpClient,
    endpoint: Endpoint,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#http = http;
    this.#endpoint = endpoint;
    this.#env = env;
  }

  /** What the next request is sent with; undefined until the registry has asked. */
  get header(): string | undefined {
    return this.#header;
  }

  /** For a person whose access was refused. */
  get hint(): string {
    const { credentials, problems } = this.#found ?? { problems: [] };
    const who =
      credentials === undefined
        ? `log in with docker login ${this.#endpoint.credentialHost}`
        : `check the name, or log in again with docker login ${this.#endpoint.credentialHost}`;
    return [who, ...problems.slice(0, 4)].join('; ');
  }

  /**
   * Answers a 401.
   * @returns False when there is nothing to answer it with.
   * @throws `unauthorized` or `network` when the token server refuses or fails.
   */
  async answer(wwwAuthenticate: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { credentialHost, repository } = this.#endpoint;
    this.#found ??= await findCredentials(credentialHost, repository, this.#env);
    const { credentials } = this.#found;
    const challenges = parseChallenges(wwwAuthenticate);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) {
      this.#header = `Bearer ${await this.#token(bearer, credentials, signal)}`;
      return true;
    }
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    if (!basic || credentials?.kind !== 'password') return false;
    this.#header = basicHeader(credentials);
    return true;
  }

  async #token(
    challenge: Challenge,
    credentials: Credentials | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const realm = this.#realm(challenge);
    const response = await this.#http.request({
      ...tokenRequest(realm, challenge.parameters['service'], this.#scope, credentials),
      signal,
    });
    if (response.status !== 200) {
      await response.discard();
      const refused = response.status === 401 || response.status === 403;
      throw new PlimsollError(
        refused ? 'unauthorized' : 'network',
        `Cannot get a token from ${shownUrl(realm)}: it answers ${response.status}`,
        { hint: refused ? this.hint : undefined },
      );
    }
    const answer = await response.json(answerBytesMax);
    const { token, access_token: accessToken } = (answer ?? {}) as Record<string, unknown>;
    const value = token || accessToken;
    // What follows goes into a header: printable characters without blanks.
    if (typeof value === 'string' && /^[!-~]+$/.test(value)) return value;
    throw new PlimsollError(
      'invalid',
      `Cannot get a token from ${shownUrl(realm)}: its answer has none`,
    );
  }

  /** What we need and no more, whatever the challenge suggests. */
  get #scope(): string {
    return `repository:${this.#endpoint.repository}:pull`;
  }

  #realm(challenge: Challenge): URL {
    const text = challenge.parameters['realm'] ?? '';
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const { baseUrl } = this.#endpoint;
    if (url?.protocol === 'https:') return url;
    // Over plain http anybody on the way would read the credentials. A registry that speaks plain
    // http has been allowed to by the user, or because it is on this machine: then its token server
    // must be here as well. One that speaks https has no business with http, and none here.
    const { host, protocol } = new URL(baseUrl);
    if (url?.protocol === 'http:' && protocol === 'http:')
      if (isLoopbackHost(url.host) || !isLoopbackHost(host)) return url;
    throw new PlimsollError(
      'unauthorized',
      `Cannot get a token for ${shownUrl(baseUrl)}: its token server ${JSON.stringify(text.slice(0, 200))} is no https URL`,
    );
  }
}

function basicHeader({ user, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  credentials: Credentials | undefined,
): HttpRequest {
  if (credentials?.kind === 'identity-token') {
    // https://distribution.github.io/distribution/spec/auth/oauth/
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service: service ?? '',
      client_id: 'plimsoll',
      scope,
      refresh_token: credentials.token,
    });
    return {
      method: 'POST',
      url: realm.href,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(form.toString()),
    };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  if (credentials === undefined) return { url: url.href };
  url.searchParams.set('account', credentials.user);
  return { url: url.href, headers: { authorization: basicHeader(credentials) } };
}
