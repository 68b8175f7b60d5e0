// SPDX-License-Identifier: Apache-2.0
// One image of an archive that `docker save` wrote: before Docker 25 a folder per layer, since then
// an OCI layout with the same manifest.json beside it.
import type { Archive } from '../../archive/archive.ts';
import { configSizeBytesMax, decodeConfig } from '../../../formats/oci/config.ts';
import {
  decodeSavedImages,
  digestOfMember,
  type SavedImage,
} from '../../../formats/oci/docker-archive.ts';
import { layersOfDiffIds } from '../../../formats/oci/layers.ts';
import { manifestSizeBytesMax } from '../../../formats/oci/manifest.ts';
import { digestOf } from '../../../formats/oci/verify-document.ts';
import { isCode, PlimsollError } from '../../../model/errors.ts';
import type { LayerDescriptor } from '../../../model/image.ts';
import { IssueList } from '../../../model/issue.ts';
import { formatPlatform, matchesPlatform, type Platform } from '../../../model/platform.ts';
import { hashesOf } from '../../compose-image.ts';
import { numberedContents } from '../../image-files.ts';
import type { Image, LayerContent } from '../../image.ts';
import type { SourcePath } from '../../source-path.ts';
import { chooseSavedImage } from './choose-saved-image.ts';

/** @throws `not-found`, `usage` (several images), `invalid`, `unsupported`. */
export async function openSavedImage(
  source: string,
  archive: Archive,
  selection: SourcePath,
  wanted: Platform | undefined,
): Promise<Image> {
  const saved = chooseSavedImage(await readSavedImages(archive), selection);
  const issues = new IssueList();
  const configBytes = await archive.read(saved.config, configSizeBytesMax);
  const configDigest = digestOf(configBytes);
  const named = digestOfMember(saved.config);
  // Engines compute the image's id from the bytes when they load it: so do we.
  if (named !== undefined && named !== configDigest)
    issues.add({
      code: 'config-name-mismatch',
      message: `The image config is called ${JSON.stringify(saved.config)} and hashes to ${configDigest}`,
      fatal: false,
    });
  const { config, diffIds, platform } = decodeConfig(configBytes, issues);
  if (wanted !== undefined && platform !== undefined && !matchesPlatform(platform, wanted))
    throw new PlimsollError(
      'not-found',
      `Cannot find an image for ${formatPlatform(wanted)} in ${JSON.stringify(archive.path)}`,
      { hint: `it holds one for ${formatPlatform(platform)}` },
    );
  const paired = diffIds.length === saved.layers.length;
  if (!paired)
    issues.add({
      code: 'layer-count-mismatch',
      message: `Cannot tell which layer is which: manifest.json has ${saved.layers.length}, the config ${diffIds.length}`,
      fatal: true,
    });
  const described = paired
    ? layersOfDiffIds(diffIds, config.history, issues)
    : saved.layers.map((_, index): LayerDescriptor => ({ index }));
  const { layers, members } = await findLayers(archive, described, saved, issues);
  return {
    source,
    identity: { config: configDigest, diffIds, names: saved.names },
    ...(platform === undefined ? {} : { platform }),
    config,
    layers,
    issues: issues.toArray(),
    readLayers: (numbers, signal) => readMembersOf(archive, layers, members, numbers, signal),
    close: () => archive.close(),
  };
}

async function readSavedImages(archive: Archive): Promise<readonly SavedImage[]> {
  try {
    return decodeSavedImages(await archive.read('manifest.json', manifestSizeBytesMax));
  } catch (error) {
    if (!isCode(error, 'not-found')) throw error;
    const path = JSON.stringify(archive.path);
    if ((await archive.sizeOf('index.json')) !== undefined)
      throw new PlimsollError('invalid', `Cannot read ${path}: it has no manifest.json`, {
        hint: `it looks like a layout: use oci-archive:${archive.path}`,
      });
    if ((await archive.sizeOf('repositories')) !== undefined)
      throw new PlimsollError(
        'unsupported',
        `Cannot read ${path}: it was written by an engine before Docker 1.10`,
        { hint: 'load it into a current engine and save it again' },
      );
    throw new PlimsollError('invalid', `Cannot read ${path}: it has no manifest.json`, {
      hint: `for a tarball of files use rootfs:${archive.path}`,
    });
  }
}

interface FoundLayers {
  readonly layers: readonly LayerDescriptor[];
  /** Member by layer, of those that are there. */
  readonly members: ReadonlyMap<number, string>;
}

async function findLayers(
  archive: Archive,
  described: readonly LayerDescriptor[],
  saved: SavedImage,
  issues: IssueList,
): Promise<FoundLayers> {
  const members = new Map<number, string>();
  const layers: LayerDescriptor[] = [];
  for (const layer of described) {
    const member = saved.layers[layer.index];
    const sizeBytes = member === undefined ? undefined : await archive.sizeOf(member);
    if (member === undefined || sizeBytes === undefined) {
      issues.add({
        code: 'missing-layer',
        message: `Cannot read layer ${layer.index}: ${JSON.stringify(member)} is not in the archive`,
        fatal: true,
      });
      layers.push(layer);
      continue;
    }
    // Only a layout names a blob by what its bytes hash to; elsewhere the name is the diffID or neither.
    const digest = member.startsWith('blobs/') ? digestOfMember(member) : undefined;
    members.set(layer.index, member);
    layers.push({ ...layer, ...(digest === undefined ? {} : { digest }), sizeBytes });
  }
  return { layers, members };
}

async function* readMembersOf(
  archive: Archive,
  layers: readonly LayerDescriptor[],
  members: ReadonlyMap<number, string>,
  wanted: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): AsyncGenerator<LayerContent> {
  const paths = new Map([...members].filter(([number]) => wanted.has(number)));
  for await (const { number, bytes } of numberedContents(archive, paths, signal))
    yield { kind: 'blob', layer: number, ...hashesOf(layers[number]!), bytes };
}
