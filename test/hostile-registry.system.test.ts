// SPDX-License-Identifier: Apache-2.0
// The program against registries, token servers and engines that lie, break off, never end and ask
// for more than is theirs. A table of attacks: each has a real server, on loopback, that makes it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import {
  createServer,
  Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assertHarmless, type AttackedRun, runAttacked } from '../testing/attacked-run.ts';
import { type BuiltImage, buildImage, sha256 } from '../testing/image-builder.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const image = buildImage({
  layers: [
    { entries: [{ path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' }] },
    { entries: [{ path: 'bin/tool', content: '\x7fELF', mode: 0o755 }] },
  ],
});
const user = 'somebody';
const password = 'open-sesame';
const escape = '\u001b]0;owned\u0007\u009b2J\u202e\r\nerror: fake';

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Attack {
  readonly name: string;
  /** Answers what it wants to; the rest is answered as a registry does. */
  readonly answer?: Answer;
  /** Instead of HTTP. */
  readonly raw?: (socket: Socket) => void;
  readonly image?: BuiltImage;
  /** Default 3. */
  readonly status?: number | 'any';
  readonly says: RegExp;
  readonly requestsMax?: number;
}

function honest(built: BuiltImage): Answer {
  const byName = new Map<string, { bytes: Buffer; mediaType: string }>([
    ['latest', built.manifest],
  ]);
  for (const item of [built.manifest, built.config, ...built.layers]) byName.set(item.digest, item);
  return (request, response) => {
    const item = byName.get(request.url!.split('/').at(-1)!);
    if (item === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': item.mediaType }).end(item.bytes);
    return true;
  };
}

interface ManifestDocument {
  readonly config: object;
  readonly layers: readonly object[];
}

interface ConfigDocument {
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** The image with another manifest. */
function withManifest(change: (manifest: ManifestDocument) => unknown): BuiltImage {
  const changed = change(JSON.parse(image.manifest.bytes.toString()) as ManifestDocument);
  const bytes = Buffer.from(typeof changed === 'string' ? changed : JSON.stringify(changed));
  return { ...image, manifest: { ...image.manifest, bytes, digest: sha256(bytes) } };
}

function withLayer(change: (layer: object) => unknown): BuiltImage {
  return withManifest((manifest) => ({
    ...manifest,
    layers: manifest.layers.map((layer, at) => (at === 0 ? change(layer) : layer)),
  }));
}

function withConfig(change: (config: ConfigDocument) => unknown): BuiltImage {
  const changed = change(JSON.parse(image.config.bytes.toString()) as ConfigDocument);
  const bytes = Buffer.from(typeof changed === 'string' ? changed : JSON.stringify(changed));
  const config = { ...image.config, bytes, digest: sha256(bytes) };
  const built = withManifest((manifest) => ({
    ...manifest,
    config: { ...manifest.config, digest: config.digest, size: bytes.length },
  }));
  return { ...built, config };
}

const isManifest = ({ url }: IncomingMessage): boolean => url!.includes('/manifests/');
const isLayer = ({ url }: IncomingMessage): boolean => url!.endsWith(image.layers[0]!.digest);

function redirect(when: (request: IncomingMessage) => boolean, location: string): Answer {
  return (request, response) => {
    if (!when(request)) return false;
    response.writeHead(307, { location }).end();
    return true;
  };
}

/** `HOST` in the text is the server's own address. */
function challenge(text: string): Answer {
  return (request, response) => {
    if (request.url!.startsWith('/token')) return false;
    const header = text.replace('HOST', request.headers.host!);
    response.writeHead(401, { 'www-authenticate': header }).end();
    return true;
  };
}

function both(first: Answer, second: Answer): Answer {
  return (request, response) => first(request, response) || second(request, response);
}

function endless(when: (request: IncomingMessage) => boolean): Answer {
  return (request, response) => {
    if (!when(request)) return false;
    const piece = Buffer.alloc(1 << 16);
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
      response.once('drain', more);
    };
    more();
    return true;
  };
}

function token(body: string | Buffer): Answer {
  return (request, response) => {
    if (!request.url!.startsWith('/token')) return false;
    response.end(body);
    return true;
  };
}

function says(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    if (!isManifest(request)) return false;
    response.writeHead(status, headers).end(body);
    return true;
  };
}

function document(body: string): Answer {
  return says(200, body, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' });
}

const bearer = 'Bearer realm="http://HOST/token",service="x"';
const indexType = 'application/vnd.oci.image.index.v1+json';

/** Each index leads to the next; the last to itself as far as names can. */
function nestedIndexes(depth: number): Answer {
  const documents = new Map<string, Buffer>();
  let inner = { digest: image.manifest.digest as string, size: image.manifest.bytes.length };
  let mediaType: string = image.manifest.mediaType;
  for (let at = 0; at < depth; at++) {
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: indexType,
        manifests: [{ ...inner, mediaType }],
      }),
    );
    inner = { digest: sha256(bytes), size: bytes.length };
    mediaType = indexType;
    documents.set(inner.digest, bytes);
    documents.set('latest', bytes);
  }
  return (request, response) => {
    const bytes = documents.get(request.url!.split('/').at(-1)!);
    if (bytes === undefined) return false;
    response.writeHead(200, { 'content-type': indexType }).end(bytes);
    return true;
  };
}

const attacks: readonly Attack[] = [
  // Redirects
  { name: 'to a file', answer: redirect(isManifest, 'file:///etc/passwd'), says: /leaves http/ },
  {
    name: 'to javascript',
    answer: redirect(isManifest, 'javascript:alert(1)'),
    says: /leaves http/,
  },
  {
    name: 'to the metadata service of a cloud',
    answer: redirect(isManifest, 'http://169.254.169.254/latest/meta-data'),
    says: /out of it/,
  },
  { name: 'to a private host', answer: redirect(isLayer, 'http://10.0.0.1/'), says: /out of it/ },
  {
    name: 'in circles',
    answer: (request, response) => redirect(isManifest, request.url!)(request, response),
    says: /redirects more than 10 times/,
    requestsMax: 12,
  },
  { name: 'to nowhere', answer: redirect(isManifest, 'http://%zz/'), says: /is no URL/ },
  // Bodies and headers
  { name: 'an endless manifest', answer: endless(isManifest), says: /longer than \d+ bytes/ },
  { name: 'an endless layer', answer: endless(isLayer), says: /has more bytes/ },
  {
    name: 'an endless error',
    answer: (request, response) => {
      if (!isManifest(request)) return false;
      response.statusCode = 500;
      return endless(() => true)(request, response);
    },
    says: /answers 500/,
  },
  {
    name: 'endless headers',
    raw: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(`x-${'a'.repeat(1000)}: b\r\n`));
        socket.once('drain', more);
      };
      more();
    },
    says: /Cannot fetch/,
  },
  { name: 'no HTTP', raw: (socket) => socket.end(`${escape}\0\xff`), says: /Cannot fetch/ },
  {
    name: 'a status line with escapes',
    raw: (socket) => socket.end(`HTTP/1.1 500 ${escape.slice(0, 8)}\r\ncontent-length: 0\r\n\r\n`),
    says: /Cannot fetch|answers 500/,
  },
  {
    name: 'two lengths',
    raw: (socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 30\r\n\r\n{}'),
    says: /Cannot fetch/,
  },
  {
    name: 'a length that is too long, again and again',
    answer: (request, response) => {
      if (!isLayer(request)) return false;
      response.writeHead(200, { 'content-length': '1000000' });
      response.write('x', () => response.destroy());
      return true;
    },
    says: /has more bytes|Cannot/,
    requestsMax: 250,
  },
  {
    name: 'a shorter layer',
    answer: (request, response) => isLayer(request) && response.end('short') !== undefined,
    says: /has 5 bytes/,
  },
  {
    name: 'another layer of the same length',
    answer: (request, response) =>
      isLayer(request) &&
      response.end(Buffer.alloc(image.layers[0]!.bytes.length, 1)) !== undefined,
    says: /Cannot trust layer sha256:/,
  },
  {
    name: 'a manifest that is not the announced one',
    answer: says(200, image.manifest.bytes.toString(), {
      'docker-content-digest': `sha256:${'0'.repeat(64)}`,
    }),
    says: /Cannot trust|sha256:0{64}/,
  },
  // Credentials
  {
    name: '401 for ever, basic',
    answer: challenge('Basic realm="x"'),
    says: /answers 401/,
    requestsMax: 2,
  },
  {
    name: '401 for ever, with tokens',
    answer: both(challenge(bearer), token('{"token":"t"}')),
    says: /answers 401/,
    requestsMax: 3,
  },
  {
    name: 'a token of 10 MB',
    answer: both(challenge(bearer), token(`{"token":"${'t'.repeat(10 << 20)}"}`)),
    says: /longer than \d+ bytes/,
  },
  {
    name: 'a token with a line break',
    answer: both(challenge(bearer), token('{"token":"a\\r\\nx-evil: 1"}')),
    says: /its answer has none/,
  },
  {
    name: 'a token of the wrong type',
    answer: both(challenge(bearer), token('{"token":{"__proto__":1},"access_token":[1]}')),
    says: /its answer has none/,
  },
  {
    name: 'a token that nests',
    answer: both(challenge(bearer), token('['.repeat(500_000))),
    says: /Cannot/,
  },
  {
    name: 'an endless token',
    answer: both(
      challenge(bearer),
      endless(() => true),
    ),
    says: /longer/,
  },
  {
    name: 'a token server elsewhere over http',
    answer: challenge('Bearer realm="http://auth.example/token"'),
    says: /is no https URL/,
    requestsMax: 1,
  },
  {
    name: 'a token server that is a file',
    answer: challenge('Bearer realm="file:///etc/passwd"'),
    says: /is no https URL/,
  },
  {
    name: 'a token server with escapes in its name',
    answer: challenge(`Bearer realm="ftp://\u009b2J\u0085${'x'.repeat(5000)}"`),
    says: /is no https URL/,
  },
  // Words
  {
    name: 'an error that writes to the terminal',
    answer: says(500, JSON.stringify({ errors: [{ code: escape, message: escape }] })),
    says: /answers 500/,
  },
  {
    name: 'an error of the wrong type',
    answer: says(404, '{"errors":{"__proto__":[],"length":1e9}}'),
    says: /answers 404/,
  },
  { name: 'wait for ever', answer: says(429, '', { 'retry-after': '99999999' }), says: /429/ },
  // Documents
  ...['[]', 'null', '1e999', '"x"', '{', '', '{"schemaVersion":1}', '\ufffe'].map((body) => ({
    name: `a manifest that is ${JSON.stringify(body)}`,
    answer: document(body),
    says: /Cannot/,
  })),
  {
    name: 'a manifest that nests',
    answer: document(`{"a":${'['.repeat(2_000_000)}`),
    says: /nests deeper/,
  },
  {
    name: 'a manifest of HTML with escapes',
    answer: document(`<html>${escape}`),
    says: /it is not JSON/,
  },
  { name: 'indexes that nest', answer: nestedIndexes(10), says: /lie in each other/ },
  ...[-1, 1.5, 1e20, '5', null, 2 ** 53].map((size) => ({
    name: `a layer of size ${JSON.stringify(size)}`,
    image: withLayer((layer) => ({ ...layer, size })),
    says: /Cannot/,
  })),
  ...[
    'sha256:short',
    'md5:d41d8cd98f00b204e9800998ecf8427e',
    `sha256:${'../'.repeat(21)}x`,
    `sha256:${'A'.repeat(64)}`,
    escape,
    5,
    { __proto__: 'x' },
  ].map((digest) => ({
    name: `a layer with the digest ${JSON.stringify(digest)}`,
    image: withLayer((layer) => ({ ...layer, digest })),
    says: /Cannot read/,
  })),
  {
    name: 'a layer of no kind',
    image: withLayer((layer) => ({ ...layer, mediaType: `text/html${escape}` })),
    status: 0,
    says: /^/,
  },
  {
    name: 'foreign layers that lead elsewhere',
    image: withLayer((layer) => ({
      ...layer,
      digest: sha256(Buffer.from('absent')),
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      urls: ['http://169.254.169.254/', 'file:///etc/passwd'],
    })),
    status: 0,
    says: /^/,
  },
  {
    name: 'layers of the wrong type',
    image: withManifest((m) => ({ ...m, layers: {} })),
    says: /Cannot/,
  },
  {
    name: 'twenty thousand layers',
    image: withManifest((m) => ({
      ...m,
      layers: Array.from({ length: 20_000 }, () => m.layers[0]),
    })),
    says: /Cannot/,
  },
  {
    name: 'one layer twice',
    image: withManifest((m) => ({ ...m, layers: [...m.layers, m.layers[0]] })),
    status: 0,
    says: /^/,
  },
  { name: 'no layers', image: withManifest((m) => ({ ...m, layers: [] })), status: 0, says: /^/ },
  { name: 'a config that is a list', image: withConfig(() => []), says: /Cannot/ },
  { name: 'a config of junk', image: withConfig(() => '\u0000'), says: /Cannot/ },
  {
    name: 'a config that nests',
    image: withConfig(() => `{"a":${'['.repeat(2_000_000)}`),
    says: /nests deeper/,
  },
  {
    name: 'diffIDs of other layers',
    image: withConfig((config) => ({
      ...config,
      rootfs: { type: 'layers', diff_ids: [...config.rootfs.diff_ids].reverse() },
    })),
    says: /Cannot trust uncompressed layer/,
  },
  ...[
    { rootfs: null },
    { rootfs: { type: 'layers', diff_ids: 'x' } },
    { rootfs: { type: 'layers', diff_ids: [] } },
    { history: 'x' },
    { history: Array.from({ length: 5000 }, () => ({ created_by: escape })) },
    { history: [{ created_by: { toString: 1 }, empty_layer: 'yes' }] },
    { config: { Env: [[]], Labels: { ['__proto__']: escape }, Entrypoint: { length: 1e9 } } },
    { os: escape, architecture: 5, variant: {} },
    { created: escape },
  ].map((change) => ({
    name: `a config with ${JSON.stringify(change).slice(0, 60)}`,
    image: withConfig((config) => ({ ...config, ...change })),
    status: 'any' as const,
    says: /^/,
  })),
];

interface Server {
  readonly host: string;
  readonly requests: IncomingMessage[];
}

/** @param socketPath Instead of a port. */
async function serve(
  context: TestContext,
  attack: Partial<Attack>,
  socketPath?: string,
): Promise<Server> {
  const requests: IncomingMessage[] = [];
  const fallback = honest(attack.image ?? image);
  const server =
    attack.raw === undefined
      ? createServer((request, response) => {
          requests.push(request);
          response.on('error', () => {});
          if (attack.answer?.(request, response) !== true) fallback(request, response);
        })
      : createTcpServer((socket) => {
          socket.on('error', () => {});
          socket.once('data', () => attack.raw!(socket));
        });
  if (socketPath === undefined) server.listen(0, '127.0.0.1');
  else server.listen(socketPath);
  await once(server, 'listening');
  context.after(() => {
    if (server instanceof HttpServer) server.closeAllConnections();
    server.close();
  });
  const address = server.address() as AddressInfo | string;
  return { host: typeof address === 'string' ? address : `127.0.0.1:${address.port}`, requests };
}

function login(folder: string, host: string): void {
  const auth = Buffer.from(`${user}:${password}`).toString('base64');
  mkdirSync(join(folder, 'home/.docker'), { recursive: true });
  writeFileSync(
    join(folder, 'home/.docker/config.json'),
    JSON.stringify({ auths: { [host]: { auth } } }),
  );
}

/** Each is a process of its own that mostly waits for its start. */
const concurrency = 4;

test('registries that attack', { concurrency }, async (context) => {
  await Promise.all(
    attacks.map((attack) =>
      context.test(`a registry with ${attack.name}`, (each) => judge(each, attack)),
    ),
  );
});

async function judge(context: TestContext, attack: Attack): Promise<void> {
  const folder = temporaryFolder(context);
  const { host, requests } = await serve(context, attack);
  login(folder, host);
  const run = await scan(folder, `registry:${host}/made`);
  assertHarmless(run, attack.name);
  const said = `${run.status}: ${run.stdout}${run.stderr}`;
  if (attack.status !== 'any') assert.equal(run.status, attack.status ?? 3, said);
  assert.match(run.status === 3 ? run.stderr : run.stdout, attack.says, said);
  assert.ok(!run.stderr.includes(password), 'a password is shown');
  assert.ok(requests.length <= (attack.requestsMax ?? 100), `${requests.length} requests`);
}

function scan(
  folder: string,
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<AttackedRun> {
  return runAttacked(['scan', '--no-fetch', source], { folder, env, online: true });
}

test('who is redirected to is not given what belongs to the registry', async (context) => {
  for (const text of ['Bearer realm="http://HOST/token",service="x"', 'Basic realm="x"']) {
    const folder = temporaryFolder(context);
    const thief = await serve(context, { answer: both(challenge(text), token('{"token":"t"}')) });
    const { host } = await serve(context, {
      answer: redirect(isLayer, `http://${thief.host}/v2/x`),
    });
    login(folder, host);
    const run = await scan(folder, `registry:${host}/made`);
    assertHarmless(run, text);
    assert.equal(run.status, 3);
    assert.match(run.stderr, /answers 401/);
    assert.equal(thief.requests.length, 1, 'the thief was asked for a token');
    assert.deepEqual(
      thief.requests.filter(({ headers }) => headers.authorization !== undefined),
      [],
    );
  }
});

test('tokens of one registry stay there', async (context) => {
  const folder = temporaryFolder(context);
  const storage = await serve(context, {});
  const needsToken: Answer = (request, response) => {
    if (request.headers.authorization === 'Bearer t') return false;
    return challenge(bearer)(request, response);
  };
  const { host, requests } = await serve(context, {
    answer: (request, response) =>
      both(token('{"token":"t"}'), needsToken)(request, response) ||
      redirect(isLayer, `http://${storage.host}${request.url}`)(request, response),
  });
  login(folder, host);
  const run = await scan(folder, `registry:${host}/made`);
  assert.equal(run.status, 0, run.stderr);
  const asked = requests.filter(({ url }) => url!.startsWith('/token'));
  assert.deepEqual(
    asked.map(({ headers }) => headers.authorization?.split(' ')[0]),
    ['Basic'],
  );
  assert.equal(storage.requests.length, 1);
  assert.equal(storage.requests[0]!.headers.authorization, undefined);
});

const configs: readonly (readonly [string, string | object])[] = [
  ['a helper that is a path', { credsStore: '../../evil' }],
  ['a helper that is an option', { credHelpers: { HOST: '-x' } }],
  ['a helper with a separator and escapes', { credsStore: `a;touch evil${escape}` }],
  ['helpers of the wrong type', { credsStore: {}, credHelpers: [] }],
  ['__proto__', '{"__proto__":{"credsStore":"evil"},"auths":{"__proto__":{"auth":"eDp5"}}}'],
  [
    'credentials of the wrong type',
    { auths: { HOST: { auth: { length: 1 }, username: [], identitytoken: 5 } } },
  ],
  [
    'credentials with a line break',
    { auths: { HOST: { auth: Buffer.from('a\r\nx: y:b').toString('base64') } } },
  ],
  ['nothing but brackets', '['.repeat(3_000_000)],
  ['junk', `\0\u009b${escape}`],
];

test('files of credentials are junk', { concurrency }, async (context) => {
  await Promise.all(
    configs.map(([name, config]) =>
      context.test(name, async (each) => {
        const folder = temporaryFolder(each);
        const { host } = await serve(each, { answer: challenge('Basic realm="x"') });
        login(folder, host);
        const programs = join(folder, 'programs');
        mkdirSync(programs);
        const evil = join(folder, 'evil');
        for (const program of ['evil', 'docker-credential-evil', 'docker-credential--x'])
          writeFileSync(join(programs, program), `#!/bin/sh\n: > ${evil}\n`, { mode: 0o755 });
        const text = typeof config === 'string' ? config : JSON.stringify(config);
        writeFileSync(join(folder, 'home/.docker/config.json'), text.replaceAll('HOST', host));
        const path = `${programs}:${process.env['PATH']}`;
        const run = await scan(folder, `registry:${host}/made`, { PATH: path });
        assertHarmless(run, name);
        assert.equal(run.status, 3, run.stdout);
        assert.ok(!existsSync(evil), 'a program was run');
      }),
    ),
  );
});

const engines: readonly (readonly [string, Answer | ((socket: Socket) => void)])[] = [
  ['no HTTP', (socket: Socket) => socket.end(`${escape}\0`)],
  ['endless JSON', endless(() => true)],
  ['JSON that nests', says200('['.repeat(4_000_000))],
  ['lists', says200('[]')],
  ['null', says200('null')],
  [
    'wrong types',
    says200('{"Id":[],"RepoTags":{"__proto__":1},"RootFS":"x","Config":5,"Os":null}'),
  ],
  ['escapes', says200(JSON.stringify({ message: escape, Id: escape, Os: escape }))],
  [
    'errors',
    (_, response) => response.writeHead(500).end(JSON.stringify({ message: escape })) !== undefined,
  ],
];

function says200(body: string): Answer {
  return (_, response) => response.end(body) !== undefined;
}

test('engines that talk nonsense', { concurrency }, async (context) => {
  await Promise.all(
    engines.map(([name, answer]) =>
      context.test(name, async (each) => {
        const folder = temporaryFolder(each);
        const path = join(folder, 'engine.sock');
        const attack =
          answer.length === 1
            ? { raw: answer as (socket: Socket) => void }
            : { answer: answer as Answer };
        await serve(each, attack, path);
        const env = { DOCKER_HOST: `unix://${path}` };
        for (const source of ['docker:made', 'container:made']) {
          const run = await scan(folder, source, env);
          assertHarmless(run, `${name}, ${source}`);
          assert.equal(run.status, 3, run.stdout);
        }
      }),
    ),
  );
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const)
  test(`${signal} in the middle of a layer leaves nothing behind`, async (context) => {
    const folder = temporaryFolder(context);
    // Large enough to be spooled, and it never comes to its end.
    const big = buildImage({
      layers: [
        { compression: 'none', entries: [{ path: 'a.jar', content: Buffer.alloc(80 << 20) }] },
      ],
    });
    const layer = big.layers[0]!;
    const reached = Promise.withResolvers<void>();
    const { host } = await serve(context, {
      image: big,
      answer: (request, response) => {
        if (!request.url!.endsWith(layer.digest)) return false;
        response.write(layer.bytes.subarray(0, 60 << 20), () => setTimeout(reached.resolve, 300));
        return true;
      },
    });
    const kill = { signal, when: reached.promise };
    const run = await runAttacked(['scan', `registry:${host}/made`], {
      folder,
      online: true,
      kill,
    });
    assert.equal(run.status, undefined, `${run.stdout}${run.stderr}`);
    assert.deepEqual(run.leftBehind, []);
    assert.deepEqual(readdirSync(join(folder, 'work')), []);
    // What it had begun to store does not disturb the next.
    const honestOne = await serve(context, {});
    const next = await scan(folder, `registry:${honestOne.host}/made`);
    assertHarmless(next, `after ${signal}`);
    assert.equal(next.status, 0, next.stderr);
  });
