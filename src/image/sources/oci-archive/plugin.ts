// SPDX-License-Identifier: Apache-2.0
// `oci-archive:FILE`: an OCI image layout in a tar, plain or compressed.
import { openArchive } from '../../archive/archive.ts';
import { recognisesArchive } from '../../archive/recognise.ts';
import type { ImageSource } from '../../image-source.ts';
import { openLayout } from '../../open-layout.ts';
import { parseSourcePath } from '../../source-path.ts';

export const plugin: ImageSource = {
  id: 'oci-archive',
  title: 'archive with an OCI image layout',
  usage: 'oci-archive:FILE[:TAG][@DIGEST]',
  recognises: async (path) => (await recognisesArchive(path)) === 'oci-archive',
  async open(rest, context) {
    const selection = parseSourcePath(rest);
    const files = await openArchive(selection.path);
    return openLayout(`oci-archive:${rest}`, files, selection, context.platform);
  },
};
