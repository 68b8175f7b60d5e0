// SPDX-License-Identifier: Apache-2.0
// The body of an answer: read once, within limits, with an eye on the clock.
import { parseJson } from '../formats/json/parse-json.ts';
import type { IncomingMessage } from 'node:http';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import type { HttpResponse } from './http.ts';
import { shownUrl } from './shown-url.ts';

/** Up to here the rest of an unwanted body is read, to keep the connection; beyond, it is cut. */
const drainedBytesMax = 64 << 10;
/**
 * A server that sends less than this within the idle time counts as silent: byte by byte it could
 * hold us for ever. The slowest modem sends a hundred times as much.
 */
const bytesPerIdleTimeMin = 4 << 10;

export interface BodyOptions {
  readonly url: string;
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The response that callers see, over Node's. */
export function responseOf(message: IncomingMessage, options: BodyOptions): HttpResponse {
  const body = readBody(message, options);
  const bytes = (sizeBytesMax: number) => collect(message, body, options.url, sizeBytesMax);
  return {
    status: message.statusCode ?? 0,
    headers: joinedHeaders(message),
    url: options.url,
    body,
    bytes,
    async json(sizeBytesMax) {
      const text = new TextDecoder().decode(await bytes(sizeBytesMax));
      try {
        return parseJson(text);
      } catch (cause) {
        throw new PlimsollError(
          'invalid',
          `Cannot read the answer of ${shownUrl(options.url)}: it is not JSON`,
          { cause },
        );
      }
    },
    discard: () => discard(message, body),
  };
}

function joinedHeaders(message: IncomingMessage): Readonly<Record<string, string>> {
  const headers = Object.create(null) as Record<string, string>;
  for (const [name, values] of Object.entries(message.headersDistinct))
    headers[name] = (values ?? []).join(', ');
  return headers;
}

async function* readBody(
  message: IncomingMessage,
  options: BodyOptions,
): AsyncGenerator<Uint8Array> {
  const { url, idleTimeoutMs, signal } = options;
  const stop = () => message.destroy(new Error('stopped'));
  signal?.addEventListener('abort', stop, { once: true });
  const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const patience = new Patience(message, idleTimeoutMs);
  try {
    for (;;) {
      const next = await patience.wait(() => chunks.next());
      if (next.done === true) {
        if (!message.complete) throw new Error('the connection ended before the body did');
        return;
      }
      patience.got(next.value.length);
      yield next.value;
    }
  } catch (cause) {
    if (signal?.aborted === true)
      throw new PlimsollError('aborted', `Cannot read ${shownUrl(url)}: stopped`, { cause });
    throw new PlimsollError('network', `Cannot read ${shownUrl(url)}: ${reasonOf(cause)}`, {
      cause,
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    // A reader that leaves early gives the connection up.
    if (!message.complete) message.destroy();
  }
}

/** The clock runs only while we wait for the server, not while the reader works on a chunk. */
class Patience {
  readonly #message: IncomingMessage;
  readonly #idleTimeoutMs: number;
  #leftMs: number;
  #gotBytes = 0;

  constructor(message: IncomingMessage, idleTimeoutMs: number) {
    this.#message = message;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#leftMs = idleTimeoutMs;
  }

  async wait<T>(step: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const timer = setTimeout(() => {
      const what = this.#gotBytes === 0 ? 'no bytes' : `only ${this.#gotBytes} bytes`;
      this.#message.destroy(new Error(`${what} for ${this.#idleTimeoutMs / 1000} s`));
    }, this.#leftMs);
    try {
      return await step();
    } finally {
      clearTimeout(timer);
      this.#leftMs = Math.max(1, this.#leftMs - (performance.now() - start));
    }
  }

  /** Begins anew once enough has come. */
  got(bytes: number): void {
    this.#gotBytes += bytes;
    if (this.#gotBytes < bytesPerIdleTimeMin) return;
    this.#gotBytes = 0;
    this.#leftMs = this.#idleTimeoutMs;
  }
}

async function collect(
  message: IncomingMessage,
  body: AsyncIterable<Uint8Array>,
  url: string,
  sizeBytesMax: number,
): Promise<Uint8Array> {
  const tooLong = () => {
    message.destroy();
    return new PlimsollError(
      'limit',
      `Cannot read the answer of ${shownUrl(url)}: it is longer than ${sizeBytesMax} bytes`,
    );
  };
  if (Number(message.headers['content-length'] ?? 0) > sizeBytesMax) throw tooLong();
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > sizeBytesMax) throw tooLong();
    parts.push(chunk);
  }
  return Buffer.concat(parts, sizeBytes);
}

async function discard(message: IncomingMessage, body: AsyncIterable<Uint8Array>): Promise<void> {
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > drainedBytesMax) break;
    }
  } catch {
    // Nobody wanted it: how it ended does not matter.
  }
  if (!message.complete) message.destroy();
}
