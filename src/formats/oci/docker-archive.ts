// SPDX-License-Identifier: Apache-2.0
// The `manifest.json` of an archive that `docker save` writes: a list of images, each with the
// archive's members that hold its configuration and its layers.
// https://github.com/moby/moby/blob/master/image/spec/spec.md
import { isDigest, type Digest } from '../../model/digest.ts';
import { PlimsollError } from '../../model/errors.ts';
import { isRecord } from '../json/json-record.ts';
import { decodeJson, field, invalid, listOf, quoted } from './json-fields.ts';
import { layersMax, manifestSizeBytesMax } from './manifest.ts';

export interface SavedImage {
  /** Member of the archive, cleaned: `<hex>.json` or `blobs/sha256/<hex>`. */
  readonly config: string;
  /** Members, the base first. */
  readonly layers: readonly string[];
  /** Tags with which it was saved: `alpine:3.19`. */
  readonly names: readonly string[];
}

/** `docker save` of a whole engine. */
const imagesMax = 4096;
const namesMax = 4096;

/** @throws `invalid` or `limit`. */
export function decodeSavedImages(bytes: Uint8Array): readonly SavedImage[] {
  const what = 'manifest.json';
  const value = decodeJson(bytes, what, manifestSizeBytesMax);
  if (!Array.isArray(value)) throw invalid(what, `it is ${quoted(value)}, want a list of images`);
  if (value.length > imagesMax)
    throw new PlimsollError(
      'limit',
      `Cannot read ${what}: it has ${value.length} images, at most ${imagesMax} are read`,
    );
  return value.map((item, number) => {
    const where = `${what}: [${number}]`;
    if (!isRecord(item)) throw invalid(where, `it is ${quoted(item)}, want an object`);
    const config = field(item, 'Config');
    if (typeof config !== 'string' || config === '')
      throw invalid(where, `Config is ${quoted(config)}, want a member's name`);
    return {
      config: cleanMemberName(config, where),
      layers: listOf(item, 'Layers', where, layersMax).map((layer) => {
        if (typeof layer === 'string') return cleanMemberName(layer, where);
        throw invalid(where, `Layers holds ${quoted(layer)}, want members' names`);
      }),
      names: listOf(item, 'RepoTags', where, namesMax).filter((name) => typeof name === 'string'),
    };
  });
}

/** `./a//b` is `a/b`. A name that leaves the archive names nothing in it. */
export function cleanMemberName(name: string, where: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.length > 4096 || parts.length === 0 || parts.includes('..'))
    throw invalid(where, `${quoted(name)} names no member of the archive`);
  return parts.join('/');
}

/** The digest that a member's name gives its content: `<hex>.json`, `<hex>.tar`, `sha256:<hex>`, `blobs/sha256/<hex>`. */
export function digestOfMember(member: string): Digest | undefined {
  const blob = /^blobs\/(sha256|sha384|sha512)\/([0-9a-f]+)$/.exec(member);
  const plain = /^(?:sha256:)?([0-9a-f]{64})(?:\.json|\.tar)?$/.exec(member);
  const digest =
    blob !== null ? `${blob[1]}:${blob[2]}` : plain !== null ? `sha256:${plain[1]}` : '';
  return isDigest(digest) ? digest : undefined;
}
