// SPDX-License-Identifier: Apache-2.0
// `docker-archive:FILE`: what `docker save` writes, and podman, skopeo and others after it.
import { openArchive } from '../../archive/archive.ts';
import { recognisesArchive } from '../../archive/recognise.ts';
import type { ImageSource } from '../../image-source.ts';
import { parseSourcePath } from '../../source-path.ts';
import { openSavedImage } from './open-saved-image.ts';

export const plugin: ImageSource = {
  id: 'docker-archive',
  title: 'archive written by docker save',
  usage: 'docker-archive:FILE[:TAG]',
  recognises: async (path) => (await recognisesArchive(path)) === 'docker-archive',
  async open(rest, context) {
    const selection = parseSourcePath(rest);
    const archive = await openArchive(selection.path);
    try {
      return await openSavedImage(`docker-archive:${rest}`, archive, selection, context.platform);
    } catch (error) {
      await archive.close();
      throw error;
    }
  },
};
