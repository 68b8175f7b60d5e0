// SPDX-License-Identifier: Apache-2.0
// Opens whatever the user names. A prefix says what it is; without one, a path that exists is
// looked at, then the engines on this machine are asked, then the registry.
import { existsSync, statSync } from 'node:fs';
import { PlimsollError } from '../model/errors.ts';
import { formatReference, parseReference } from '../model/reference.ts';
import type { SourceContext } from './image-source.ts';
import type { Image } from './image.ts';
import { registry } from './sources/registry.ts';

/** Media that are paths, the most particular first: a layout is a directory, too. */
const pathMedia = ['oci', 'docker-archive', 'oci-archive', 'rootfs'] as const;
const engines = ['docker', 'podman'] as const;

/**
 * @throws PlimsollError of the medium, or with a hint of what was tried where nothing has the image.
 */
export async function openImage(source: string, context: SourceContext): Promise<Image> {
  if (source === '')
    throw new PlimsollError('usage', 'Cannot open image: nothing is named', {
      hint: 'name an image, an archive or a directory, e.g. alpine:3.19 or rootfs:/',
    });
  const prefix = /^([a-z][a-z0-9-]*):/.exec(source)?.[1];
  if (prefix !== undefined && Object.hasOwn(registry, prefix))
    return openPrefixed(prefix, source.slice(prefix.length + 1), context);
  if (existsSync(source)) return openPath(source, context);
  if (/^(?:\/|\.\.?(?:\/|$)|~)/.test(source))
    throw new PlimsollError(
      'not-found',
      `Cannot open ${JSON.stringify(source)}: there is no such file`,
    );
  return openName(source, context);
}

async function openPrefixed(prefix: string, rest: string, context: SourceContext): Promise<Image> {
  if (rest.startsWith('//') && !existsSync(rest))
    throw new PlimsollError('usage', `Cannot open ${JSON.stringify(`${prefix}:${rest}`)}`, {
      // skopeo writes docker:// for a registry.
      hint: `leave out the slashes: registry:${rest.slice(2)} or docker:${rest.slice(2)}`,
    });
  try {
    return await openFrom(prefix, rest, context);
  } catch (error) {
    // `docker:27` and `registry:2` are also images with a tag.
    const isTag = prefix === 'docker' || prefix === 'registry';
    if (!isTag || !/^[\w.-]+$/.test(rest) || !isAbsent(error)) throw error;
    throw new PlimsollError(error.code, error.message, {
      hint: `if the image ${prefix}:${rest} is meant: docker:${prefix}:${rest} or registry:${prefix}:${rest}`,
      cause: error,
    });
  }
}

function isAbsent(error: unknown): error is PlimsollError {
  const codes = ['not-found', 'unauthorized', 'io', 'unsupported', 'offline'];
  return error instanceof PlimsollError && codes.includes(error.code);
}

async function openFrom(id: string, rest: string, context: SourceContext): Promise<Image> {
  return (await registry[id]!()).open(rest, context);
}

async function openPath(path: string, context: SourceContext): Promise<Image> {
  for (const id of pathMedia) {
    const medium = await registry[id]!();
    if ((await medium.recognises?.(path)) !== true) continue;
    // A folder may happen to be called as an image: say what is read.
    context.progress.note(`reading ${JSON.stringify(path)} as ${id}: ${medium.title}`);
    return medium.open(path, context);
  }
  const kind = statSync(path).isFile() ? 'an archive' : 'a directory';
  throw new PlimsollError(
    'invalid',
    `Cannot tell what ${JSON.stringify(path)} is: it is not ${kind}`,
    {
      hint: `name its kind: ${pathMedia.map((id) => `${id}:${path}`).join(', ')}`,
    },
  );
}

async function openName(name: string, context: SourceContext): Promise<Image> {
  const isId = /^(?:sha256:)?[0-9a-f]{64}$/.test(name);
  // A wrong name is said before anybody is asked for it.
  const shown = isId ? name : formatReference(parseReference(name));
  const tried: string[] = [];
  for (const id of isId ? engines : [...engines, 'registry'])
    try {
      return await openFrom(id, name, context);
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      if (id === 'registry') throw withTried(error, tried);
      if (!isAbsent(error)) throw error;
      tried.push(error.message);
    }
  throw new PlimsollError('not-found', `Cannot find image ${shown}`, { hint: tried.join('; ') });
}

/** The registry's error, with what the engines said before it. */
function withTried(error: PlimsollError, tried: readonly string[]): PlimsollError {
  if (error.code === 'aborted') return error;
  const hints = [error.hint, `asked before: ${tried.join('; ')}`];
  return new PlimsollError(error.code, error.message, {
    hint: hints.filter((hint) => hint !== undefined).join('; '),
    cause: error,
  });
}
