// SPDX-License-Identifier: Apache-2.0
// What an archive carries: an image as `docker save` writes it, a layout, or just files.
import { stat } from 'node:fs/promises';
import { PlimsollError } from '../../model/errors.ts';
import { openArchive } from './archive.ts';

export type ArchiveFlavour = 'docker-archive' | 'oci-archive' | 'tarball';

/** Several media ask after one another; a compressed archive takes seconds each time. */
let last: { readonly key: string; readonly flavour: ArchiveFlavour | undefined } | undefined;

/** Undefined: the file is no archive. */
export async function recognisesArchive(path: string): Promise<ArchiveFlavour | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const key = [path, stats.dev, stats.ino, stats.size, stats.mtimeNs].join('\0');
  if (last?.key !== key) last = { key, flavour: await recognise(path) };
  return last.flavour;
}

/**
 * An engine's archive of today is both an image and a layout: its `manifest.json` says more (the
 * engine's tags), so it decides.
 */
async function recognise(path: string): Promise<ArchiveFlavour | undefined> {
  try {
    const archive = await openArchive(path);
    try {
      const has = async (name: string) => (await archive.sizeOf(name)) !== undefined;
      if (await has('manifest.json')) return 'docker-archive';
      if ((await has('oci-layout')) && (await has('index.json'))) return 'oci-archive';
      if (await has('repositories')) return 'docker-archive';
      // An empty file is no archive; an empty archive shows nothing that could be told.
      return archive.isEmpty ? undefined : 'tarball';
    } finally {
      await archive.close();
    }
  } catch (error) {
    // A tarball of a whole machine has more members than a carrier may have.
    if (error instanceof PlimsollError && error.code === 'limit') return 'tarball';
    if (error instanceof PlimsollError) return undefined;
    throw error;
  }
}
