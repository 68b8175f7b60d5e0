// SPDX-License-Identifier: Apache-2.0
// The files that make up a stored image, whether they lie in a directory or in an archive.

export interface FileContent {
  readonly path: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ImageFiles {
  /** Bytes of a regular file, links followed inside; undefined where there is none. */
  sizeOf(path: string): Promise<number | undefined>;
  /** @throws `not-found`, `limit`. */
  read(path: string, sizeBytesMax: number): Promise<Uint8Array>;
  /** Each of the files once, in the order that suits the medium; what is not there is left out. */
  contents(paths: ReadonlySet<string>, signal?: AbortSignal): AsyncIterable<FileContent>;
  close(): Promise<void>;
}

/**
 * The contents of numbered parts (layers) whose files may be the same: two empty layers are one
 * blob. Each number is yielded once.
 */
export async function* numberedContents(
  files: ImageFiles,
  pathOf: ReadonlyMap<number, string>,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly number: number; readonly bytes: AsyncIterable<Uint8Array> }> {
  let left = [...pathOf];
  while (left.length > 0) {
    const round = new Map<string, number>();
    for (const [number, path] of left) if (!round.has(path)) round.set(path, number);
    for await (const { path, bytes } of files.contents(new Set(round.keys()), signal))
      yield { number: round.get(path)!, bytes };
    const done = new Set(round.values());
    left = left.filter(([number]) => !done.has(number));
  }
}
