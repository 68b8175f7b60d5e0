// SPDX-License-Identifier: Apache-2.0
// TLS: whom the client trusts, also through a proxy.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createHttpServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { canRun } from '../../testing/require.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';

const skip = canRun('openssl') ? false : 'openssl is not here';
/** Resolves nowhere: only a proxy leads there. */
const farHost = 'far.invalid';

async function serveTls(context: TestContext) {
  const folder = temporaryFolder(context);
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync(
    'openssl',
    [
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ['-days', '2', '-subj', '/CN=test', '-keyout', key, '-out', certificate],
      ['-addext', `subjectAltName=DNS:${farHost},IP:127.0.0.1`],
    ].flat(),
  );
  assert.equal(made.status, 0, String(made.stderr));
  const options = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createServer(options, (request, response) => {
    if (request.url === '/down') response.writeHead(302, { location: 'http://127.0.0.1:1/' });
    response.end('secure');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, certificate };
}

function client(context: TestContext, options: HttpClientOptions) {
  const made = createHttpClient({ attempts: 1, ...options });
  context.after(() => made.close());
  return made;
}

test(
  'a server of an unknown authority is refused, and trusted when it is named',
  { skip },
  async (context) => {
    const { port, certificate } = await serveTls(context);
    const url = `https://127.0.0.1:${port}/`;
    await assert.rejects(client(context, {}).request({ url }), {
      code: 'network',
      hint: /SSL_CERT_FILE/,
    });
    for (const options of [
      { env: { SSL_CERT_FILE: certificate } },
      { caFile: certificate },
      { tls: { ca: readFileSync(certificate, 'utf8') } },
    ]) {
      const response = await client(context, options).request({ url });
      assert.equal(Buffer.from(await response.bytes(10)).toString(), 'secure');
    }
  },
);

test('a redirect from https to http is refused', { skip }, async (context) => {
  const { port, certificate } = await serveTls(context);
  const http = client(context, { caFile: certificate });
  await assert.rejects(http.request({ url: `https://127.0.0.1:${port}/down` }), {
    code: 'network',
    message: /from https to http/,
  });
});

test('https goes through a proxy as a tunnel', { skip }, async (context) => {
  const { port, certificate } = await serveTls(context);
  const seen: string[] = [];
  const proxy = createHttpServer();
  proxy.on('connect', (request, socket) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on('error', () => onward.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  context.after(() => proxy.close());
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { HTTPS_PROXY: `http://me:word@${address}` };
  const http = client(context, { env, caFile: certificate });
  const response = await http.request({ url: `https://${farHost}/` });
  assert.equal(Buffer.from(await response.bytes(10)).toString(), 'secure');
  assert.deepEqual(seen, [`${farHost}:443 Basic ${Buffer.from('me:word').toString('base64')}`]);
});

test('a proxy that refuses is said without its password', { skip }, async (context) => {
  const proxy = createHttpServer();
  proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  context.after(() => proxy.close());
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const http = client(context, { env: { HTTPS_PROXY: `http://me:word@${address}` } });
  await assert.rejects(
    http.request({ url: `https://${farHost}/` }),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'network');
      assert.match(error.message, /403/);
      assert.doesNotMatch(error.message, /word/);
      return true;
    },
  );
});
