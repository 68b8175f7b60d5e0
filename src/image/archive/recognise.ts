// SPDX-License-Identifier: Apache-2.0
// What an archive carries: an image as `docker save` writes it, a layout, or just files.
import { PlimsollError } from '../../model/errors.ts';
import { openArchive } from './archive.ts';

export type ArchiveFlavour = 'docker-archive' | 'oci-archive' | 'tarball';

/**
 * An engine's archive of today is both: its `manifest.json` says more (tags of the engine), so it
 * decides. Undefined: the file is no archive.
 */
export async function recognisesArchive(path: string): Promise<ArchiveFlavour | undefined> {
  try {
    const archive = await openArchive(path);
    try {
      const has = async (name: string) => (await archive.sizeOf(name)) !== undefined;
      if (await has('manifest.json')) return 'docker-archive';
      if ((await has('oci-layout')) && (await has('index.json'))) return 'oci-archive';
      if (await has('repositories')) return 'docker-archive';
      return 'tarball';
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
