// SPDX-License-Identifier: Apache-2.0
// Manifests, indexes and configurations of images, and the list in a saved archive.
import { decodeConfig } from '../../src/formats/oci/config.ts';
import { decodeSavedImages } from '../../src/formats/oci/docker-archive.ts';
import { decodeManifest } from '../../src/formats/oci/manifest.ts';
import { PlimsollError } from '../../src/model/errors.ts';
import { IssueList } from '../../src/model/issue.ts';
import { buildImage, ociLayoutFiles } from '../image-builder.ts';

export const name = 'image-documents';

export function seeds(): Uint8Array[] {
  const image = buildImage({ name: 'a:1', layers: [{ entries: [], createdBy: 'RUN x' }] });
  const saved = [{ Config: 'a.json', RepoTags: ['a:1'], Layers: ['b/layer.tar'] }];
  return [
    image.manifest.bytes,
    image.config.bytes,
    ociLayoutFiles([image]).get('index.json')!,
    Buffer.from(JSON.stringify(saved)),
  ];
}

/** Each reader sees every document: what another one takes is foreign to it. */
export function run(bytes: Uint8Array): void {
  const readers = [
    () => decodeManifest(bytes),
    () => decodeConfig(bytes, new IssueList()),
    () => decodeSavedImages(bytes),
  ];
  for (const read of readers)
    try {
      read();
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
    }
}
