// SPDX-License-Identifier: Apache-2.0
// `oci:DIR`: an OCI image layout in a directory, as skopeo, buildah and BuildKit write it.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryFiles } from '../../directory-files.ts';
import type { ImageSource } from '../../image-source.ts';
import { openLayout } from '../../open-layout.ts';
import { parseSourcePath } from '../../source-path.ts';

export const plugin: ImageSource = {
  id: 'oci',
  title: 'directory with an OCI image layout',
  usage: 'oci:DIR[:TAG][@DIGEST]',
  recognises(path) {
    const isLayout = ['oci-layout', 'index.json'].every((name) => existsSync(join(path, name)));
    return Promise.resolve(isLayout && statSync(path).isDirectory());
  },
  async open(rest, context) {
    const selection = parseSourcePath(rest);
    const files = await DirectoryFiles.open(selection.path);
    return openLayout(`oci:${rest}`, files, selection, context.platform);
  },
};
