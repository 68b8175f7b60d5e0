// SPDX-License-Identifier: Apache-2.0
// Picks one of the images that were saved together.
import { digestOfMember, type SavedImage } from '../../../formats/oci/docker-archive.ts';
import { PlimsollError } from '../../../model/errors.ts';
import { formatReference, parseReference } from '../../../model/reference.ts';
import type { SourcePath } from '../../source-path.ts';

/** @throws `not-found`, or `usage` when several could be meant; the hint lists their names. */
export function chooseSavedImage(
  images: readonly SavedImage[],
  { path, tag, digest }: SourcePath,
): SavedImage {
  const quoted = JSON.stringify(path);
  if (images.length === 0)
    throw new PlimsollError('not-found', `Cannot find an image in ${quoted}: it holds none`);
  const matching = images.filter(
    (image) =>
      (tag === undefined || image.names.some((name) => isNamed(name, tag))) &&
      (digest === undefined || digestOfMember(image.config) === digest),
  );
  const names = images.flatMap((image) => image.names).slice(0, 20);
  const list = names.length === 0 ? 'its images have no names' : `it holds ${names.join(', ')}`;
  if (matching.length === 0)
    throw new PlimsollError(
      'not-found',
      `Cannot find ${JSON.stringify(tag ?? digest)} in ${quoted}`,
      { hint: list },
    );
  if (new Set(matching.map((image) => image.config)).size > 1)
    throw new PlimsollError(
      'usage',
      `Cannot choose from the ${matching.length} images in ${quoted}`,
      {
        hint: `name one as ${path}:NAME: ${list}`,
      },
    );
  return matching[0]!;
}

/** The same name after Docker's defaults, or the same tag. */
function isNamed(name: string, wish: string): boolean {
  return name === wish || name.endsWith(`:${wish}`) || normal(name) === normal(wish);
}

function normal(name: string): string {
  try {
    return formatReference(parseReference(name));
  } catch {
    return name;
  }
}
