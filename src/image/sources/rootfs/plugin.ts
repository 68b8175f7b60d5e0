// SPDX-License-Identifier: Apache-2.0
// `rootfs:PATH`: the files of one system, in a directory (`rootfs:/` is this machine) or in a
// tarball, plain or compressed. One layer, without a configuration.
import { readFile, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { recognisesArchive } from '../../archive/recognise.ts';
import { FileBytes } from '../../archive/sequential-bytes.ts';
import { PlimsollError } from '../../../model/errors.ts';
import { IssueList } from '../../../model/issue.ts';
import { hostPlatform } from '../../../model/platform.ts';
import type { ImageSource } from '../../image-source.ts';
import { asyncIterableOf } from '../../async-iterable.ts';
import type { Image, LayerContent } from '../../image.ts';
import { openError, openRegularFile } from '../../open-file.ts';
import { mountsToSkip, parseMounts } from './mounts.ts';
import { walkDirectory } from './walk-directory.ts';

export const plugin: ImageSource = {
  id: 'rootfs',
  title: 'directory or tarball with the files of a system',
  usage: 'rootfs:PATH',
  async recognises(path) {
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isDirectory() === true) return true;
    return stats?.isFile() === true && (await recognisesArchive(path)) === 'tarball';
  },
  async open(rest) {
    if (rest === '') throw new PlimsollError('usage', 'Cannot open image: no path is named');
    const stats = await stat(rest).catch((cause: unknown) => {
      throw openError(rest, cause);
    });
    return stats.isDirectory() ? openDirectory(rest) : openTarball(rest);
  },
};

async function openDirectory(path: string): Promise<Image> {
  const { root, inside, mountinfo } = await rootOf(path);
  const mounts = parseMounts(await readFile(mountinfo, 'utf8').catch(() => ''));
  const skippedMounts = mountsToSkip(inside, mounts);
  const skippedPaths = new Set(
    [...skippedMounts].map((mount) => mount.slice(inside === '/' ? 1 : inside.length + 1)),
  );
  const issues = new IssueList();
  return {
    ...anonymous(`rootfs:${path}`),
    // The machine's own root runs on the machine's processor; what lies elsewhere may not.
    ...(root === '/' ? { platform: hostPlatform(process.arch) } : {}),
    layers: [{ index: 0 }],
    skippedMounts: [...skippedMounts].sort(),
    // Found while walking: complete when the layer was read.
    get issues() {
      return issues.toArray();
    },
    readLayers: (wanted) =>
      onlyLayer(wanted, {
        kind: 'tree',
        layer: 0,
        walk: (visitor, signal) => walkDirectory(visitor, { root, skippedPaths, issues, signal }),
      }),
    close: () => Promise.resolve(),
  };
}

/**
 * `/proc/PID/root` is a link that reads `/` and leads to the root of that process: a container's.
 * Its text must not be followed, and its mounts are those that the process sees.
 */
async function rootOf(path: string) {
  const [, process, inside] = /^\/proc\/(\d+|self)\/root(\/.*)?$/.exec(resolve(path)) ?? [];
  if (process !== undefined)
    return { root: resolve(path), inside: inside ?? '/', mountinfo: `/proc/${process}/mountinfo` };
  const root = await realpath(path).catch((cause: unknown) => {
    throw openError(path, cause);
  });
  return { root, inside: root, mountinfo: '/proc/self/mountinfo' };
}

async function openTarball(path: string): Promise<Image> {
  const file = await openRegularFile(path);
  return {
    ...anonymous(`rootfs:${path}`),
    layers: [{ index: 0, sizeBytes: file.sizeBytes }],
    issues: [],
    readLayers: (wanted) =>
      onlyLayer(wanted, {
        kind: 'blob',
        layer: 0,
        bytes: new FileBytes(file).chunks(file.sizeBytes),
      }),
    close: () => file.close(),
  };
}

function onlyLayer(
  wanted: ReadonlySet<number>,
  content: LayerContent,
): AsyncIterable<LayerContent> {
  return asyncIterableOf(wanted.has(0) ? [content] : []);
}

function anonymous(source: string): Pick<Image, 'source' | 'identity'> {
  return { source, identity: { diffIds: [], names: [] } };
}
