// SPDX-License-Identifier: Apache-2.0
// A web server on loopback that serves files as publishers and mirrors do (conditional requests and
// ranges, RFC 9110 sections 13 and 14), and misbehaves where a test tells it to.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedFile {
  readonly body: Uint8Array | string;
  readonly lastModified?: string;
  /** Absent: made from the content; empty: none is sent. */
  readonly etag?: string;
  /** The connection breaks off after so many bytes of an answer, so many times. */
  readonly breaks?: { readonly afterBytes: number; times: number };
  /** Added to the true length in Content-Length. */
  readonly lengthLie?: number;
  /** Instead of all at once. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  readonly status?: number;
}

export interface FeedServer {
  readonly url: string;
  /** By path, without the leading slash. */
  readonly files: Map<string, ServedFile>;
  /** `GET path`, with ` range` or ` if-...` where asked so, and ` -> status`. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function startFeedServer(): Promise<FeedServer> {
  const files = new Map<string, ServedFile>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1));
    const file = files.get(path);
    void answer(request, response, file).finally(() => {
      const range = request.headers.range === undefined ? '' : ` ${request.headers.range}`;
      requests.push(`${path}${range} -> ${response.statusCode}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    files,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile | undefined,
): Promise<void> {
  if (file === undefined || file.status !== undefined) {
    response.writeHead(file?.status ?? 404).end('no');
    return;
  }
  const body = Buffer.from(file.body as string);
  const etag = file.etag ?? `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  if (etag !== '') response.setHeader('etag', etag);
  if (file.lastModified !== undefined) response.setHeader('last-modified', file.lastModified);
  const { headers } = request;
  const isKnown =
    headers['if-none-match'] === undefined
      ? file.lastModified !== undefined && headers['if-modified-since'] === file.lastModified
      : headers['if-none-match'] === etag;
  if (isKnown) {
    response.writeHead(304).end();
    return;
  }
  const guard = headers['if-range'];
  const isSame = guard !== undefined && (guard === etag || guard === file.lastModified);
  const start = isSame ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
  if (start > 0 && start >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  if (start > 0)
    response.setHeader('content-range', `bytes ${start}-${body.length - 1}/${body.length}`);
  const rest = body.subarray(start);
  response.setHeader('content-length', rest.length + (file.lengthLie ?? 0));
  response.writeHead(start > 0 ? 206 : 200);
  await send(response, rest, file);
}

async function send(response: ServerResponse, rest: Buffer, file: ServedFile): Promise<void> {
  const { breaks, drip } = file;
  if (breaks !== undefined && breaks.times > 0) {
    breaks.times--;
    response.write(rest.subarray(0, breaks.afterBytes));
    // A reset overtakes bytes that the client has not read yet.
    await new Promise((resolve) => setTimeout(resolve, 50));
    response.destroy();
    return;
  }
  if (drip !== undefined)
    for (let at = 0; at < rest.length && !response.destroyed; at += drip.bytes) {
      response.write(rest.subarray(at, at + drip.bytes));
      await new Promise((resolve) => setTimeout(resolve, drip.everyMs));
    }
  else response.write(rest);
  if ((file.lengthLie ?? 0) > 0) response.destroy();
  else response.end();
}
