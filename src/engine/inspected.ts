// SPDX-License-Identifier: Apache-2.0
// What an engine tells of an image and a container, decoded. An engine is nearer than a registry,
// but what it tells comes from images: the same care is due.
import { decodeRunConfig } from '../formats/oci/config.ts';
import { isRecord } from '../formats/json/json-record.ts';
import {
  field,
  invalid,
  listOf,
  optionalRecord,
  optionalString,
  quoted,
} from '../formats/oci/json-fields.ts';
import { layersMax } from '../formats/oci/manifest.ts';
import { isIndexType, isManifestType } from '../formats/oci/media-types.ts';
import { isDigest, parseDigest, type Digest } from '../model/digest.ts';
import type { HistoryEntry, ImageConfig, ImageIdentity } from '../model/image.ts';
import type { IssueSink } from '../model/issue.ts';
import type { Platform } from '../model/platform.ts';

export interface InspectedImage {
  /** What the engine calls the image. */
  readonly id: Digest;
  readonly identity: ImageIdentity;
  readonly platform?: Platform;
  readonly config: ImageConfig;
}

export interface InspectedContainer {
  readonly id: string;
  readonly name: string;
  /** The engine's id of its image. */
  readonly image: string;
}

/** Kinds of a change, https://docs.docker.com/reference/api/engine/ ContainerChanges */
export type ChangeKind = 'modified' | 'added' | 'deleted';

const namesMax = 4096;
const historyMax = 16_384;
/** A container that wrote a million files is one to be looked at, not to run out of memory on. */
const changesMax = 5_000_000;

/** @throws `invalid`. */
export function decodeImage(
  inspection: unknown,
  history: unknown,
  issues: IssueSink,
): InspectedImage {
  const what = "the engine's image";
  if (!isRecord(inspection)) throw invalid(what, 'it is no object');
  const id = prefixed(optionalString(inspection, 'Id', what) ?? '');
  const rootfs = optionalRecord(inspection, 'RootFS', what) ?? {};
  const diffIds = listOf(rootfs, 'Layers', what, layersMax).map((value) => parseDigest(value));
  const names = ['RepoTags', 'RepoDigests'].flatMap((name) =>
    listOf(inspection, name, what, namesMax).filter((value) => typeof value === 'string'),
  );
  const created = optionalString(inspection, 'Created', what);
  const author = optionalString(inspection, 'Author', what);
  const platform = platformOf(inspection, what);
  return {
    id,
    identity: {
      ...idOf(inspection, id),
      diffIds,
      names: names.filter((name) => !name.includes('<none>')),
    },
    ...(platform === undefined ? {} : { platform }),
    config: {
      ...(created ? { created } : {}),
      ...(author ? { author } : {}),
      ...decodeRunConfig(optionalRecord(inspection, 'Config', what) ?? {}, issues),
      history: decodeHistory(history, diffIds.length),
    },
  };
}

/** Engines that keep images in containerd call one by its manifest or index; others by its config. */
function idOf(inspection: Readonly<Record<string, unknown>>, id: Digest): Partial<ImageIdentity> {
  const descriptor = field(inspection, 'Descriptor');
  if (!isRecord(descriptor) || field(descriptor, 'digest') !== id) return { config: id };
  const type = String(field(descriptor, 'mediaType'));
  if (isIndexType(type)) return { index: id };
  return isManifestType(type) ? { manifest: id } : { config: id };
}

/** podman leaves the algorithm out. */
function prefixed(id: string): Digest {
  return parseDigest(/^[0-9a-f]{64}$/.test(id) ? `sha256:${id}` : id);
}

function platformOf(
  inspection: Readonly<Record<string, unknown>>,
  what: string,
): Platform | undefined {
  const os = optionalString(inspection, 'Os', what);
  const architecture = optionalString(inspection, 'Architecture', what);
  const variant = optionalString(inspection, 'Variant', what);
  if (!os || !architecture) return undefined;
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/**
 * Engines do not say which steps made no layer. Those with a size did; where the number of layers
 * leaves it open, instructions that never make one are sorted out.
 */
function decodeHistory(value: unknown, layers: number): readonly HistoryEntry[] {
  if (!Array.isArray(value) || value.length > historyMax) return [];
  const steps = value.toReversed().map((item: unknown) => (isRecord(item) ? item : {}));
  const bySize = steps.map((step) => field(step, 'Size') === 0);
  const byText = steps.map((step, number) => bySize[number]! && makesNoLayer(step));
  const count = (empty: readonly boolean[]) => empty.filter((isEmpty) => !isEmpty).length;
  const empty = count(bySize) === layers ? bySize : byText;
  return steps.map((step, number) => {
    const created = field(step, 'Created');
    const createdBy = field(step, 'CreatedBy');
    const comment = field(step, 'Comment');
    return {
      ...(typeof created === 'number' && Math.abs(created) < 8.64e12
        ? { created: new Date(created * 1000).toISOString() }
        : {}),
      ...(typeof createdBy === 'string' && createdBy !== '' ? { createdBy } : {}),
      ...(typeof comment === 'string' && comment !== '' ? { comment } : {}),
      emptyLayer: empty[number]!,
    };
  });
}

const metadataInstruction =
  /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

function makesNoLayer(step: Readonly<Record<string, unknown>>): boolean {
  const text = field(step, 'CreatedBy');
  return typeof text === 'string' && metadataInstruction.test(text.slice(0, 100));
}

/** @throws `invalid`. */
export function decodeContainer(inspection: unknown): InspectedContainer {
  const what = "the engine's container";
  if (!isRecord(inspection)) throw invalid(what, 'it is no object');
  const id = optionalString(inspection, 'Id', what) ?? '';
  const image = optionalString(inspection, 'Image', what) ?? '';
  if (!/^[0-9a-f]{64}$/.test(id)) throw invalid(what, `Id is ${quoted(id)}`);
  if (!isDigest(image) && !/^[0-9a-f]{64}$/.test(image))
    throw invalid(what, `Image is ${quoted(image)}`);
  return { id, name: (optionalString(inspection, 'Name', what) ?? id).replace(/^\//, ''), image };
}

const changeKinds: readonly ChangeKind[] = ['modified', 'added', 'deleted'];

/** Absolute paths and what happened to them. @throws `invalid` or `limit`. */
export function decodeChanges(value: unknown): ReadonlyMap<string, ChangeKind> {
  const what = "the container's changes";
  const list = listOf({ changes: value }, 'changes', what, changesMax);
  const changes = new Map<string, ChangeKind>();
  for (const item of list) {
    const path = isRecord(item) ? field(item, 'Path') : undefined;
    const kind = isRecord(item) ? changeKinds[Number(field(item, 'Kind'))] : undefined;
    if (typeof path !== 'string' || !path.startsWith('/') || kind === undefined)
      throw invalid(what, `an item is ${quoted(item)}`);
    changes.set(path, kind);
  }
  return changes;
}
