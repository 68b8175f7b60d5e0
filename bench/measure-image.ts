// SPDX-License-Identifier: Apache-2.0
// One measurement in a process of its own, so that memory is this measurement's alone. Called by
// bench/main.ts: prints one line of JSON.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { decompress } from '../src/formats/compression/decompress.ts';
import type { FileReader } from '../src/image/file-reader.ts';
import { LayerCache } from '../src/image/layer-cache.ts';
import { TreeBuilder } from '../src/image/merge-layers.ts';
import { openImage } from '../src/image/open-image.ts';
import { readImage } from '../src/image/read-image.ts';
import { distributionReader } from '../src/inventory/distribution.ts';
import { registry as ecosystems } from '../src/inventory/ecosystems/registry.ts';
import { IssueList } from '../src/model/issue.ts';
import { sourceContext } from '../testing/source-context.ts';

const [mode, file, cacheFolder] = process.argv.slice(2) as [string, string, string | undefined];
/** Alternating, and the best of them: other work on the machine slows single runs down. */
const rounds = 3;

const readers: readonly FileReader[] = [distributionReader, ...ecosystems];

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** gunzip and hashes of the same bytes in the same process: no scanner can do with less. */
async function floor(hashes: 1 | 2): Promise<void> {
  const stored = createHash('sha256');
  const plain = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    const stream = createReadStream(file, { highWaterMark: 1 << 20 });
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (hashes === 2) stored.update(chunk);
      yield chunk;
    }
  };
  for await (const chunk of decompress(hashed())) plain.update(chunk);
}

async function scan(with_: readonly FileReader[], cache?: LayerCache): Promise<number> {
  const image = await openImage(`rootfs:${file}`, sourceContext());
  try {
    const { layers } = await readImage(image, with_, cache === undefined ? {} : { cache });
    const builder = new TreeBuilder(new IssueList());
    for (const layer of layers) builder.apply(layer.index);
    return builder.tree.size;
  } finally {
    await image.close();
  }
}

async function ratios(): Promise<Record<string, number>> {
  const best: Record<string, number> = {};
  let entries = 0;
  const works: Readonly<Record<string, () => Promise<unknown>>> = {
    floor: () => floor(2),
    floorOneHash: () => floor(1),
    index: () => scan([]),
    scan: async () => (entries = await scan(readers)),
  };
  for (let round = 0; round < rounds; round++)
    for (const [name, work] of Object.entries(works))
      best[name] = Math.min(best[name] ?? Infinity, await milliseconds(work));
  return { ...best, entries };
}

async function memory(): Promise<Record<string, number>> {
  const entries = await scan(readers);
  return { entries, residentMegabytes: process.resourceUsage().maxRSS / 1024 };
}

/** A layer of known diffID, as an image's own configuration gives it. */
async function again(): Promise<Record<string, number>> {
  const cache = LayerCache.open(cacheFolder!);
  const image = await openImage(`rootfs:${file}`, sourceContext());
  const first = await readImage(image, readers);
  const [layer] = first.layers;
  cache.put(layer!, readers);
  let best = Infinity;
  for (let round = 0; round < rounds; round++)
    best = Math.min(
      best,
      await milliseconds(async () => {
        const known = cache.get(layer!.diffId!, layer!.digest, readers);
        if (known === undefined || known.missing.length > 0) throw new Error('not in the cache');
        new TreeBuilder(new IssueList()).apply(known.result.index);
      }),
    );
  await image.close();
  cache.close();
  return { known: best };
}

const measured = await (mode === 'ratios' ? ratios() : mode === 'memory' ? memory() : again());
console.log(JSON.stringify(measured));
