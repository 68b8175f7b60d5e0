// SPDX-License-Identifier: Apache-2.0
// An image in an engine. Its layers are got by saving it: they are handed on as they stream past,
// and nothing is kept on the way.
import type { EngineClient } from '../engine/engine-client.ts';
import { decodeImage, type InspectedImage } from '../engine/inspected.ts';
import { digestOfMember } from '../formats/oci/docker-archive.ts';
import { layersOfDiffIds } from '../formats/oci/layers.ts';
import type { Digest } from '../model/digest.ts';
import { isCode, PlimsollError } from '../model/errors.ts';
import type { LayerDescriptor } from '../model/image.ts';
import { IssueList } from '../model/issue.ts';
import { formatPlatform, matchesPlatform, type Platform } from '../model/platform.ts';
import { readMembers, type ArchiveMember } from './archive/read-members.ts';
import { StreamBytes } from './archive/sequential-bytes.ts';
import type { Image, LayerContent } from './image.ts';

type LayerBlob = Extract<LayerContent, { kind: 'blob' }>;

/** What is known of an engine's image before its layers are asked for. */
export interface EngineImage {
  readonly inspected: InspectedImage;
  readonly layers: readonly LayerDescriptor[];
  readonly issues: IssueList;
}

/** @throws `not-found` when the engine has no such image, or one for another platform. */
export async function inspectEngineImage(
  engine: EngineClient,
  name: string,
  wanted: Platform | undefined,
  signal: AbortSignal | undefined,
): Promise<EngineImage> {
  const issues = new IssueList();
  const inspection = await engine.inspectImage(name, signal);
  const history = await engine.imageHistory(name, signal).catch((error: unknown) => {
    if (!isCode(error, 'io')) throw error;
    // Engines have failed at histories that they found incomplete; the layers are there all the same.
    issues.add({ code: 'no-history', message: error.message, fatal: false });
    return undefined;
  });
  const inspected = decodeImage(inspection, history, issues);
  const { platform, identity, config } = inspected;
  if (wanted !== undefined && platform !== undefined && !matchesPlatform(platform, wanted))
    throw new PlimsollError(
      'not-found',
      `Cannot find ${JSON.stringify(name)} for ${formatPlatform(wanted)} in ${engine.kind}`,
      { hint: `it has it for ${formatPlatform(platform)}` },
    );
  return { inspected, layers: layersOfDiffIds(identity.diffIds, config.history, issues), issues };
}

/** Closes the engine with the image, and when it fails. */
export async function openEngineImage(
  source: string,
  engine: EngineClient,
  name: string,
  wanted: Platform | undefined,
  signal: AbortSignal | undefined,
): Promise<Image> {
  try {
    const { inspected, layers, issues } = await inspectEngineImage(engine, name, wanted, signal);
    const { identity, platform, config } = inspected;
    return {
      source,
      identity,
      ...(platform === undefined ? {} : { platform }),
      config,
      layers,
      issues: issues.toArray(),
      readLayers: (numbers, passSignal) =>
        savedLayers(engine, inspected.id, layers, numbers, passSignal ?? signal),
      close() {
        engine.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** The wanted layers of a save, in the engine's order. */
export async function* savedLayers(
  engine: EngineClient,
  id: Digest,
  layers: readonly LayerDescriptor[],
  wanted: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): AsyncGenerator<LayerBlob> {
  const left = new Set(
    layers.filter(({ index }) => wanted.has(index)).map(({ diffId }) => diffId!),
  );
  if (left.size === 0) return;
  const stream = new StreamBytes(await engine.saveImage(id, signal));
  try {
    for await (const member of readMembers(stream)) {
      const content = await layerOf(member, layers, left);
      if (content === undefined) continue;
      yield content;
      if (content.diffId !== undefined) left.delete(content.diffId);
      // What follows are documents, and layers that nobody asked for.
      if (left.size === 0) return;
    }
  } finally {
    await stream.close();
  }
}

/**
 * Before Docker 25 a layer's folder is named after neither of its digests. Since then, and in
 * podman, members are named after the diffID, or after the digest of the blob that was pulled.
 */
async function layerOf(
  member: ArchiveMember,
  layers: readonly LayerDescriptor[],
  wanted: ReadonlySet<Digest>,
): Promise<LayerBlob | undefined> {
  if (member.kind !== 'file') return undefined;
  if (member.path.endsWith('/layer.tar')) return { kind: 'blob', bytes: member.content };
  const digest = digestOfMember(member.path);
  if (digest === undefined || member.path.endsWith('.json')) return undefined;
  const same = layers.filter(({ diffId }) => diffId === digest);
  if (same.length > 0) {
    if (!wanted.has(digest)) return undefined;
    const number = same.length === 1 ? { layer: same[0]!.index } : {};
    return { kind: 'blob', ...number, digest, diffId: digest, bytes: member.content };
  }
  const [first, bytes] = await peek(member.content);
  return first === openingBrace ? undefined : { kind: 'blob', digest, bytes };
}

const openingBrace = 0x7b;

/** The first byte, and all of them. */
async function peek(
  content: AsyncIterable<Uint8Array>,
): Promise<readonly [number | undefined, AsyncIterable<Uint8Array>]> {
  const iterator = content[Symbol.asyncIterator]();
  const head = await iterator.next();
  if (head.done === true) return [undefined, content];
  const all = (async function* () {
    yield head.value;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      yield next.value;
  })();
  return [head.value[0], all];
}
