// SPDX-License-Identifier: Apache-2.0
// Containers of a real engine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEngine, type TestEngine } from '../../../../testing/engine.ts';
import { dockerArchive } from '../../../../testing/image-builder.ts';
import { readLayers, walkTree } from '../../../../testing/read-image.ts';
import { noRunnableImage, runnable, runnableName } from '../../../../testing/runnable-image.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { openImage } from '../../open-image.ts';
import { plugin } from './plugin.ts';

const skip = noRunnableImage;
let engine: TestEngine;
const open = (name: string) =>
  plugin.open(name, sourceContext({ env: { DOCKER_HOST: engine.address } }));

before(async () => {
  if (skip !== false) return;
  engine = await startEngine();
  engine.docker(['load'], dockerArchive(runnable!));
});
after(async () => {
  await engine?.stop();
});

test('a container that is not there is said', { skip }, async () => {
  await assert.rejects(open('nothing'), { code: 'not-found', message: /No such container/ });
  await assert.rejects(open(''), { code: 'usage' });
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
      runnableName,
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
      const image = await open('changing');
      assert.equal(image.layers.length, 5);
      assert.equal(image.identity.config, runnable!.config.digest);
      assert.equal(image.layers[4]!.createdBy, 'container changing');
      const read = await readLayers(image, [0]);
      assert.ok(read.some(({ diffId }) => diffId === runnable!.layers[0]!.diffId));
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

test(
  "a container's root is reached through its process, whatever the link reads",
  { skip },
  async (context) => {
    const command = ['/busybox', 'sleep', '600'];
    const id = engine.docker(['run', '--detach', '--network', 'none', runnableName, ...command]);
    context.after(() => engine.docker(['rm', '--force', id]));
    const pid = engine.docker(['inspect', '--format', '{{.State.Pid}}', id]);
    const image = await openImage(`rootfs:/proc/${pid}/root`, sourceContext());
    const names = (await walkTree(image, 0)).map(({ name }) => name);
    for (const name of ['busybox', 'etc/kept', 'old/file', 'proc'])
      assert.ok(names.includes(name), name);
    assert.ok(!names.some((name) => name.startsWith('proc/') || name.startsWith('usr/')));
    assert.ok(image.skippedMounts!.includes('/proc'));
    await image.close();
  },
);
