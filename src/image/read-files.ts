// SPDX-License-Identifier: Apache-2.0
// A planned second pass: the content of files whose paths are known only after the layers were
// merged. Just the layers that hold them are read again.
import { type Issue, IssueList } from '../model/issue.ts';
import { encodePath } from '../model/path-bytes.ts';
import { FileCapture } from './file-capture.ts';
import type { Image } from './image.ts';
import type { ContentSink, LayerEntry, LayerVisitor } from './layer-visitor.ts';
import type { MergedTree } from './merged-tree.ts';
import { streamLayer } from './read-layer.ts';

export interface ReadFilesOptions {
  /** Of one file. Default 16 MiB. */
  readonly sizeBytesMax?: number;
  /** Of all files. Default 256 MiB. */
  readonly totalBytesMax?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadFiles {
  /** By the path that was asked for. What is no file, or too large, is not in it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly issues: readonly Issue[];
}

/**
 * Contents of files of the effective tree, links followed inside the root.
 * @throws `digest-mismatch`, `aborted`, and what the medium throws.
 */
export async function readFiles(
  image: Image,
  tree: Pick<MergedTree, 'contentOf'>,
  paths: Iterable<string>,
  options: ReadFilesOptions = {},
): Promise<ReadFiles> {
  const issues = new IssueList();
  const budget = { left: options.totalBytesMax ?? 256 << 20 };
  const sizeBytesMax = options.sizeBytesMax ?? 16 << 20;
  const files = new Map<string, Uint8Array>();
  const plans = planLayers(tree, paths);
  const wanted = new Set(plans.keys());
  if (wanted.size === 0) return { files, issues: [] };
  for await (const content of image.readLayers(wanted, options.signal)) {
    // A stream that names no layers: read for all of them; its diffID tells whose it was.
    const numbers = content.layer === undefined ? [...wanted] : [content.layer];
    const visitor = new WantedFiles(
      numbers.flatMap((number) => [...(plans.get(number) ?? [])]),
      {
        sizeBytesMax,
        budget,
        issues,
      },
    );
    if (content.kind === 'tree') await content.walk(visitor, options.signal);
    const diffId =
      content.kind === 'blob'
        ? (await streamLayer(content, visitor, issues, options)).diffId
        : undefined;
    for (const number of numbers) {
      if (content.layer === undefined && image.layers[number]?.diffId !== diffId) continue;
      for (const [inLayer, asked] of plans.get(number) ?? [])
        for (const path of asked) {
          const bytes = visitor.found.get(inLayer);
          if (bytes !== undefined) files.set(path, bytes);
        }
    }
  }
  return { files, issues: issues.toArray() };
}

/** By layer: the path in it, and the paths that were asked for and lead there. */
function planLayers(
  tree: Pick<MergedTree, 'contentOf'>,
  paths: Iterable<string>,
): ReadonlyMap<number, ReadonlyMap<string, readonly string[]>> {
  const plans = new Map<number, Map<string, string[]>>();
  for (const path of paths) {
    const place = tree.contentOf(path);
    if (place === undefined) continue;
    let plan = plans.get(place.layer);
    if (plan === undefined) plans.set(place.layer, (plan = new Map()));
    const asked = plan.get(place.path);
    if (asked === undefined) plan.set(place.path, [path]);
    else if (!asked.includes(path)) asked.push(path);
  }
  return plans;
}

interface WantedLimits {
  readonly sizeBytesMax: number;
  readonly budget: { left: number };
  readonly issues: IssueList;
}

class WantedFiles implements LayerVisitor {
  readonly found = new Map<string, Uint8Array>();
  readonly #paths = new Map<string, string>();
  readonly #limits: WantedLimits;

  constructor(
    wanted: readonly (readonly [path: string, asked: readonly string[]])[],
    limits: WantedLimits,
  ) {
    for (const [path] of wanted) this.#paths.set(latin1(encodePath(path.slice(1))), path);
    this.#limits = limits;
  }

  entry(entry: LayerEntry): ContentSink | undefined {
    if (entry.kind !== 'file') return undefined;
    const path = this.#paths.get(latin1(entry.path));
    if (path === undefined) return undefined;
    // The last entry of a name counts: what came before it was not the file.
    this.found.delete(path);
    const { sizeBytesMax, budget, issues } = this.#limits;
    if (entry.sizeBytes > Math.min(sizeBytesMax, budget.left)) {
      const message = `File of ${entry.sizeBytes} bytes is too large to be read`;
      issues.add({ code: 'file-too-large', message, fatal: true, where: path });
      return undefined;
    }
    budget.left -= entry.sizeBytes;
    const capture = new FileCapture();
    return {
      chunk: (bytes) => capture.add(bytes, entry.sizeBytes),
      end: (complete) => {
        if (complete) this.found.set(path, Uint8Array.from(capture.file(path, 0).bytes()));
        capture.clear();
      },
    };
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
