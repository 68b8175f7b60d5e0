// SPDX-License-Identifier: Apache-2.0
// `PATH[:TAG][@DIGEST]`, where both path and tag may hold colons: the longest path that exists wins.
import { existsSync } from 'node:fs';
import { isDigest, type Digest } from '../model/digest.ts';
import { PlimsollError } from '../model/errors.ts';

export interface SourcePath {
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** @throws `usage` when nothing or no digest is named, `not-found` when no path of it exists. */
export function parseSourcePath(text: string): SourcePath {
  if (text === '') throw new PlimsollError('usage', 'Cannot open image: no path is named');
  if (existsSync(text)) return { path: text };
  const at = text.lastIndexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && isDigest(digest)) return { ...splitTag(text.slice(0, at)), digest };
  return splitTag(text);
}

function splitTag(text: string): SourcePath {
  if (existsSync(text)) return { path: text };
  for (let colon = text.lastIndexOf(':'); colon > 0; colon = text.lastIndexOf(':', colon - 1)) {
    const path = text.slice(0, colon);
    if (existsSync(path)) return { path, tag: text.slice(colon + 1) };
  }
  const colon = text.indexOf(':');
  const path = colon === -1 ? text : text.slice(0, colon);
  throw new PlimsollError(
    'not-found',
    `Cannot open ${JSON.stringify(path)}: there is no such file`,
  );
}
