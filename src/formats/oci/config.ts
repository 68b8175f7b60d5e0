// SPDX-License-Identifier: Apache-2.0
// An image's configuration: https://github.com/opencontainers/image-spec/blob/main/config.md
// The layers' diffIDs must be right; what is wrong elsewhere is left out and recorded.
import { isDigest, type Digest } from '../../model/digest.ts';
import { isCode } from '../../model/errors.ts';
import type { HistoryEntry, ImageConfig } from '../../model/image.ts';
import type { IssueSink } from '../../model/issue.ts';
import type { Platform } from '../../model/platform.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import {
  decodeRecord,
  field,
  invalid,
  listOf,
  optionalRecord,
  optionalString,
  quoted,
  stringMap,
} from './json-fields.ts';
import { layersMax } from './manifest.ts';

export interface DecodedConfig {
  readonly config: ImageConfig;
  readonly diffIds: readonly Digest[];
  readonly platform?: Platform;
}

/** The largest in the field have some hundred kilobytes (labels that carry whole documents). */
export const configSizeBytesMax = 8 << 20;
/** A history entry per instruction of a Dockerfile, with the base images' entries. */
const historyMax = 16_384;
/** Variables, labels and ports: beyond what any start would survive. */
const valuesMax = 16_384;
const what = 'image config';

/** @throws `invalid` or `limit` when the document or its `rootfs.diff_ids` cannot be used. */
export function decodeConfig(bytes: Uint8Array, issues: IssueSink): DecodedConfig {
  const record = decodeRecord(bytes, what, configSizeBytesMax);
  const rootfs = optionalRecord(record, 'rootfs', what) ?? {};
  const diffIds = listOf(rootfs, 'diff_ids', what, layersMax).map((value, number) => {
    if (isDigest(value)) return value;
    throw invalid(what, `rootfs.diff_ids[${number}] is ${quoted(value)}, want a digest`);
  });
  const lenient = lenientReader(issues);
  const run = lenient(() => optionalRecord(record, 'config', what)) ?? {};
  const platform = lenient(() => platformOf(record));
  return {
    config: { ...about(record, lenient), ...decodeRunConfig(run, issues) },
    diffIds,
    ...(platform === undefined ? {} : { platform }),
  };
}

type RunConfig = Omit<ImageConfig, 'created' | 'author' | 'history'>;

/** The `config` object, which engines also show as an image's or a container's `Config`. */
export function decodeRunConfig(run: JsonRecord, issues: IssueSink): RunConfig {
  const lenient = lenientReader(issues);
  const text = (name: string) => lenient(() => optionalString(run, name, what)) || undefined;
  const texts = (name: string) => lenient(() => stringList(run, name)) ?? [];
  const keys = (name: string) =>
    lenient(() => Object.keys(optionalRecord(run, name, what) ?? {}).slice(0, valuesMax)) ?? [];
  const user = text('User');
  const workingDir = text('WorkingDir');
  return {
    ...(user === undefined ? {} : { user }),
    env: texts('Env'),
    entrypoint: texts('Entrypoint'),
    cmd: texts('Cmd'),
    ...(workingDir === undefined ? {} : { workingDir }),
    exposedPorts: keys('ExposedPorts'),
    volumes: keys('Volumes'),
    labels: stringMap(lenient(() => optionalRecord(run, 'Labels', what))),
  };
}

function about(
  record: JsonRecord,
  lenient: Lenient,
): Pick<ImageConfig, 'created' | 'author' | 'history'> {
  const created = lenient(() => optionalString(record, 'created', what));
  const author = lenient(() => optionalString(record, 'author', what));
  return {
    ...(created ? { created } : {}),
    ...(author ? { author } : {}),
    history: lenient(() => listOf(record, 'history', what, historyMax).map(historyEntry)) ?? [],
  };
}

/** Scripts that stand in a Dockerfile have some kilobytes; a longer one is cut, for it is only shown. */
const createdByLengthMax = 64 << 10;

function historyEntry(value: unknown, number: number): HistoryEntry {
  const where = `${what}: history[${number}]`;
  if (!isRecord(value)) throw invalid(where, `it is ${quoted(value)}, want an object`);
  const created = optionalString(value, 'created', where);
  const createdBy = optionalString(value, 'created_by', where);
  const comment = optionalString(value, 'comment', where);
  return {
    ...(created ? { created } : {}),
    ...(createdBy ? { createdBy: createdBy.slice(0, createdByLengthMax).toWellFormed() } : {}),
    ...(comment ? { comment } : {}),
    emptyLayer: field(value, 'empty_layer') === true,
  };
}

function platformOf(record: JsonRecord): Platform | undefined {
  const os = optionalString(record, 'os', what);
  const architecture = optionalString(record, 'architecture', what);
  if (!os || !architecture) return undefined;
  const variant = optionalString(record, 'variant', what);
  const osVersion = optionalString(record, 'os.version', what);
  return {
    os,
    architecture,
    ...(variant ? { variant } : {}),
    ...(osVersion ? { osVersion } : {}),
  };
}

function stringList(record: JsonRecord, name: string): readonly string[] {
  return listOf(record, name, what, valuesMax).map((value, number) => {
    if (typeof value === 'string') return value;
    throw invalid(what, `${name}[${number}] is ${quoted(value)}, want text`);
  });
}

type Lenient = <T>(read: () => T) => T | undefined;

/** Turns what is wrong with one field into an issue, and the field into nothing. */
function lenientReader(issues: IssueSink): Lenient {
  return (read) => {
    try {
      return read();
    } catch (error) {
      if (!isCode(error, 'invalid') && !isCode(error, 'limit')) throw error;
      issues.add({ code: 'invalid-config', message: error.message, fatal: false });
      return undefined;
    }
  };
}
