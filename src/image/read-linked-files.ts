// SPDX-License-Identifier: Apache-2.0
// Files that a reader wants by a name that is a hard link: the content came under another name, and
// streamed past unread. A second pass over the layer shows it to the reader under the name that it
// asked for. (pnpm makes node_modules of such links; so do tools that merge equal files.) A link to
// a file of a lower layer stays unread: no tool in use writes such layers.
import type { Matcher, Wish } from './file-matcher.ts';
import type { FileReader } from './file-reader.ts';
import type { LayerContent } from './image.ts';
import type { LinkedFile } from './layer-reading.ts';
import { type LayerResult, readLayer, type ReadLayerOptions } from './read-layer.ts';

/**
 * Reads a layer again for linked files of one or more results (of more where the medium does not
 * say which layer comes). The readers are those that made the results.
 * @throws as readLayer.
 */
export async function readLinkedFiles(
  content: LayerContent,
  results: readonly LayerResult[],
  readers: readonly FileReader[],
  options: ReadLayerOptions,
): Promise<LayerResult> {
  // The same entries in the same order get the same records: facts name the right ones.
  const recordsMax = Math.max(...results.map(({ index }) => index.count));
  const matcher = new LinkMatcher(results.flatMap(({ linkedFiles }) => linkedFiles));
  const again = { ...options, indexLimits: { recordsMax } };
  return await readLayer(content, readers, again, matcher);
}

/** A result with what the second pass found for its own links. */
export function withLinkedFiles(result: LayerResult, second: LayerResult): LayerResult {
  const own = new Set(result.linkedFiles.flatMap(({ wishes }) => wishes.map(({ path }) => path)));
  const facts = new Map(result.facts);
  for (const [id, found] of second.facts)
    facts.set(id, [...(facts.get(id) ?? []), ...found.filter(({ path }) => own.has(path))]);
  const readerIssues = new Map(result.readerIssues);
  for (const [id, found] of second.readerIssues)
    readerIssues.set(id, [...(readerIssues.get(id) ?? []), ...found]);
  const issues = [...result.archiveIssues, ...[...readerIssues.values()].flat()];
  return { ...result, facts, readerIssues, issues, linkedFiles: [] };
}

/** Wants what hard links lead to, and nothing else. */
class LinkMatcher implements Matcher {
  readonly elf: readonly Wish[] = [];
  /** By the bytes of the target, as latin1. */
  readonly #byTarget = new Map<string, Wish[]>();

  constructor(linkedFiles: readonly LinkedFile[]) {
    for (const { target, wishes } of linkedFiles) {
      const key = latin1(target);
      const known = this.#byTarget.get(key);
      if (known === undefined) this.#byTarget.set(key, [...wishes]);
      else known.push(...wishes);
    }
  }

  match(path: Uint8Array): readonly Wish[] {
    return this.#byTarget.get(latin1(path)) ?? [];
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
