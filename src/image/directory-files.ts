// SPDX-License-Identifier: Apache-2.0
// The files of a stored image in a directory. Layouts in the field link their blobs to files beside
// them, so links are followed, and never out of the directory.
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isCode, PlimsollError } from '../model/errors.ts';
import { FileBytes } from './archive/sequential-bytes.ts';
import type { FileContent, ImageFiles } from './image-files.ts';
import { openError, openRegularFile, type RegularFile } from './open-file.ts';

export class DirectoryFiles implements ImageFiles {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** @throws `not-found` or `io`. */
  static async open(path: string): Promise<DirectoryFiles> {
    try {
      return new DirectoryFiles(await realpath(path));
    } catch (cause) {
      throw openError(path, cause);
    }
  }

  async sizeOf(path: string): Promise<number | undefined> {
    try {
      const file = await this.#open(path);
      await file.close();
      return file.sizeBytes;
    } catch (error) {
      if (isCode(error, 'not-found')) return undefined;
      throw error;
    }
  }

  async read(path: string, sizeBytesMax: number): Promise<Uint8Array> {
    const file = await this.#open(path);
    const { sizeBytes } = file;
    try {
      if (sizeBytes > sizeBytesMax)
        throw new PlimsollError(
          'limit',
          `Cannot read ${JSON.stringify(join(this.#root, path))}: it has ${sizeBytes} bytes, at most ${sizeBytesMax} are read`,
        );
      return await file.read(0, sizeBytes);
    } finally {
      await file.close();
    }
  }

  async *contents(paths: ReadonlySet<string>, signal?: AbortSignal): AsyncGenerator<FileContent> {
    for (const path of paths) {
      if (signal?.aborted === true)
        throw new PlimsollError('aborted', `Cannot read ${JSON.stringify(path)}: stopped`);
      if ((await this.sizeOf(path)) === undefined) continue;
      const file = await this.#open(path);
      try {
        yield { path, bytes: new FileBytes(file).chunks(file.sizeBytes) };
      } finally {
        await file.close();
      }
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #open(path: string): Promise<RegularFile> {
    const written = join(this.#root, path);
    let real: string;
    try {
      real = await realpath(written);
    } catch (cause) {
      throw openError(written, cause);
    }
    // A link out of a layout would show the scanner's own files as the image's.
    if (!real.startsWith(this.#root === sep ? sep : this.#root + sep))
      throw new PlimsollError(
        'invalid',
        `Cannot read ${JSON.stringify(written)}: it links out of its directory`,
      );
    return openRegularFile(real);
  }
}
