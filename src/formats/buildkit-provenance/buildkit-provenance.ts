// SPDX-License-Identifier: Apache-2.0
// Which line of a Dockerfile made which layer, as BuildKit says in the provenance of a build
// (`mode=max`): `layers` has the stack of layers behind each step's output, `source` the lines of
// each step and the Dockerfile itself.
// https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md
import { isDigest, type Digest } from '../../model/digest.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { field } from '../oci/json-fields.ts';
import type { Statement } from './statements.ts';

export interface DockerfileLines {
  /** Lines, from 1, by digest of the layer as it is stored. */
  readonly byLayer: ReadonlyMap<Digest, number>;
  /** Text of the Dockerfile, where the statement has it. */
  readonly dockerfile?: string;
}

/** Large builds have some hundred steps. */
const stepsMax = 10_000;
/** Outputs of one step, one stack per compression; layers of one stack: as many as an image has. */
const stacksMax = 100;
const layersMax = 1000;
/** Frontends that are composed of others give a file each. */
const sourcesMax = 100;
const rangesMax = 100;
/** As for a Dockerfile that is given by itself. */
const dockerfileSizeBytesMax = 1 << 20;
/** An editor's limit, not a builder's. */
const lineMax = 1_000_000;

/** Undefined when it is no provenance of BuildKit, or one that says nothing of layers and lines. */
export function dockerfileLinesOf(statement: Statement): DockerfileLines | undefined {
  if (!/^https:\/\/slsa\.dev\/provenance\/v(0\.2|1)$/.test(statement.predicateType))
    return undefined;
  const { predicate } = statement;
  const metadata = metadataOf(predicate);
  const source = record(metadata, 'source');
  const lines = linesByStep(source);
  const byLayer = layersByLine(record(metadata, 'layers'), lines, imageSteps(predicate));
  const dockerfile = textOf(source);
  if (byLayer.size === 0 && dockerfile === undefined) return undefined;
  return { byLayer, ...(dockerfile === undefined ? {} : { dockerfile }) };
}

/** SLSA v0.2 has it under a URL, BuildKit's first form of v1 too, the present one under a name. */
function metadataOf(predicate: JsonRecord): JsonRecord {
  const url = 'https://mobyproject.org/buildkit@v1#metadata';
  const v1 = record(record(predicate, 'runDetails'), 'metadata');
  for (const [holder, name] of [
    [record(predicate, 'metadata'), url],
    [v1, 'buildkit_metadata'],
    [v1, url],
  ] as const)
    if (isRecord(field(holder, name))) return record(holder, name);
  return {};
}

/** Steps that bring an image: each layer of theirs is of their `FROM`. */
function imageSteps(predicate: JsonRecord): ReadonlySet<string> {
  const definition = record(predicate, 'buildDefinition');
  const configs = [
    predicate,
    record(definition, 'internalParameters'),
    record(definition, 'externalParameters'),
  ].map((holder) => record(holder, 'buildConfig'));
  const steps = configs.flatMap((config) => list(config, 'llbDefinition', stepsMax));
  return new Set(
    steps.flatMap((step) => {
      const id = isRecord(step) ? field(step, 'id') : undefined;
      const op = isRecord(step) ? record(record(step, 'op'), 'Op') : {};
      const identifier = field(record(op, 'source'), 'identifier');
      const isImage = typeof identifier === 'string' && identifier.startsWith('docker-image://');
      return isImage && typeof id === 'string' ? [id] : [];
    }),
  );
}

/** The first line of each step's first range in the main file. */
function linesByStep(source: JsonRecord): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const [step, value] of Object.entries(record(source, 'locations')).slice(0, stepsMax)) {
    const locations = isRecord(value) ? list(value, 'locations', rangesMax) : [];
    for (const location of locations.filter(isRecord)) {
      // protobuf leaves out what is zero.
      if ((field(location, 'sourceIndex') ?? 0) !== 0) continue;
      const [range] = list(location, 'ranges', rangesMax);
      const line = isRecord(range) ? field(record(range, 'start'), 'line') : undefined;
      if (!isLine(line)) continue;
      lines.set(step, line);
      break;
    }
  }
  return lines;
}

function isLine(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= lineMax;
}

interface Stack {
  readonly step: string;
  readonly layers: readonly Digest[];
}

/**
 * A step's own layer is the last of its stack, those below were there before it. A step that
 * changes nothing has its input's stack: of several with one last layer the first step made it.
 */
function layersByLine(
  layers: JsonRecord,
  lines: ReadonlyMap<string, number>,
  images: ReadonlySet<string>,
): ReadonlyMap<Digest, number> {
  const stacks = stacksOf(layers).toSorted(
    (left, right) =>
      left.layers.length - right.layers.length || numberOf(left.step) - numberOf(right.step),
  );
  const makers = new Map<Digest, string>();
  for (const { step, layers: all } of stacks)
    for (const layer of images.has(step) ? all : all.slice(-1))
      if (!makers.has(layer)) makers.set(layer, step);
  const found = new Map<Digest, number>();
  for (const [layer, step] of makers) {
    const line = lines.get(step);
    if (line !== undefined) found.set(layer, line);
  }
  return found;
}

/** Keys are `step5:0`: the step, and which of its outputs. */
function stacksOf(layers: JsonRecord): readonly Stack[] {
  return Object.entries(layers)
    .slice(0, stepsMax)
    .flatMap(([output, value]) => {
      const step = output.split(':', 1)[0]!;
      const stacks = Array.isArray(value) ? (value as readonly unknown[]).slice(0, stacksMax) : [];
      return stacks.map((stack) => ({ step, layers: digestsOf(stack) }));
    });
}

function digestsOf(stack: unknown): readonly Digest[] {
  if (!Array.isArray(stack) || stack.length > layersMax) return [];
  const digests = (stack as readonly unknown[]).map((one) =>
    isRecord(one) ? field(one, 'digest') : undefined,
  );
  // With one missing the places of the others mean nothing.
  return digests.every(isDigest) ? digests : [];
}

/** Steps are numbered in the order of what they need. */
function numberOf(step: string): number {
  const match = /^step(\d{1,9})$/.exec(step);
  return match === null ? Number.MAX_SAFE_INTEGER : Number(match[1]);
}

/** The main file: `data` is base64. */
function textOf(source: JsonRecord): string | undefined {
  const [first] = list(source, 'infos', sourcesMax);
  const data = isRecord(first) ? field(first, 'data') : undefined;
  if (typeof data !== 'string' || data.length > dockerfileSizeBytesMax * 2) return undefined;
  const text = Buffer.from(data, 'base64').toString('utf8');
  return text === '' || text.length > dockerfileSizeBytesMax ? undefined : text;
}

function record(holder: JsonRecord, name: string): JsonRecord {
  const value = field(holder, name);
  return isRecord(value) ? value : {};
}

function list(holder: JsonRecord, name: string, lengthMax: number): readonly unknown[] {
  const value = field(holder, name);
  return Array.isArray(value) ? (value as readonly unknown[]).slice(0, lengthMax) : [];
}
