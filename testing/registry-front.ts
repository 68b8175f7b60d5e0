// SPDX-License-Identifier: Apache-2.0
// Stands before a real registry and does to its clients what registries in the field do: asks for
// tokens, breaks connections, redirects blobs elsewhere, lies.
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FrontOptions {
  /** `HOST:PORT` of the registry. */
  readonly registry: string;
  /** Answers requests that it takes by returning true. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Changes an answer's body before it is sent. */
  readonly change?: (path: string, body: Buffer) => Buffer;
  /** Cuts connections of blobs after this many bytes. */
  readonly breakAfterBytes?: number;
  /** What a registry without ranges does: sends everything again. */
  readonly ignoreRange?: boolean;
}

export interface Front {
  readonly host: string;
  /** `METHOD PATH`, in order. */
  readonly calls: string[];
  close(): void;
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const calls: string[] = [];
  const server: Server = createServer((incoming, response) => {
    calls.push(`${incoming.method} ${incoming.url}`);
    if (options.before?.(incoming, response) === true) return;
    forward(incoming, response, options).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  options: FrontOptions,
): Promise<void> {
  const headers = { ...incoming.headers, host: options.registry };
  if (options.ignoreRange === true) delete headers.range;
  delete headers.authorization;
  const { method, url: path = '/' } = incoming;
  const outgoing = request({ ...hostAndPort(options.registry), method, path, headers });
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const chunk of answer) parts.push(chunk as Buffer);
  const whole = Buffer.concat(parts);
  const body = options.change?.(path, whole) ?? whole;
  response.writeHead(answer.statusCode!, {
    ...answer.headers,
    ...(method === 'HEAD' ? {} : { 'content-length': String(body.length) }),
  });
  const cut = options.breakAfterBytes ?? Infinity;
  if (!path.includes('/blobs/') || body.length <= cut) response.end(body);
  else response.write(body.subarray(0, cut), () => response.destroy());
}

function hostAndPort(text: string): { host: string; port: number } {
  const [host, port] = text.split(':');
  return { host: host!, port: Number(port) };
}
