// SPDX-License-Identifier: Apache-2.0
// Which Dockerfile line made which layer of an image: by the digests in its build's provenance,
// else by its history laid beside the Dockerfile, which is given or comes with the provenance.
import {
  dockerfileLinesOf,
  type DockerfileLines,
} from '../formats/buildkit-provenance/buildkit-provenance.ts';
import { decodeStatements } from '../formats/buildkit-provenance/statements.ts';
import { dockerfileLines, dockerfileSizeBytesMax } from '../formats/dockerfile/history-lines.ts';
import type { Image } from '../image/image.ts';
import type { Issue, IssueSink } from '../model/issue.ts';

export interface BuildDocuments {
  /** Text of the Dockerfile that the image was made with. */
  readonly dockerfile?: string;
  /** in-toto statements about the build. */
  readonly provenance?: { readonly file: string; readonly bytes: Uint8Array };
}

/**
 * Lines, from 1, by layer number. What the provenance is not good for is an issue, and so is that
 * nobody verified it.
 * @throws `invalid`, `limit` when the provenance holds no statement.
 */
export function dockerfileLinesOfImage(
  image: Image,
  documents: BuildDocuments,
  issues: IssueSink,
): ReadonlyMap<number, number> {
  const built = fromProvenance(image, documents, issues);
  const text = documents.dockerfile ?? built?.dockerfile;
  const lines = new Map(isUsable(text, issues) ? linesByHistory(image, text) : []);
  for (const [number, { digest }] of image.layers.entries()) {
    const line = digest === undefined ? undefined : built?.byLayer.get(digest);
    if (line !== undefined) lines.set(number, line);
  }
  return lines;
}

function isUsable(text: string | undefined, issues: IssueSink): text is string {
  if (text === undefined || text.length <= dockerfileSizeBytesMax) return text !== undefined;
  const message = `Cannot use the Dockerfile: it has more than ${dockerfileSizeBytesMax} bytes`;
  issues.add({ code: 'dockerfile-too-large', message, fatal: false });
  return false;
}

/** Only a statement about this very manifest counts: another build's lines would mislead. */
function fromProvenance(
  image: Image,
  { provenance }: BuildDocuments,
  issues: IssueSink,
): DockerfileLines | undefined {
  if (provenance === undefined) return undefined;
  const what = `provenance ${JSON.stringify(provenance.file)}`;
  const issue = (code: string, message: string): Issue => {
    return { code, message, fatal: false, where: provenance.file };
  };
  const { manifest } = image.identity;
  const statements = decodeStatements(provenance.bytes, what);
  const own = statements.filter(
    ({ subjects }) => manifest !== undefined && subjects.includes(manifest),
  );
  if (own.length === 0) {
    const wanted = manifest ?? 'an image without a manifest';
    issues.add(issue('foreign-provenance', `Cannot use ${what}: it is not about ${wanted}`));
    return undefined;
  }
  const found = own.flatMap((statement) => dockerfileLinesOf(statement) ?? []);
  const [best] = found.toSorted((left, right) => right.byLayer.size - left.byLayer.size);
  issues.add(
    best === undefined
      ? issue('provenance-without-lines', `Cannot use ${what}: it does not map layers to lines`)
      : issue('unverified-provenance', `Lines are taken from ${what}, which nobody verified`),
  );
  return best;
}

/** History entries that made a layer are counted, empty ones are not. */
function linesByHistory(image: Image, dockerfile: string): ReadonlyMap<number, number> {
  const byLayer = new Map<number, number>();
  const history = image.config?.history ?? [];
  const byEntry = dockerfileLines(dockerfile, history);
  let layer = 0;
  for (const [at, entry] of history.entries()) {
    if (entry.emptyLayer) continue;
    const line = byEntry.get(at);
    if (line !== undefined) byLayer.set(layer, line);
    layer++;
  }
  return byLayer;
}
