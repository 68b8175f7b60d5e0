// SPDX-License-Identifier: Apache-2.0
// Images that others published, whiteouts and all: the merged tree against what `umoci unpack` puts
// on disk.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../../testing/data.ts';
import { canRun, missing } from '../../testing/require.ts';
import { sourceContext } from '../../testing/source-context.ts';
import { type Listing, listTree, unpackedByUmoci } from '../../testing/umoci.ts';
import { IssueList } from '../model/issue.ts';
import { TreeBuilder } from './merge-layers.ts';
import { openImage } from './open-image.ts';
import { readImage } from './read-image.ts';

const skip = noData || missing('umoci', canRun('umoci')) || missing('skopeo', canRun('skopeo'));

async function merged(source: string): Promise<Listing> {
  const image = await openImage(source, sourceContext());
  const issues = new IssueList();
  const builder = new TreeBuilder(issues);
  const { layers } = await readImage(image, []);
  for (const layer of layers) {
    issues.addAll(layer.issues);
    builder.apply(layer.index);
  }
  await image.close();
  assert.deepEqual(issues.toArray(), []);
  return listTree(builder.tree);
}

/** Copies an image into a layout of its own, as umoci wants it. */
function unpacked(source: string): Listing | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-copy-'));
  try {
    const layout = join(folder, 'layout');
    const args = ['--insecure-policy', 'copy', '--quiet', source, `oci:${layout}:latest`];
    const copied = spawnSync('skopeo', args, { encoding: 'utf8' });
    assert.equal(copied.status, 0, copied.stderr);
    return unpackedByUmoci(layout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const savedImages = ['overwritten_file', 'source_image', 'whiteout_image', 'whiteout_dir'] as const;

for (const name of savedImages)
  test(`saved image ${name}`, { skip }, async () => {
    const folder = join(testData('fixtures'), 'ggcr/pkg/v1/mutate/testdata');
    const source = `docker-archive:${join(folder, `${name}.tar`)}`;
    const want = unpacked(source);
    assert.ok(want !== undefined && want.length > 1);
    assert.deepEqual(await merged(source), want);
  });

test('the layouts of busybox', { skip }, async () => {
  const root = testData('busybox-oci');
  const layouts = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('oci-layout'))
    .map((path) => join(root, path, '..'))
    .filter((folder) => existsSync(join(folder, 'index.json')));
  assert.ok(layouts.length >= 2);
  for (const layout of layouts) {
    const want = unpacked(`oci:${layout}`);
    assert.ok(want !== undefined && want.length > 100, layout);
    assert.deepEqual(await merged(`oci:${layout}`), want, layout);
  }
});
