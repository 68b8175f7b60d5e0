// SPDX-License-Identifier: Apache-2.0
// The contract of the one HTTP client. Everything that talks to a server is handed one of these;
// nothing else in the program opens a connection to the network.

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** `manual` hands a 3xx response to the caller. `Authorization` never follows to another origin. */
  readonly redirect?: 'follow' | 'manual';
  /** No bytes for this long breaks the request off. */
  readonly idleTimeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several values joined by a comma and a blank. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** Must be read to its end, or discarded, for the connection to be free again. */
  readonly body: AsyncIterable<Uint8Array>;
  /** @throws `limit` when the body is longer. */
  bytes(sizeBytesMax: number): Promise<Uint8Array>;
  /** @throws `invalid` when the body is no JSON, `limit` when it is longer. */
  json(sizeBytesMax: number): Promise<unknown>;
  discard(): Promise<void>;
}

export interface HttpClient {
  /**
   * Answers with any status: callers judge it. Connection failures, 429, 502, 503 and 504 are
   * tried again with back-off (idempotent methods only, `Retry-After` obeyed within a limit).
   * @throws `network` (unreachable, broken off), `offline` (`--offline` forbids it), `aborted`.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}
