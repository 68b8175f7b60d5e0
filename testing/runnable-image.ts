// SPDX-License-Identifier: Apache-2.0
// An image that a real engine can run, and what every medium must say of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Image } from '../src/image/image.ts';
import { noEngine } from './engine.ts';
import { buildImage } from './image-builder.ts';
import { readLayers } from './read-image.ts';
import { canRun, missing } from './require.ts';

const busybox = '/bin/busybox';
/** For a test's `skip`. */
export const noRunnableImage = noEngine || missing('busybox', canRun(busybox));
export const runnableName = 'plimsoll.test/made:1';
/** Undefined where there is no busybox. */
export const runnable = noRunnableImage
  ? undefined
  : buildImage({
      name: runnableName,
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

/** What every medium must say of the image. */
export async function assertIsRunnable(image: Image, sameBytes = true): Promise<void> {
  const diffIds = runnable!.layers.map(({ diffId }) => diffId);
  assert.deepEqual(image.issues, []);
  if (sameBytes) assert.equal(image.identity.config, runnable!.config.digest);
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
