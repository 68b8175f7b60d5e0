// SPDX-License-Identifier: Apache-2.0
// A pointer to bytes: https://github.com/opencontainers/image-spec/blob/main/descriptor.md
import { isDigest, type Digest } from '../../model/digest.ts';
import type { Platform } from '../../model/platform.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import {
  field,
  invalid,
  listOf,
  optionalRecord,
  optionalString,
  quoted,
  stringMap,
} from './json-fields.ts';
import { bareMediaType } from './media-types.ts';

export interface Descriptor {
  /** Without parameters, in lower case. */
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Other places of the bytes, as the document gives them: not to be trusted. */
  readonly urls: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** Foreign layers in the field name one or two places. */
const urlsMax = 16;

/**
 * @param what Names the document and the place: `image manifest: layers[3]`.
 * @throws `invalid` when a required field is missing or of the wrong type.
 */
export function decodeDescriptor(value: unknown, what: string): Descriptor {
  if (!isRecord(value)) throw invalid(what, `it is ${quoted(value)}, want a descriptor`);
  const digest = field(value, 'digest');
  if (!isDigest(digest)) throw invalid(what, `digest is ${quoted(digest)}, want a digest`);
  const sizeBytes = field(value, 'size');
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw invalid(what, `size is ${quoted(sizeBytes)}, want a number of bytes`);
  const platform = decodePlatform(value, what);
  const artifactType = optionalString(value, 'artifactType', what);
  return {
    mediaType: bareMediaType(optionalString(value, 'mediaType', what) ?? ''),
    digest,
    sizeBytes,
    urls: listOf(value, 'urls', what, urlsMax).filter((url) => typeof url === 'string'),
    annotations: stringMap(optionalRecord(value, 'annotations', what)),
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}

function decodePlatform(descriptor: JsonRecord, what: string): Platform | undefined {
  const record = optionalRecord(descriptor, 'platform', what);
  if (record === undefined) return undefined;
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
