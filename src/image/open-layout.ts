// SPDX-License-Identifier: Apache-2.0
// An OCI image layout, in a directory or in a tar.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { configSizeBytesMax } from '../formats/oci/config.ts';
import { imagesOf } from '../formats/oci/choose-platform.ts';
import type { Descriptor } from '../formats/oci/descriptor.ts';
import { decodeRecord, field } from '../formats/oci/json-fields.ts';
import { decodeManifest, manifestSizeBytesMax, type ImageIndex } from '../formats/oci/manifest.ts';
import { isLayerType } from '../formats/oci/media-types.ts';
import { digestAlgorithm, digestHex, type Digest } from '../model/digest.ts';
import { isCode, PlimsollError, reasonOf } from '../model/errors.ts';
import type { LayerDescriptor } from '../model/image.ts';
import { IssueList } from '../model/issue.ts';
import type { Platform } from '../model/platform.ts';
import { describeImage, hashesOf } from './compose-image.ts';
import type { Image, LayerContent } from './image.ts';
import { numberedContents, type ImageFiles } from './image-files.ts';
import { chooseImage, resolveManifest } from './resolve-manifest.ts';
import type { SourcePath } from './source-path.ts';

const refName = 'org.opencontainers.image.ref.name';
const containerdName = 'io.containerd.image.name';

/**
 * Closes `files` when it fails.
 * @throws `not-found` when the layout does not hold what is wanted, with a hint of what it holds.
 */
export async function openLayout(
  source: string,
  files: ImageFiles,
  selection: SourcePath,
  wanted: Platform | undefined,
): Promise<Image> {
  try {
    return await readLayout(source, files, selection, wanted);
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function readLayout(
  source: string,
  files: ImageFiles,
  selection: SourcePath,
  wanted: Platform | undefined,
): Promise<Image> {
  const issues = new IssueList();
  const index = decodeManifest(await files.read('index.json', manifestSizeBytesMax));
  if (index.kind !== 'index')
    throw new PlimsollError('invalid', 'Cannot read layout: its index.json is a manifest');
  await checkVersion(files, issues);
  const chosen = selectImage(index, selection, wanted);
  const readDocument = (descriptor: Descriptor) =>
    files.read(blobPath(descriptor.digest), manifestSizeBytesMax);
  const resolved = await resolveManifest(
    { bytes: await readDocument(chosen), digest: chosen.digest, mediaType: chosen.mediaType },
    readDocument,
    wanted,
  );
  const configBytes = await files.read(
    blobPath(resolved.manifest.config.digest),
    configSizeBytesMax,
  );
  const described = describeImage(resolved, configBytes, namesOf(chosen), issues);
  const present = await checkLayers(files, described.layers, issues);
  return {
    source,
    ...described,
    issues: issues.toArray(),
    readLayers: (layers, signal) => readBlobs(files, present, layers, signal),
    close: () => files.close(),
  };
}

async function checkVersion(files: ImageFiles, issues: IssueList): Promise<void> {
  try {
    const record = decodeRecord(await files.read('oci-layout', 4096), 'oci-layout', 4096);
    const version = field(record, 'imageLayoutVersion');
    if (typeof version === 'string' && /^1\.\d+\.\d+$/.test(version)) return;
    issues.add({
      code: 'unknown-layout-version',
      message: `Cannot tell the layout's version: imageLayoutVersion is ${JSON.stringify(version)}`,
      fatal: false,
    });
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    issues.add({ code: 'unknown-layout-version', message: reasonOf(error), fatal: false });
  }
}

function namesOf({ annotations }: Descriptor): readonly string[] {
  const names = [annotations[containerdName], annotations[refName]];
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[];
}

function selectImage(
  index: ImageIndex,
  { path, tag, digest }: SourcePath,
  wanted: Platform | undefined,
): Descriptor {
  const images = imagesOf(index);
  const matching = images.filter(
    (image) =>
      (tag === undefined || isNamed(image, tag)) &&
      (digest === undefined || image.digest === digest),
  );
  const names = [...new Set(images.flatMap(namesOf))];
  const list = names.length === 0 ? 'it names none' : `it names ${names.slice(0, 20).join(', ')}`;
  if (matching.length === 0) {
    const what = tag === undefined ? (digest ?? 'an image') : JSON.stringify(tag);
    throw new PlimsollError('not-found', `Cannot find ${what} in layout ${JSON.stringify(path)}`, {
      hint: list,
    });
  }
  const groups = new Set(matching.map((image) => namesOf(image).join('\n')));
  if (groups.size > 1)
    throw new PlimsollError(
      'usage',
      `Cannot choose from the ${matching.length} images in layout ${JSON.stringify(path)}`,
      { hint: `name one as ${path}:TAG or ${path}@DIGEST: ${list}` },
    );
  if (digest !== undefined) return matching[0]!;
  return chooseImage({ ...index, manifests: matching }, wanted);
}

/** A tag, the annotation as it stands, or a whole name that ends in the tag. */
function isNamed(image: Descriptor, tag: string): boolean {
  return namesOf(image).some((name) => name === tag || name.endsWith(`:${tag}`));
}

function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

/** Layers whose blobs are there; the others become issues. */
async function checkLayers(
  files: ImageFiles,
  layers: readonly LayerDescriptor[],
  issues: IssueList,
): Promise<readonly LayerDescriptor[]> {
  const present: LayerDescriptor[] = [];
  for (const layer of layers) {
    const where = layer.digest!;
    const add = (code: string, message: string, fatal: boolean) =>
      issues.add({ code, message, fatal, where });
    const sizeBytes = await sizeOf(files, blobPath(where));
    if (!isLayerType(layer.mediaType ?? ''))
      add(
        'unknown-layer-type',
        `Layer ${layer.index} is ${JSON.stringify(layer.mediaType)}, read as a tar`,
        false,
      );
    if (sizeBytes === undefined) {
      add('missing-layer', `Cannot read layer ${layer.index}: its blob is not in the layout`, true);
      continue;
    }
    if (sizeBytes !== layer.sizeBytes)
      add(
        'size-mismatch',
        `Layer ${layer.index} has ${sizeBytes} bytes, the manifest says ${layer.sizeBytes}`,
        true,
      );
    present.push(layer);
  }
  return present;
}

async function sizeOf(files: ImageFiles, path: string): Promise<number | undefined> {
  try {
    return await files.sizeOf(path);
  } catch (error) {
    if (isCode(error, 'invalid') || isCode(error, 'io')) return undefined;
    throw error;
  }
}

async function* readBlobs(
  files: ImageFiles,
  present: readonly LayerDescriptor[],
  wanted: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): AsyncGenerator<LayerContent> {
  const layers = new Map(
    present.filter(({ index }) => wanted.has(index)).map((layer) => [layer.index, layer]),
  );
  const paths = new Map([...layers].map(([number, layer]) => [number, blobPath(layer.digest!)]));
  for await (const { number, bytes } of numberedContents(files, paths, signal))
    yield { kind: 'blob', layer: number, ...hashesOf(layers.get(number)!), bytes };
}
