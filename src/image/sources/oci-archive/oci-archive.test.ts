// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ociArchive, ociLayoutFiles } from '../../../../testing/image-builder.ts';
import { sourceContext } from '../../../../testing/source-context.ts';
import { fileMedium, other, testStoredImages } from '../../../../testing/stored-image-suite.ts';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { writeTar } from '../../../formats/tar/write-tar.ts';
import { plugin as ociArchiveSource } from './plugin.ts';

testStoredImages(fileMedium('oci-archive', ociArchiveSource, ociArchive, true));
testStoredImages(
  fileMedium('oci-archive.gz', ociArchiveSource, (images) => gzipSync(ociArchive(images)), true),
);

test('members count by their last occurrence, as when unpacking', async (context) => {
  const path = join(temporaryFolder(context), 'a.tar');
  const files = [...ociLayoutFiles([other])].map(([name, content]) => ({ path: name, content }));
  writeFileSync(path, writeTar([{ path: 'index.json', content: '{}' }, ...files]));
  const image = await ociArchiveSource.open(path, sourceContext());
  assert.equal(image.identity.manifest, other.manifest.digest);
});
