// SPDX-License-Identifier: Apache-2.0
// The client against made-up engines, for what real ones seldom do.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createHttpClient } from '../network/http-client.ts';
import { offlineHttpClient } from '../network/offline-client.ts';
import { EngineClient } from './engine-client.ts';

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const path = join(temporaryFolder(context), 's');
  const server = createServer(listener);
  server.listen(path);
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${path}`;
}

function connect(address: string, http = offlineHttpClient) {
  return EngineClient.connect('docker', { http, env: { DOCKER_HOST: address } });
}

test('the lower of both versions is spoken', async (context) => {
  for (const [version, want] of [
    ['1.41', '/v1.41'],
    ['1.99', '/v1.48'],
    ['2.0', '/v1.48'],
    [undefined, '/v1.40'],
    ['nonsense', '/v1.40'],
  ] as const) {
    const seen: string[] = [];
    const address = await serve(context, (request, response) => {
      seen.push(request.url!);
      if (version !== undefined) response.setHeader('api-version', version);
      response.end('{}');
    });
    const engine = await connect(address);
    await engine.inspectImage('a/b:1@x');
    engine.close();
    assert.deepEqual(seen, ['/_ping', `${want}/images/a/b%3A1%40x/json`]);
  }
});

test('an engine that is too old is refused', async (context) => {
  const address = await serve(context, (_, response) => {
    response.setHeader('api-version', '1.24').end('OK');
  });
  await assert.rejects(connect(address), { code: 'unsupported', message: /API version is 1.24/ });
});

test("refusals carry the engine's words, cut and without control characters", async (context) => {
  const address = await serve(context, (request, response) => {
    if (request.url === '/_ping') return void response.end();
    response.statusCode = request.url!.includes('absent') ? 404 : 500;
    response.end(
      request.url!.includes('page')
        ? '<html>'
        : JSON.stringify({ message: `\u001b[31mno${'x'.repeat(5000)}` }),
    );
  });
  const engine = await connect(address);
  context.after(() => engine.close());
  await assert.rejects(engine.inspectImage('absent'), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'not-found');
    assert.ok(error.message.length < 500 && !error.message.includes('\u001b'));
    return true;
  });
  await assert.rejects(engine.inspectImage('broken'), { code: 'io' });
  await assert.rejects(engine.inspectImage('page'), { code: 'io', message: /it answers 500/ });
});

test('an engine over TCP goes through the common client, and --offline forbids it', async (context) => {
  const server = createServer((_, response) => response.setHeader('api-version', '1.41').end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = createHttpClient();
  context.after(() => {
    http.close();
    server.close();
  });
  const address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engine = await connect(address, http);
  assert.deepEqual(await engine.inspectImage('a'), {});
  await assert.rejects(connect(address), { code: 'offline' });
});

test('certificates that are not there are said', async () => {
  const env = {
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: '/nonexistent',
  };
  await assert.rejects(EngineClient.connect('docker', { http: createHttpClient(), env }), {
    code: 'usage',
    message: /certificates/,
  });
});
