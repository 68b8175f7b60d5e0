// SPDX-License-Identifier: Apache-2.0
// Images in a real registry, reached directly and through what stands before registries.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import {
  buildImage,
  sha256,
  writeOciLayout,
  type BuiltImage,
} from '../../../../testing/image-builder.ts';
import { readLayers } from '../../../../testing/read-image.ts';
import { noRegistry, startRegistry, type TestRegistry } from '../../../../testing/registry.ts';
import { startFront, type FrontOptions } from '../../../../testing/registry-front.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { PlimsollError } from '../../../model/errors.ts';
import { parsePlatform } from '../../../model/platform.ts';
import { createHttpClient } from '../../../network/http-client.ts';
import { offlineHttpClient } from '../../../network/offline-client.ts';
import type { SourceContext } from '../../image-source.ts';
import { plugin } from './plugin.ts';

const skip = noRegistry;
const noise = Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 8191).join();
const layers = [
  { entries: [{ path: 'etc/x', content: noise }], createdBy: 'ADD x' },
  { entries: [{ path: 'y', content: '1' }], compression: 'zstd' },
  { entries: [], compression: 'none' },
] as const;
const oci = buildImage({ name: 'oci:1', layers, config: { User: '7' } });
const docker = buildImage({ name: 'docker:1', layers: layers.slice(0, 1), mediaTypes: 'docker' });
const arm = buildImage({
  name: 'many:1',
  layers: layers.slice(1, 2),
  platform: { os: 'linux', architecture: 'arm64' },
});
const intel = buildImage({ name: 'many:1', layers: layers.slice(0, 1) });

let registry: TestRegistry;
const http = createHttpClient({ delay: () => Promise.resolve() });

before(async () => {
  if (skip !== false) return;
  registry = await startRegistry();
  push(registry, [oci], 'team/oci:1');
  push(registry, [docker], 'docker:1');
  push(registry, [arm, intel], 'many:1');
});
after(async () => {
  http.close();
  await registry?.stop();
});

function push(to: TestRegistry, images: readonly BuiltImage[], name: string): void {
  const folder = temporaryFolder({ after: (step) => after(step) });
  writeOciLayout(folder, images);
  if (images.length === 1) return to.push(`oci:${folder}`, name);
  // skopeo copies an index of a layout by its name only.
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: images.map(({ manifest, platform }) => ({
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.bytes.length,
        platform,
      })),
    }),
  );
  const outer = buildIndexLayout(folder, index);
  to.push(`oci:${outer}`, name);
}

function buildIndexLayout(folder: string, index: Buffer): string {
  const digest = sha256(index);
  writeFileSync(join(folder, 'blobs/sha256', digest.slice(7)), index);
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [
        { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: index.length },
      ],
    }),
  );
  return folder;
}

function open(name: string, given: Partial<SourceContext> = {}) {
  return plugin.open(name, sourceContext({ http, ...given }));
}

async function front(context: TestContext, options: Omit<FrontOptions, 'registry'> = {}) {
  const started = await startFront({ registry: registry.host, ...options });
  context.after(() => started.close());
  return started;
}

async function assertReads(name: string, made: BuiltImage, given: Partial<SourceContext> = {}) {
  const image = await open(name, given);
  assert.deepEqual(image.issues, []);
  assert.equal(image.identity.manifest, made.manifest.digest);
  assert.equal(image.identity.config, made.config.digest);
  const diffIds = made.layers.map(({ diffId }) => diffId);
  assert.deepEqual(image.identity.diffIds, diffIds);
  const read = await readLayers(image);
  assert.deepEqual(
    read.map(({ diffId }) => diffId),
    diffIds,
  );
  assert.deepEqual(
    read.map(({ digest }) => digest),
    made.layers.map(({ digest }) => digest),
  );
  return image;
}

test('images of OCI and Docker media types read as they were made', { skip }, async () => {
  const image = await assertReads(`${registry.host}/team/oci:1`, oci);
  assert.equal(image.config?.user, '7');
  assert.equal(image.layers[0]!.createdBy, 'ADD x');
  assert.deepEqual(image.identity.names, [`${registry.host}/team/oci:1`]);
  await assertReads(`${registry.host}/docker:1`, docker);
  await assertReads(`${registry.host}/docker@${docker.manifest.digest}`, docker);
  assert.deepEqual(
    (await readLayers(image, [1])).map(({ number }) => number),
    [1],
  );
});

test('an index gives the image for the platform', { skip }, async () => {
  const name = `${registry.host}/many:1`;
  const image = await assertReads(name, arm, { platform: parsePlatform('linux/arm64') });
  assert.ok(image.identity.index !== undefined);
  await assertReads(`${registry.host}/many@${image.identity.index}`, intel, {
    platform: parsePlatform('amd64'),
  });
  await assert.rejects(open(name, { platform: parsePlatform('s390x') }), {
    code: 'not-found',
    hint: /linux\/arm64, linux\/amd64/,
  });
});

test('what is not there is said', { skip }, async () => {
  for (const name of ['nothing:1', 'team/oci:2', `docker@${oci.manifest.digest}`])
    await assert.rejects(open(`${registry.host}/${name}`), {
      code: 'not-found',
      message: /it answers 404 \(MANIFEST_UNKNOWN|it answers 404 \(NAME_UNKNOWN/,
    });
  await assert.rejects(open('127.0.0.1:1/a'), { code: 'network' });
  await assert.rejects(open('A B'), { code: 'usage' });
  await assert.rejects(open('alpine', { http: offlineHttpClient }), { code: 'offline' });
});

test('basic authentication takes the credentials of docker login', { skip }, async (context) => {
  const guarded = await startRegistry({ basic: true });
  context.after(() => guarded.stop());
  push(guarded, [oci], 'oci:1');
  const env = { DOCKER_CONFIG: temporaryFolder(context) };
  const login = (pair: string) =>
    writeFileSync(
      join(env.DOCKER_CONFIG, 'config.json'),
      JSON.stringify({ auths: { [guarded.host]: { auth: Buffer.from(pair).toString('base64') } } }),
    );
  const name = `${guarded.host}/oci:1`;
  await assert.rejects(open(name, { env }), { code: 'unauthorized', hint: /docker login 127/ });
  login(`${guarded.user}:wrong word`);
  await assert.rejects(open(name, { env }), (error: unknown) => {
    assert.ok(error instanceof PlimsollError && error.code === 'unauthorized');
    assert.doesNotMatch(`${error.message} ${error.hint}`, /wrong word/);
    return true;
  });
  login(`${guarded.user}:${guarded.password}`);
  await assertReads(name, oci, { env });
});

/** Asks for tokens as Docker Hub does: `valid` ones get through, each a few times. */
function tokenDesk(uses: number, accept: (request: IncomingMessage, body: string) => boolean) {
  const valid = new Map<string, number>();
  const asked: string[] = [];
  let number = 0;
  const before = (request: IncomingMessage, response: ServerResponse): boolean => {
    const url = new URL(request.url!, 'http://x');
    if (url.pathname === '/token') {
      const parts: Buffer[] = [];
      request.on('data', (chunk: Buffer) => parts.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        asked.push(body === '' ? url.search : body);
        if (!accept(request, body)) return void response.writeHead(401).end();
        const token = `token-${++number}`;
        valid.set(token, uses);
        response.end(JSON.stringify(number % 2 === 0 ? { token } : { access_token: token }));
      });
      return true;
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const left = valid.get(token) ?? 0;
    valid.set(token, left - 1);
    if (left > 0) return false;
    const realm = `http://${request.headers.host}/token`;
    response
      .writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="desk",scope="*"` })
      .end();
    return true;
  };
  return { before, asked };
}

test(
  'anonymous tokens are fetched, for pulling alone, and again when they expire',
  { skip },
  async (context) => {
    const desk = tokenDesk(2, (request) => request.headers.authorization === undefined);
    const { host } = await front(context, { before: desk.before });
    await assertReads(`${host}/team/oci:1`, oci);
    assert.equal(desk.asked[0], '?service=desk&scope=repository%3Ateam%2Foci%3Apull');
    assert.equal(desk.asked.length, 3);
  },
);

test('credentials and identity tokens are exchanged for tokens', { skip }, async (context) => {
  const basic = Buffer.from('me:word').toString('base64');
  const desk = tokenDesk(
    100,
    (request, body) =>
      request.headers.authorization === `Basic ${basic}` ||
      new URLSearchParams(body).get('refresh_token') === 'identity',
  );
  const { host } = await front(context, { before: desk.before });
  const env = { DOCKER_CONFIG: temporaryFolder(context) };
  const name = `${host}/docker:1`;
  await assert.rejects(open(name, { env }), { code: 'unauthorized', hint: /docker login/ });
  for (const entry of [{ auth: basic }, { auth: basic, identitytoken: 'identity' }]) {
    writeFileSync(
      join(env.DOCKER_CONFIG, 'config.json'),
      JSON.stringify({ auths: { [host]: entry } }),
    );
    await assertReads(name, docker, { env });
  }
  assert.match(desk.asked[1]!, /account=me/);
  assert.match(desk.asked[2]!, /grant_type=refresh_token/);
});

test('a token server over plain http elsewhere is not spoken to', { skip }, async (context) => {
  const { host } = await front(context, {
    before(_, response) {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="ftp://auth.lan/token"' }).end();
      return true;
    },
  });
  await assert.rejects(open(`${host}/docker:1`), { code: 'unauthorized', message: /no https URL/ });
});

test('a download that breaks is taken up where it broke', { skip }, async (context) => {
  for (const ignoreRange of [false, true]) {
    const { host, calls } = await front(context, {
      breakAfterBytes: ignoreRange ? 1 << 20 : 4000,
      ignoreRange,
    });
    await assertReads(`${host}/team/oci:1`, oci);
    if (!ignoreRange) assert.ok(calls.length > 6, String(calls.length));
  }
});

test('a download that makes no way ends', { skip }, async (context) => {
  const { host } = await front(context, { breakAfterBytes: 4000, ignoreRange: true });
  const image = await open(`${host}/team/oci:1`);
  await assert.rejects(readLayers(image), { code: 'network' });
});

test(
  'blobs of the wrong size or a manifest of another digest are refused',
  { skip },
  async (context) => {
    const longer = await front(context, {
      change: (path, body) =>
        path.includes('/blobs/') && body.length > 5000 ? Buffer.concat([body, body]) : body,
    });
    await assert.rejects(readLayers(await open(`${longer.host}/team/oci:1`)), { code: 'invalid' });
    const shorter = await front(context, {
      change: (path, body) =>
        path.includes('/blobs/') && body.length > 5000 ? body.subarray(1) : body,
    });
    await assert.rejects(readLayers(await open(`${shorter.host}/team/oci:1`)), { code: 'invalid' });
    const other = await front(context, {
      change: (path, body) =>
        path.includes('/manifests/') ? Buffer.concat([body, Buffer.from(' ')]) : body,
    });
    for (const name of ['docker:1', `docker@${docker.manifest.digest}`])
      await assert.rejects(open(`${other.host}/${name}`), { code: 'digest-mismatch' }, name);
    const config = await front(context, {
      change: (path, body) =>
        path.includes('/blobs/')
          ? Buffer.from(body.toString('latin1').replace('amd64', 'arm64'), 'latin1')
          : body,
    });
    await assert.rejects(open(`${config.host}/docker:1`), { code: 'digest-mismatch' });
  },
);

test('an endless manifest is cut', { skip }, async (context) => {
  const { host } = await front(context, { change: () => Buffer.alloc((4 << 20) + 1, ' ') });
  await assert.rejects(open(`${host}/docker:1`), { code: 'limit' });
});

test('a page of HTML is no manifest', { skip }, async (context) => {
  const { host } = await front(context, {
    before(_, response) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
      return true;
    },
  });
  await assert.rejects(open(`${host}/docker:1`), { code: 'invalid', message: /not JSON/ });
});

test('a mirror is asked first, and gone past when it fails', { skip }, async (context) => {
  const mirror = await front(context);
  const upstream = await front(context);
  const mirrors = (url: string) => ({
    env: { PLIMSOLL_REGISTRY_MIRRORS: `${upstream.host}=${url}` },
  });
  await assertReads(`${upstream.host}/team/oci:1`, oci, mirrors(`http://${mirror.host}`));
  assert.ok(mirror.calls.length > 0 && upstream.calls.length === 0);
  await assertReads(`${upstream.host}/oci:1`, oci, mirrors(`http://${mirror.host}/team`));
  assert.equal(upstream.calls.length, 0, 'a path before the name');
  await assertReads(`${upstream.host}/team/oci:1`, oci, mirrors('http://127.0.0.1:1'));
  assert.ok(upstream.calls.length > 0);
});

test(
  'a foreign layer is left out and said, its URLs are not followed',
  { skip },
  async (context) => {
    const seen: string[] = [];
    const elsewhere = await front(context, {
      before(request, response) {
        seen.push(request.url!);
        response.end();
        return true;
      },
    });
    const manifest = JSON.parse(docker.manifest.bytes.toString()) as { layers: object[] };
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: `sha256:${'ab'.repeat(32)}`,
      size: 5,
      urls: [`http://${elsewhere.host}/layer`],
    };
    const bytes = Buffer.from(
      JSON.stringify({ ...manifest, layers: [foreign, ...manifest.layers] }),
    );
    const { host } = await front(context, {
      before(request, response) {
        if (!request.url!.includes('/manifests/')) return false;
        response.writeHead(200, { 'content-type': docker.manifest.mediaType }).end(bytes);
        return true;
      },
    });
    const image = await open(`${host}/docker:1`);
    assert.deepEqual(
      image.issues.map(({ code, fatal }) => [code, fatal]),
      [
        ['layer-count-mismatch', true],
        ['history-mismatch', false],
        ['foreign-layer', true],
      ],
    );
    assert.deepEqual(
      (await readLayers(image)).map(({ number }) => number),
      [1],
    );
    assert.deepEqual(seen, []);
  },
);

test('stopping stops', { skip }, async () => {
  await assert.rejects(open(`${registry.host}/docker:1`, { signal: AbortSignal.abort() }), {
    code: 'aborted',
  });
});
