// SPDX-License-Identifier: Apache-2.0
// Images of a real engine, and what docker and skopeo write of the same image: all say the same.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startEngine, type TestEngine } from '../../../../testing/engine.ts';
import { buildImage, dockerArchive } from '../../../../testing/image-builder.ts';
import { readLayers } from '../../../../testing/read-image.ts';
import { skopeo } from '../../../../testing/registry.ts';
import { canRun, missing } from '../../../../testing/require.ts';
import {
  assertIsRunnable,
  noRunnableImage,
  runnable,
  runnableName,
} from '../../../../testing/runnable-image.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { openImage } from '../../open-image.ts';

const skip = noRunnableImage || missing('skopeo', canRun('skopeo'));

let engine: TestEngine;
const open = (source: string, env: Record<string, string> = {}) =>
  openImage(source, sourceContext({ env: { DOCKER_HOST: engine.address, ...env } }));

before(async () => {
  if (skip !== false) return;
  engine = await startEngine();
  engine.docker(['load'], dockerArchive(runnable!));
});
after(async () => {
  await engine?.stop();
});

test('an image in the engine, by name, tag, id and short id', { skip }, async () => {
  const id = engine.docker(['image', 'inspect', '--format', '{{.Id}}', runnableName]);
  assert.equal(id, runnable!.config.digest);
  for (const wish of [runnableName, id, id.slice(7, 19)]) {
    const image = await open(`docker:${wish}`);
    await assertIsRunnable(image);
    assert.ok(image.identity.names.includes(runnableName));
    assert.deepEqual(await readLayers(image, []), [], 'nothing wanted, nothing saved');
    await image.close();
  }
});

test('docker save and skopeo write what the engine holds', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const saved = join(folder, 'saved.tar');
  engine.docker(['save', '--output', saved, runnableName]);
  const from = `docker-archive:${saved}`;
  await assertIsRunnable(await open(from));
  for (const [to, tag] of [
    [`docker-archive:${folder}/copied.tar`, runnableName],
    [`oci:${folder}/layout`, '1'],
    [`oci-archive:${folder}/layout.tar`, '1'],
  ] as const) {
    skopeo(['copy', from, `${to}:${tag}`]);
    // skopeo writes the configuration anew where it turns Docker's format into OCI's.
    await assertIsRunnable(await open(to), to.startsWith('docker-archive'));
  }
});

test('what the engine does not have is said', { skip }, async () => {
  await assert.rejects(open('docker:nothing.test/x:1'), {
    code: 'not-found',
    message: /Cannot get image "nothing.test\/x:1" from docker: no such image/,
  });
  await assert.rejects(open(`docker:${runnableName}`, { DOCKER_HOST: 'unix:///nonexistent/s' }), {
    code: 'io',
    message: 'Cannot reach docker at "/nonexistent/s": there is no such socket',
    hint: 'start the engine',
  });
});

test('a name never becomes another call of the API', { skip }, async () => {
  for (const wish of [
    '../containers',
    'a/../../info',
    '..',
    './x',
    'a?b',
    'a b',
    'a#b',
    'a%2fb',
    'x\n',
  ])
    await assert.rejects(open(`docker:${wish}`), { code: 'usage' }, wish);
});

test('an engine is found by its context', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const docker = (args: readonly string[]) => engine.docker(['--config', folder, ...args]);
  docker(['context', 'create', 'there', '--docker', `host=${engine.address}`]);
  const env = { DOCKER_HOST: '', DOCKER_CONFIG: folder };
  await assertIsRunnable(await open(`docker:${runnableName}`, { ...env, DOCKER_CONTEXT: 'there' }));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ currentContext: 'there' }));
  await assertIsRunnable(await open(`docker:${runnableName}`, env));
  await assert.rejects(open(`docker:${runnableName}`, { ...env, DOCKER_CONTEXT: 'elsewhere' }), {
    code: 'usage',
    message: 'Cannot find context "elsewhere" of docker',
  });
});

test('an engine of today, which names images by manifest and layers by blob', async (context) => {
  const modern = buildImage({
    name: runnableName,
    layers: [
      { entries: [{ path: 'zipped', content: 'z' }] },
      { entries: [{ path: 'plain', content: 'p' }], compression: 'none' },
      { entries: [], compression: 'none' },
      { entries: [], compression: 'none' },
    ],
  });
  const { digest, mediaType, bytes } = modern.manifest;
  const diffIds = modern.layers.map(({ diffId }) => diffId);
  const inspection = {
    Id: digest,
    Descriptor: { mediaType, digest, size: bytes.length },
    RepoTags: [runnableName],
    Os: 'linux',
    Architecture: 'amd64',
    RootFS: { Type: 'layers', Layers: diffIds },
    Config: {},
  };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.setHeader('api-version', '1.51');
    if (request.url!.endsWith('/get')) response.end(dockerArchive(modern, 'oci'));
    else response.end(JSON.stringify(request.url!.endsWith('/json') ? inspection : []));
  });
  const socket = join(temporaryFolder(context), 's');
  server.listen(socket);
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const env = { DOCKER_HOST: `unix://${socket}` };
  const image = await openImage(`docker:${runnableName}`, sourceContext({ env }));
  assert.equal(image.identity.manifest, digest);
  assert.equal(image.identity.config, undefined);
  assert.deepEqual(
    (await readLayers(image)).map(({ number, diffId }) => [number, diffId]),
    // The first is compressed, so only reading tells which it is; the last two are one blob.
    [
      [undefined, diffIds[0]],
      [1, diffIds[1]],
      [undefined, diffIds[2]],
    ],
  );
  assert.deepEqual(
    (await readLayers(image, [1])).filter(({ number }) => number !== undefined).length,
    1,
  );
  asked.length = 0;
  assert.deepEqual(await readLayers(image, []), []);
  assert.deepEqual(asked, []);
  await image.close();
});
