// SPDX-License-Identifier: Apache-2.0
// Images and containers of a real engine, and what docker and skopeo write of the same image: all
// say the same.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startEngine, noEngine, type TestEngine } from '../../../testing/engine.ts';
import { buildImage, dockerArchive } from '../../../testing/image-builder.ts';
import { readLayers, walkTree } from '../../../testing/read-image.ts';
import { skopeo } from '../../../testing/registry.ts';
import { canRun, missing } from '../../../testing/require.ts';
import { sourceContext } from '../../../testing/source-context.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { createHttpClient } from '../../network/http-client.ts';
import type { Image } from '../image.ts';
import type { ImageSource } from '../image-source.ts';
import { plugin as containerSource } from './container/plugin.ts';
import { plugin as dockerArchiveSource } from './docker-archive/plugin.ts';
import { plugin as dockerSource } from './docker/plugin.ts';
import { plugin as ociArchiveSource } from './oci-archive/plugin.ts';
import { plugin as ociSource } from './oci/plugin.ts';

const busybox = '/bin/busybox';
const skip = noEngine || missing('busybox', canRun(busybox)) || missing('skopeo', canRun('skopeo'));
const name = 'plimsoll.test/made:1';
const made = skip
  ? undefined
  : buildImage({
      name,
      config: { User: '0', Env: ['A=b'], Cmd: ['/busybox', 'true'], Labels: { l: 'v' } },
      created: '2024-01-02T03:04:05.678901234Z',
      layers: [
        {
          entries: [
            { path: 'busybox', content: readFileSync(busybox), mode: 0o755 },
            { path: 'etc/' },
            { path: 'etc/kept', content: 'kept' },
            { path: 'etc/gone', content: 'gone' },
            { path: 'old/' },
            { path: 'old/file', content: 'old' },
          ],
          createdBy: 'ADD rootfs',
        },
        { entries: [], createdBy: 'WORKDIR /a' },
        { entries: [{ path: 'etc/changed', content: '1' }], createdBy: 'COPY x' },
        { entries: [], createdBy: 'WORKDIR /b' },
      ],
      history: [
        { created_by: 'ADD rootfs' },
        { created_by: 'ENV A=b', empty_layer: true },
        { created_by: 'WORKDIR /a' },
        { created_by: 'COPY x' },
        { created_by: 'WORKDIR /b' },
        { created_by: 'CMD ["/busybox" "true"]', empty_layer: true },
      ],
    });

let engine: TestEngine;
const http = createHttpClient();
const open = (source: ImageSource, rest: string, env: Record<string, string> = {}) =>
  source.open(rest, sourceContext({ http, env: { DOCKER_HOST: engine.address, ...env } }));

before(async () => {
  if (skip !== false) return;
  engine = await startEngine();
  engine.docker(['load'], dockerArchive(made!));
});
after(async () => {
  http.close();
  await engine?.stop();
});

/** What every medium must say of the image. */
async function assertIsMade(image: Image, sameBytes = true): Promise<void> {
  const diffIds = made!.layers.map(({ diffId }) => diffId);
  assert.deepEqual(image.issues, []);
  if (sameBytes) assert.equal(image.identity.config, made!.config.digest);
  assert.deepEqual(image.identity.diffIds, diffIds);
  assert.deepEqual(image.platform, { os: 'linux', architecture: 'amd64' });
  const { history, ...config } = image.config!;
  assert.deepEqual(
    { ...config, labels: { ...config.labels } },
    {
      created: '2024-01-02T03:04:05.678901234Z',
      user: '0',
      env: ['A=b'],
      entrypoint: [],
      cmd: ['/busybox', 'true'],
      exposedPorts: [],
      volumes: [],
      labels: { l: 'v' },
    },
  );
  assert.deepEqual(
    history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer]),
    [
      ['ADD rootfs', false],
      ['ENV A=b', true],
      ['WORKDIR /a', false],
      ['COPY x', false],
      ['WORKDIR /b', false],
      ['CMD ["/busybox" "true"]', true],
    ],
  );
  assert.deepEqual(
    image.layers.map(({ createdBy }) => createdBy),
    ['ADD rootfs', 'WORKDIR /a', 'COPY x', 'WORKDIR /b'],
  );
  const read = await readLayers(image);
  assert.deepEqual(new Set(read.map(({ diffId }) => diffId)), new Set(diffIds));
  for (const { number, diffId } of read)
    if (number !== undefined) assert.equal(diffId, diffIds[number]);
}

test('an image in the engine, by name, tag, id and short id', { skip }, async () => {
  const id = engine.docker(['image', 'inspect', '--format', '{{.Id}}', name]);
  assert.equal(id, made!.config.digest);
  for (const wish of [name, id, id.slice(7, 19)]) {
    const image = await open(dockerSource, wish);
    await assertIsMade(image);
    assert.ok(image.identity.names.includes(name));
    assert.deepEqual(await readLayers(image, []), [], 'nothing wanted, nothing saved');
    await image.close();
  }
});

test('docker save and skopeo write what the engine holds', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const saved = join(folder, 'saved.tar');
  engine.docker(['save', '--output', saved, name]);
  await assertIsMade(await open(dockerArchiveSource, saved));
  const from = `docker-archive:${saved}`;
  for (const [source, to] of [
    [dockerArchiveSource, `docker-archive:${folder}/copied.tar:${name}`],
    [ociSource, `oci:${folder}/layout:1`],
    [ociArchiveSource, `oci-archive:${folder}/layout.tar:1`],
  ] as const) {
    skopeo(['copy', from, to]);
    const image = await open(source, to.slice(source.id.length + 1).replace(`:${name}`, ''));
    // skopeo writes the configuration anew where it turns Docker's format into OCI's.
    await assertIsMade(image, source === dockerArchiveSource);
  }
});

test('what the engine does not have is said', { skip }, async () => {
  await assert.rejects(open(dockerSource, 'nothing.test/x:1'), {
    code: 'not-found',
    message: /Cannot get image "nothing.test\/x:1" from docker: no such image/,
  });
  await assert.rejects(open(containerSource, 'nothing'), { code: 'not-found' });
  await assert.rejects(open(dockerSource, name, { DOCKER_HOST: 'unix:///nonexistent/s' }), {
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
    await assert.rejects(open(dockerSource, wish), { code: 'usage' }, wish);
});

test(
  'a container is its image and what it changed, running or stopped',
  { skip },
  async (context) => {
    const script =
      '/busybox rm /etc/gone; echo 2 > /etc/changed; /busybox mkdir -p /new/d; echo n > /new/d/f; /busybox rm -r /old; /busybox mkdir /old; echo o > /old/other; echo ready; /busybox sleep 600';
    const id = engine.docker([
      'run',
      '--detach',
      '--network',
      'none',
      '--name',
      'changing',
      name,
      '/busybox',
      'sh',
      '-c',
      script,
    ]);
    context.after(() => engine.docker(['rm', '--force', id]));
    for (let round = 0; round < 100 && engine.docker(['logs', id]) !== 'ready'; round++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    for (const state of ['running', 'stopped']) {
      if (state === 'stopped') engine.docker(['kill', id]);
      const image = await open(containerSource, 'changing');
      assert.equal(image.layers.length, 5);
      assert.equal(image.identity.config, made!.config.digest);
      assert.equal(image.layers[4]!.createdBy, 'container changing');
      const read = await readLayers(image, [0]);
      assert.ok(read.some(({ diffId }) => diffId === made!.layers[0]!.diffId));
      const entries = new Map((await walkTree(image, 4)).map((entry) => [entry.name, entry]));
      assert.equal(entries.get('etc/changed')?.content, '2\n', state);
      assert.equal(entries.get('new/d/f')?.content, 'n\n');
      assert.equal(entries.get('new')?.kind, 'directory');
      assert.equal(entries.get('old/other')?.content, 'o\n');
      assert.ok(entries.has('etc/.wh.gone') && !entries.has('etc/gone'));
      // Either way to say that what was in /old is gone.
      assert.ok(entries.has('.wh.old') || entries.has('old/.wh.file'));
      assert.ok(!entries.has('etc/kept') && !entries.has('busybox'));
      assert.deepEqual(image.issues, []);
      await image.close();
    }
  },
);

test('an engine is found by its context', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const docker = (args: readonly string[]) => engine.docker(['--config', folder, ...args]);
  docker(['context', 'create', 'there', '--docker', `host=${engine.address}`]);
  const env = { DOCKER_HOST: '', DOCKER_CONFIG: folder };
  await assertIsMade(await open(dockerSource, name, { ...env, DOCKER_CONTEXT: 'there' }));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ currentContext: 'there' }));
  await assertIsMade(await open(dockerSource, name, env));
  await assert.rejects(open(dockerSource, name, { ...env, DOCKER_CONTEXT: 'elsewhere' }), {
    code: 'usage',
    message: 'Cannot find context "elsewhere" of docker',
  });
});
