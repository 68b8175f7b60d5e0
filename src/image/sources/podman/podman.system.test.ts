// SPDX-License-Identifier: Apache-2.0
// Images and containers of a real podman.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { buildImage, dockerArchive } from '../../../../testing/image-builder.ts';
import { noPodman, startPodman, type TestPodman } from '../../../../testing/podman.ts';
import { readLayers, walkTree } from '../../../../testing/read-image.ts';
import { canRun, missing } from '../../../../testing/require.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { openImage } from '../../open-image.ts';

const busybox = '/bin/busybox';
const skip = noPodman || missing('busybox', canRun(busybox));
const name = 'plimsoll.test/made:1';
const created = '2024-01-02T03:04:05Z';
const made = skip
  ? undefined
  : buildImage({
      name,
      config: { Cmd: ['/busybox', 'true'] },
      layers: [
        {
          entries: [
            { path: 'busybox', content: readFileSync(busybox), mode: 0o755 },
            { path: 'etc/' },
            { path: 'etc/gone', content: 'gone' },
          ],
        },
        { entries: [] },
        { entries: [] },
      ],
      history: [
        { created, created_by: 'ADD rootfs' },
        { created, created_by: 'ENV A=b', empty_layer: true },
        { created, created_by: 'WORKDIR /a' },
        { created, created_by: 'WORKDIR /b' },
      ],
    });

let engine: TestPodman;
const open = (source: string) =>
  openImage(
    source,
    sourceContext({
      env: { CONTAINER_HOST: engine.address, DOCKER_HOST: 'unix:///nonexistent/d' },
    }),
  );

before(async () => {
  if (skip !== false) return;
  engine = await startPodman();
  engine.podman(['load'], dockerArchive(made!));
});
after(async () => {
  await engine?.stop();
});

test('an image in podman reads as it was made, with and without prefix', { skip }, async () => {
  for (const source of [`podman:${name}`, name, made!.config.digest]) {
    const image = await open(source);
    assert.deepEqual(image.issues, []);
    assert.equal(image.identity.config, made!.config.digest);
    const diffIds = made!.layers.map(({ diffId }) => diffId);
    assert.deepEqual(image.identity.diffIds, diffIds);
    assert.deepEqual(
      image.layers.map(({ createdBy }) => createdBy),
      ['ADD rootfs', 'WORKDIR /a', 'WORKDIR /b'],
    );
    const read = await readLayers(image);
    assert.deepEqual(new Set(read.map(({ diffId }) => diffId)), new Set(diffIds));
    // Two equal layers are one member: it stands for both.
    assert.deepEqual(
      (await readLayers(image, [1, 2])).map(({ number, diffId }) => [number, diffId]),
      [[undefined, diffIds[1]]],
    );
    await image.close();
  }
  await assert.rejects(open('podman:nothing.test/x:1'), { code: 'not-found' });
});

test('a container in podman is its image and what it changed', { skip }, async () => {
  const script = '/busybox rm /etc/gone; echo new > /new';
  engine.podman(
    [
      'run',
      '--network',
      'none',
      '--ulimit',
      'nofile=1024:1024',
      '--ulimit',
      'nproc=1000:1000',
    ].concat(['--name', 'changed', name, '/busybox', 'sh', '-c', script]),
  );
  const image = await open('container:changed');
  const entries = new Map((await walkTree(image, 3)).map((entry) => [entry.name, entry]));
  assert.equal(entries.get('new')?.content, 'new\n');
  assert.ok(entries.has('etc/.wh.gone') && !entries.has('busybox'));
  assert.equal(image.identity.config, made!.config.digest);
  await image.close();
});
