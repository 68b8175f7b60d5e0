// SPDX-License-Identifier: Apache-2.0
// The client of unit tests: it answers what the test declared, and names every call beyond that.
import { asyncIterableOf } from '../src/image/async-iterable.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../src/network/http.ts';

export interface DeclaredAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

type Declared = DeclaredAnswer | ((request: HttpRequest) => DeclaredAnswer);

export interface PoisonedHttpClient extends HttpClient {
  /** What was asked, in order: `GET https://host/path`. */
  readonly calls: readonly string[];
}

/** @param answers By method and URL: `{ 'GET https://host/path': { body: '...' } }`. */
export function poisonedHttpClient(
  answers: Readonly<Record<string, Declared>> = {},
): PoisonedHttpClient {
  const calls: string[] = [];
  return {
    calls,
    request(request) {
      const call = `${request.method ?? 'GET'} ${request.url}`;
      calls.push(call);
      const declared = answers[call];
      if (declared === undefined)
        return Promise.reject(new Error(`undeclared network call: ${call}`));
      const answer = typeof declared === 'function' ? declared(request) : declared;
      return Promise.resolve(answerResponse(request.url, answer));
    },
  };
}

function answerResponse(url: string, answer: DeclaredAnswer): HttpResponse {
  const bytes = Buffer.from(answer.body ?? '');
  return {
    status: answer.status ?? 200,
    headers: answer.headers ?? {},
    url,
    body: asyncIterableOf([bytes]),
    bytes: () => Promise.resolve(bytes),
    json: () => Promise.resolve(JSON.parse(bytes.toString('utf8'))),
    discard: () => Promise.resolve(),
  };
}
