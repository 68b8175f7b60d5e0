// SPDX-License-Identifier: Apache-2.0
// The client against real servers on loopback: each answers what a test needs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PlimsollError } from '../model/errors.ts';
import { version } from '../model/version.ts';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';

async function listen(context: TestContext, server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(context, createServer(listener))}`;
}

/** A client whose pauses take no time, and how long they would have been. */
function client(context: TestContext, options: HttpClientOptions = {}) {
  const pausesMs: number[] = [];
  const delay = (ms: number) => {
    pausesMs.push(ms);
    return Promise.resolve();
  };
  const made = createHttpClient({ delay, ...options });
  context.after(() => made.close());
  return { request: made.request.bind(made), pausesMs };
}

test('an answer is read with its headers in lower case', async (context) => {
  const url = await serve(context, (request, response) => {
    response.setHeader('X-Seen', JSON.stringify(request.headers));
    response.setHeader('X-Two', ['a', 'b']);
    response.end('body');
  });
  const { request } = client(context);
  const response = await request({ url: `${url}/x`, headers: { Accept: 'text/plain' } });
  assert.equal(response.status, 200);
  assert.equal(response.headers['x-two'], 'a, b');
  const seen = JSON.parse(response.headers['x-seen']!) as Record<string, string>;
  assert.equal(seen['user-agent'], `plimsoll/${version}`);
  assert.equal(seen['accept-encoding'], 'identity');
  assert.equal(seen['accept'], 'text/plain');
  assert.equal(Buffer.from(await response.bytes(4)).toString(), 'body');
});

test('one connection serves one request after the other', async (context) => {
  const ports = new Set<number | undefined>();
  const url = await serve(context, (request, response) => {
    ports.add(request.socket.remotePort);
    response.end('x');
  });
  const { request } = client(context);
  for (let round = 0; round < 3; round++) await (await request({ url })).discard();
  assert.equal(ports.size, 1);
});

test('a body is limited, by what is announced and by what comes', async (context) => {
  const url = await serve(context, (request, response) => {
    if (request.url === '/announced') response.setHeader('content-length', 10);
    response.end('0123456789');
  });
  const { request } = client(context);
  for (const path of ['/announced', '/chunked']) {
    const response = await request({ url: url + path });
    await assert.rejects(response.bytes(9), { code: 'limit' });
  }
});

test('JSON is read, and what is none is refused', async (context) => {
  const url = await serve(context, (request, response) => {
    response.end(request.url === '/good' ? '{"a":1}' : '<html>');
  });
  const { request } = client(context);
  assert.deepEqual(await (await request({ url: `${url}/good` })).json(100), { a: 1 });
  await assert.rejects((await request({ url: `${url}/bad` })).json(100), { code: 'invalid' });
});

test('content encodings are left alone', async (context) => {
  const url = await serve(context, (_, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end('not even gzip');
  });
  const response = await client(context).request({ url });
  assert.equal(Buffer.from(await response.bytes(100)).toString(), 'not even gzip');
});

test('credentials follow a redirect to the same origin only', async (context) => {
  const seen: string[] = [];
  const other = await serve(context, (request, response) => {
    seen.push(`other ${request.headers.authorization ?? ''}${request.headers.cookie ?? ''}`);
    response.end('done');
  });
  const url = await serve(context, (request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    const to = request.url === '/a' ? '/b' : `${other.replace('//', '//user:word@')}/c`;
    response.writeHead(307, { location: to }).end();
  });
  const headers = { authorization: 'Bearer secret', cookie: 'secret' };
  const response = await client(context).request({ url: `${url}/a`, headers });
  assert.deepEqual(seen, ['/a Bearer secret', '/b Bearer secret', 'other ']);
  assert.equal(response.url, `${other}/c`);
  await response.discard();
});

test('what is posted stays with its server, or becomes a GET', async (context) => {
  const seen: string[] = [];
  const other = await serve(context, (request, response) => {
    seen.push(`${request.method} ${request.headers['content-length'] ?? 'no body'}`);
    response.end();
  });
  const url = await serve(context, (request, response) => {
    response.writeHead(Number(request.url!.slice(1)), { location: other }).end();
  });
  const { request } = client(context);
  const post = { method: 'POST', body: Buffer.from('secret') } as const;
  for (const status of [307, 308])
    await assert.rejects(request({ url: `${url}/${status}`, ...post }), { code: 'network' });
  for (const status of [301, 302, 303]) await request({ url: `${url}/${status}`, ...post });
  assert.deepEqual(seen, ['GET no body', 'GET no body', 'GET no body']);
});

test('redirects end', async (context) => {
  const url = await serve(context, (_, response) => {
    response.writeHead(302, { location: '/again' }).end();
  });
  await assert.rejects(client(context).request({ url }), {
    code: 'network',
    message: /more than 10 times/,
  });
});

test('redirects out of http and to nowhere are refused', async (context) => {
  const url = await serve(context, (request, response) => {
    const places = new Map([
      ['/file', 'file:///etc/passwd'],
      ['/metadata', 'http://169.254.169.254/latest/meta-data/'],
    ]);
    response.writeHead(302, { location: places.get(request.url!) ?? 'http://' }).end();
  });
  for (const path of ['/file', '/broken', '/metadata'])
    await assert.rejects(client(context).request({ url: url + path }), {
      code: 'network',
      message: /Cannot follow the redirect/,
    });
});

test('a caller who wants it sees the redirect', async (context) => {
  const url = await serve(context, (_, response) => {
    response.writeHead(302, { location: '/next' }).end();
  });
  const response = await client(context).request({ url, redirect: 'manual' });
  assert.equal(response.status, 302);
  assert.equal(response.headers['location'], '/next');
  await response.discard();
});

test('503 is tried again, with pauses that grow', async (context) => {
  let calls = 0;
  const url = await serve(context, (_, response) => {
    calls++;
    response.statusCode = calls < 4 ? 503 : 200;
    response.end();
  });
  const { request, pausesMs } = client(context);
  const response = await request({ url });
  assert.equal(response.status, 200);
  assert.equal(calls, 4);
  assert.equal(pausesMs.length, 3);
  assert.ok(pausesMs[0]! <= 400 && pausesMs[2]! >= 800, String(pausesMs));
});

test('the last 503 is the answer', async (context) => {
  let calls = 0;
  const url = await serve(context, (_, response) => {
    calls++;
    response.writeHead(503).end('why');
  });
  const response = await client(context).request({ url });
  assert.equal(response.status, 503);
  assert.equal(Buffer.from(await response.bytes(10)).toString(), 'why');
  assert.equal(calls, 4);
});

test('Retry-After is obeyed within its limit', async (context) => {
  let calls = 0;
  const url = await serve(context, (request, response) => {
    calls++;
    const after = request.url!.slice(1);
    if (calls === 1) response.writeHead(429, { 'retry-after': decodeURIComponent(after) });
    response.end();
  });
  const soon = new Date(Date.now() + 30_000).toUTCString();
  for (const [after, status, low, high] of [
    ['7', 200, 7000, 7000],
    [soon, 200, 20_000, 30_000],
    ['nonsense', 200, 1, 400],
    ['3600', 429, 0, 0],
  ] as const) {
    calls = 0;
    const { request, pausesMs } = client(context);
    const response = await request({ url: `${url}/${encodeURIComponent(after)}` });
    await response.discard();
    assert.equal(response.status, status, after);
    if (high === 0) assert.deepEqual(pausesMs, []);
    else assert.ok(pausesMs[0]! >= low && pausesMs[0]! <= high, `${after}: ${pausesMs[0]}`);
  }
});

test('a POST is never repeated', async (context) => {
  let calls = 0;
  const url = await serve(context, (_, response) => {
    calls++;
    response.writeHead(503).end();
  });
  const body = Buffer.from('x');
  assert.equal((await client(context).request({ url, method: 'POST', body })).status, 503);
  assert.equal(calls, 1);
});

test('a connection that breaks before the answer is tried again', async (context) => {
  let calls = 0;
  const port = await listen(
    context,
    createTcpServer((socket) => {
      calls++;
      if (calls < 3) socket.destroy();
      else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi');
    }),
  );
  const response = await client(context).request({ url: `http://127.0.0.1:${port}` });
  assert.equal(Buffer.from(await response.bytes(2)).toString(), 'hi');
  assert.equal(calls, 3);
});

test('a body that breaks off is an error, not a short body', async (context) => {
  const port = await listen(
    context,
    createTcpServer((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort');
    }),
  );
  const response = await client(context).request({
    url: `http://127.0.0.1:${port}/b?token=secret`,
  });
  await assert.rejects(response.bytes(100), (error: unknown) => {
    assert.ok(error instanceof PlimsollError && error.code === 'network');
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test('a server that falls silent is given up on, before and within the body', async (context) => {
  const url = await serve(context, (request, response) => {
    if (request.url === '/body') response.write('start');
  });
  const { request } = client(context, { idleTimeoutMs: 50, attempts: 1 });
  await assert.rejects(request({ url: `${url}/head` }), { code: 'network', message: /no answer/ });
  const response = await request({ url: `${url}/body` });
  await assert.rejects(response.bytes(100), { code: 'network', message: /only 5 bytes for/ });
});

test('a server that sends byte by byte counts as silent, one that is merely slow does not', async (context) => {
  const url = await serve(context, (request, response) => {
    const piece = request.url === '/slow' ? Buffer.alloc(4 << 10) : 'x';
    let left = 60;
    const timer = setInterval(() => {
      if (left-- > 0) response.write(piece);
      else response.end();
    }, 10);
    response.on('close', () => clearInterval(timer));
  });
  const { request } = client(context, { idleTimeoutMs: 300, attempts: 1 });
  const dripping = await request({ url });
  await assert.rejects(dripping.bytes(100), { code: 'network', message: /only \d+ bytes for/ });
  const slow = await request({ url: `${url}/slow` });
  assert.equal((await slow.bytes(1 << 20)).length, 60 * (4 << 10));
});

test('a slow reader is not a silent server', async (context) => {
  const url = await serve(context, (_, response) => response.end(Buffer.alloc(1 << 20)));
  const response = await client(context, { idleTimeoutMs: 100 }).request({ url });
  let sizeBytes = 0;
  let paused = false;
  for await (const chunk of response.body) {
    sizeBytes += chunk.length;
    if (!paused) await new Promise((resolve) => setTimeout(resolve, 300));
    paused = true;
  }
  assert.equal(sizeBytes, 1 << 20);
});

test('a signal stops a request and a body', async (context) => {
  const url = await serve(context, (request, response) => {
    if (request.url === '/body') response.write('start');
  });
  const { request } = client(context);
  const early = AbortSignal.abort();
  await assert.rejects(request({ url, signal: early }), { code: 'aborted' });
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), 20);
  await assert.rejects(request({ url, signal: waiting.signal }), { code: 'aborted' });
  const reading = new AbortController();
  const response = await request({ url: `${url}/body`, signal: reading.signal });
  setTimeout(() => reading.abort(), 20);
  await assert.rejects(response.bytes(100), { code: 'aborted' });
});

test('errors show neither user information nor queries', async (context) => {
  const port = await listen(
    context,
    createTcpServer((socket) => socket.destroy()),
  );
  const url = `http://user:word@127.0.0.1:${port}/path?signature=secret`;
  await assert.rejects(client(context).request({ url }), (error: unknown) => {
    assert.ok(error instanceof PlimsollError);
    assert.match(error.message, new RegExp(`http://127.0.0.1:${port}/path\\?\\.\\.\\.`));
    assert.doesNotMatch(error.message, /word|secret/);
    return true;
  });
});

test('user information in a URL becomes basic authorization', async (context) => {
  const url = await serve(context, (request, response) => {
    response.end(request.headers.authorization ?? 'none');
  });
  const response = await client(context).request({ url: url.replace('//', '//us%40er:word@') });
  const basic = `Basic ${Buffer.from('us@er:word').toString('base64')}`;
  assert.equal(Buffer.from(await response.bytes(100)).toString(), basic);
});

test('a proxy is used, except for loopback and what NO_PROXY names', async (context) => {
  const seen: string[] = [];
  const proxy = await serve(context, (request, response) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    response.end('proxied');
  });
  const direct = await serve(context, (_, response) => response.end('direct'));
  const env = { HTTP_PROXY: proxy.replace('//', '//me:word@'), no_proxy: 'near.invalid' };
  const { request } = client(context, { env, attempts: 1 });
  const far = await request({ url: 'http://far.invalid/x' });
  assert.equal(Buffer.from(await far.bytes(10)).toString(), 'proxied');
  assert.deepEqual(seen, [
    `http://far.invalid/x Basic ${Buffer.from('me:word').toString('base64')}`,
  ]);
  const here = await request({ url: direct });
  assert.equal(Buffer.from(await here.bytes(10)).toString(), 'direct');
  await assert.rejects(request({ url: 'http://near.invalid/' }), { code: 'network' });
  assert.equal(seen.length, 1);
});

test('a proxy that cannot be used is said without its password', async (context) => {
  const { request } = client(context, { env: { HTTP_PROXY: 'socks9://me:word@host:port' } });
  await assert.rejects(request({ url: 'http://far.invalid/' }), (error: unknown) => {
    assert.ok(error instanceof PlimsollError && error.code === 'usage');
    assert.doesNotMatch(error.message + String(error.cause), /word/);
    return true;
  });
});

test('a Unix socket is spoken to', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-http-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const socketPath = join(folder, 's');
  const server = createServer((request, response) => response.end(request.url));
  server.listen(socketPath);
  await once(server, 'listening');
  context.after(() => server.close());
  const response = await client(context, { socketPath }).request({ url: 'http://engine/v1/x' });
  assert.equal(Buffer.from(await response.bytes(10)).toString(), '/v1/x');
});

test('a file of certificates that is not there is named', async (context) => {
  const env = { SSL_CERT_FILE: '/nonexistent/ca.pem' };
  await assert.rejects(client(context, { env }).request({ url: 'https://far.invalid/' }), {
    code: 'usage',
    message: /"\/nonexistent\/ca.pem"/,
  });
});

test('wrong URLs are refused', async (context) => {
  for (const url of ['', 'no url', 'file:///etc/passwd', 'ftp://host/x'])
    await assert.rejects(client(context).request({ url }), { code: 'usage' }, url);
});
