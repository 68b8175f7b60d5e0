// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  buildImage,
  dockerArchive,
  ociArchive,
  writeOciLayout,
} from '../../testing/image-builder.ts';
import { sourceContext } from '../../testing/source-context.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { writeTar } from '../formats/tar/write-tar.ts';
import { PlimsollError } from '../model/errors.ts';
import { offlineHttpClient } from '../network/offline-client.ts';
import { openImage } from './open-image.ts';

const made = buildImage({ layers: [{ entries: [{ path: 'x', content: 'x' }] }] });
/** No engine: what the defaults name does not exist there. */
const lonely = { DOCKER_HOST: 'unix:///nonexistent/d', CONTAINER_HOST: 'unix:///nonexistent/p' };

test('a path is told by what it holds', async (context) => {
  const folder = temporaryFolder(context);
  const write = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const layout = join(folder, 'layout');
  mkdirSync(layout);
  writeOciLayout(layout, [made]);
  mkdirSync(join(folder, 'root'));
  const notes: string[] = [];
  const progress = {
    start: () => ({ advance: () => {}, done: () => {} }),
    note: (message: string) => notes.push(message),
  };
  for (const [path, id] of [
    [layout, 'oci'],
    [write('wrong.name', ociArchive([made])), 'oci-archive'],
    [write('old.tar', dockerArchive(made)), 'docker-archive'],
    [write('new.tar', dockerArchive(made, 'oci')), 'docker-archive'],
    [write('old.tar.gz', gzipSync(dockerArchive(made))), 'docker-archive'],
    [write('root.tar', writeTar([{ path: 'etc/', kind: 'directory' }])), 'rootfs'],
    [join(folder, 'root'), 'rootfs'],
  ] as const) {
    const image = await openImage(path, sourceContext({ progress }));
    assert.equal(image.source, `${id}:${path}`);
    assert.match(notes.at(-1)!, new RegExp(`as ${id}: `));
    await image.close();
  }
});

test('a file that is nothing known is said with what it could be', async (context) => {
  const path = join(temporaryFolder(context), 'file');
  for (const text of ['hello', '', '{"bomFormat":"CycloneDX"}']) {
    writeFileSync(path, text);
    await assert.rejects(
      openImage(path, sourceContext()),
      { code: 'invalid', hint: /rootfs:/ },
      text,
    );
  }
});

test('a path that is not there is no image name', async () => {
  for (const path of ['/nonexistent/x', './nonexistent', '../nonexistent.tar', '~/x'])
    await assert.rejects(openImage(path, sourceContext()), { code: 'not-found' }, path);
});

test('a name is looked for in engines, then in the registry, and all is told', async () => {
  const context = sourceContext({ env: lonely, http: offlineHttpClient });
  await assert.rejects(openImage('alpine:3.19', context), (error: unknown) => {
    assert.ok(error instanceof PlimsollError);
    assert.equal(error.code, 'offline');
    assert.match(error.message, /registry-1\.docker\.io/);
    assert.match(error.hint!, /Cannot reach docker.*Cannot reach podman/);
    return true;
  });
});

test("an id is an engine's alone", async () => {
  const id = 'ab'.repeat(32);
  for (const name of [id, `sha256:${id}`])
    await assert.rejects(openImage(name, sourceContext({ env: lonely })), {
      code: 'not-found',
      hint: /Cannot reach docker/,
    });
});

test('wrong names are said before anybody is asked', async () => {
  for (const name of ['', 'Alpine', 'a b', 'alpine:', 'docker://alpine', 'https://ghcr.io/a'])
    await assert.rejects(openImage(name, sourceContext()), { code: 'usage' }, name);
  await assert.rejects(openImage('docker://alpine', sourceContext()), { hint: /registry:alpine/ });
});

test('docker:27 and registry:2 could be images', async () => {
  const context = sourceContext({ env: lonely });
  await assert.rejects(openImage('docker:27', context), { hint: /docker:docker:27/ });
});
