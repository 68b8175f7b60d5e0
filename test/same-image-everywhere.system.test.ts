// SPDX-License-Identifier: Apache-2.0
// One image, read from every medium, is one inventory: byte for byte, after the names that the
// medium gives it are taken off. The media are written by foreign hands: skopeo, docker-registry,
// a Docker Engine.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { dataFolder, noData } from '../testing/data.ts';
import { noEngine, startEngine, type TestEngine } from '../testing/engine.ts';
import { buildImage, writeOciLayout } from '../testing/image-builder.ts';
import { plimsoll } from '../testing/plimsoll.ts';
import { noRegistry, skopeo, startRegistry, type TestRegistry } from '../testing/registry.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const skip = noData || noRegistry || noEngine;
const folder = temporaryFolder({ after: (step) => process.on('exit', step) });
const layout = join(folder, 'layout');
let engine: TestEngine;
let registry: TestRegistry;

/** Alpine, an application above it, and a layer that takes some of both away. */
function writeImage(): void {
  const base = gunzipSync(
    readFileSync(join(dataFolder, 'rootfs/alpine-minirootfs-3.9.6-x86_64.tar.gz')),
  );
  const manifest = (name: string, version: string): Buffer =>
    Buffer.from(JSON.stringify({ name, version, license: 'MIT' }));
  const image = buildImage({
    name: 'web:1',
    layers: [
      { tar: base, createdBy: '/bin/sh -c #(nop) ADD file:1 in / ' },
      {
        createdBy: 'RUN /bin/sh -c npm ci # buildkit',
        entries: [
          { path: 'app/', kind: 'directory' },
          {
            path: 'app/node_modules/left-pad/package.json',
            content: manifest('left-pad', '1.3.0'),
          },
          { path: 'app/node_modules/gone/package.json', content: manifest('gone', '0.0.1') },
          { path: 'app/run', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
        ],
      },
      {
        createdBy: 'RUN /bin/sh -c npm uninstall gone # buildkit',
        entries: [
          { path: 'app/node_modules/.wh.gone', content: Buffer.alloc(0) },
          { path: 'etc/.wh.motd', content: Buffer.alloc(0) },
        ],
      },
    ],
  });
  writeOciLayout(layout, [image]);
}

before(async () => {
  if (skip) return;
  writeImage();
  engine = await startEngine();
  registry = await startRegistry();
  const from = `oci:${layout}:1`;
  const to = ['docker-archive:saved.tar:web:1', 'oci:copied:1', 'oci-archive:copied.tar:1'];
  for (const target of to) {
    const [medium, file, ...tag] = target.split(':');
    skopeo(['copy', from, [medium, join(folder, file!), ...tag].join(':')]);
  }
  skopeo(['copy', '--dest-tls-verify=false', from, `docker://${registry.host}/web:1`]);
  engine.docker(['load', '--input', join(folder, 'saved.tar')]);
  engine.docker(['save', '--output', join(folder, 'engine.tar'), 'web:1']);
});

after(async () => {
  await engine?.stop();
  await registry?.stop();
});

interface Document {
  source: string;
  image: { layers: object[]; identity: { diffIds: string[] }; platform: object };
  [name: string]: unknown;
}

async function read(source: string, env: Readonly<Record<string, string>> = {}): Promise<Document> {
  const { stdout, stderr, status } = await plimsoll(
    ['scan', '--json', '--no-cache', '--no-fetch', source],
    {
      online: true,
      env: { SOURCE_DATE_EPOCH: '1700000000', ...env },
    },
  );
  assert.equal(status, 0, `${source}: ${stderr}`);
  return JSON.parse(stdout) as Document;
}

/** What a medium may call the image: its own names, and digests of forms that it alone has. */
function withoutNames(document: Document): string {
  const { source, image, ...rest } = document;
  assert.ok(source);
  const layers = image.layers.map((layer) => {
    const { digest, sizeBytes, mediaType, ...kept } = layer as Record<string, unknown>;
    return digest === sizeBytes && sizeBytes === mediaType ? layer : kept;
  });
  return JSON.stringify({
    ...rest,
    image: { layers, diffIds: image.identity.diffIds, platform: image.platform },
  });
}

test('registry, engine, archives and layouts give one inventory', { skip }, async () => {
  const host = { DOCKER_HOST: engine.address };
  const sources: readonly (readonly [string, Readonly<Record<string, string>>?])[] = [
    [`oci:${layout}`],
    [`oci:${join(folder, 'copied')}`],
    [`oci-archive:${join(folder, 'copied.tar')}`],
    [`docker-archive:${join(folder, 'saved.tar')}`],
    [`docker-archive:${join(folder, 'engine.tar')}`],
    [`registry:${registry.host}/web:1`],
    ['docker:web:1', host],
    // Without a prefix: a path, the engine, the registry.
    [layout],
    [join(folder, 'saved.tar')],
    ['web:1', host],
    [`${registry.host}/web:1`, { DOCKER_HOST: 'unix:///nowhere' }],
  ];
  const first = await read(sources[0]![0]);
  const names = (first['packages'] as { name: string }[]).map(({ name }) => name);
  assert.ok(names.includes('musl') && names.includes('left-pad') && !names.includes('gone'));
  const hidden = first['hiddenPackages'] as { name: string; layer: number }[];
  assert.deepEqual(
    hidden.map(({ name, layer }) => [name, layer]),
    [['gone', 1]],
  );
  const wanted = withoutNames(first);
  for (const [source, env] of sources.slice(1))
    assert.equal(withoutNames(await read(source, env)), wanted, source);
});

test('a container is its image and its changes', { skip }, async () => {
  const id = engine.docker(['create', '--network', 'none', 'web:1', '/app/run']).trim();
  const stopped = await read(`container:${id}`, { DOCKER_HOST: engine.address });
  assert.deepEqual(stopped['packages'], (await read(`oci:${layout}`))['packages']);
  const added = join(folder, 'added');
  mkdirSync(join(added, 'left-pad-2'), { recursive: true });
  writeFileSync(join(added, 'left-pad-2/package.json'), '{"name":"left-pad-2","version":"2.0.0"}');
  engine.docker(['cp', join(added, 'left-pad-2'), `${id}:/app/node_modules/`]);
  const changed = await read(`container:${id}`, { DOCKER_HOST: engine.address });
  const found = (changed['packages'] as { name: string; layer: number }[]).find(
    ({ name }) => name === 'left-pad-2',
  );
  assert.equal(found?.layer, 3);
  engine.docker(['rm', id]);
});

test('a root file system is the same as a folder and as a tarball', { skip: noData }, async () => {
  const tarball = join(dataFolder, 'rootfs/alpine-minirootfs-3.18.9-x86_64.tar.gz');
  const root = join(folder, 'root');
  mkdirSync(root);
  execFileSync('tar', ['-xzf', tarball, '-C', root]);
  const plain = join(folder, 'root.tar');
  writeFileSync(plain, gunzipSync(readFileSync(tarball)));
  spawnSync('zstd', ['-q', plain, '-o', join(folder, 'root.tar.zst')]);
  const packages = async (source: string): Promise<string> => {
    const document = await read(source);
    const list = document['packages'] as {
      locations: { path: string }[];
      name: string;
      purl: string;
    }[];
    return JSON.stringify([
      list.map(({ name, purl, locations }) => [name, purl, locations.map(({ path }) => path)]),
      document['distribution'],
      (document['ownership'] as { unowned: number }).unowned,
    ]);
  };
  const wanted = await packages(`rootfs:${tarball}`);
  assert.ok(wanted.includes('musl'));
  for (const source of [
    `rootfs:${root}`,
    `rootfs:${plain}`,
    `rootfs:${join(folder, 'root.tar.zst')}`,
    root,
  ])
    assert.equal(await packages(source), wanted, source);
});
