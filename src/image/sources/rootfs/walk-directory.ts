// SPDX-License-Identifier: Apache-2.0
// Shows a directory as a layer: every entry's header, and the content that is asked for. The tree
// may change meanwhile and may be hostile (a container's root, a mounted image): what vanishes is
// passed over, links are shown and never followed, and each step goes through an open directory,
// so that a folder which is exchanged for a link in between leads nowhere.
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  opendirSync,
  openSync,
  readlinkSync,
  readSync,
  fstatSync,
  type Stats,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { PlimsollError, reasonOf } from '../../../model/errors.ts';
import type { IssueSink } from '../../../model/issue.ts';
import { decodePath } from '../../../model/path-bytes.ts';
import type { ContentSink, EntryKind, LayerEntry, LayerVisitor } from '../../layer-visitor.ts';

export interface WalkOptions {
  readonly root: string;
  /** Folders that are shown and not entered, relative to the root. */
  readonly skippedPaths: ReadonlySet<string>;
  readonly issues: IssueSink;
  readonly signal?: AbortSignal | undefined;
}

/** Several times the files of a large machine. */
const entriesMax = 50_000_000;
/** PATH_MAX: deeper names cannot be opened by anybody in one piece. */
const pathBytesMax = 4096;
/** Each level holds a descriptor open; the usual limit of a process is 1024. */
const depthMax = 200;
/** Entries between two looks at the rest of the program. */
const entriesPerTurn = 2000;
/** Names that are asked of the kernel at once. */
const namesPerRead = 256;
const chunkBytes = 256 << 10;
const firstChunkBytes = 4 << 10;
const hasDescriptorFolder = existsSync('/proc/self/fd');
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** @throws `aborted`, `limit`, or `io` when the root itself cannot be read. */
export async function walkDirectory(visitor: LayerVisitor, options: WalkOptions): Promise<void> {
  const walk = new Walk(visitor, options);
  let root: number;
  try {
    root = openSync(options.root, O_RDONLY | O_DIRECTORY);
  } catch (cause) {
    throw new PlimsollError(
      'io',
      `Cannot read ${JSON.stringify(options.root)}: ${reasonOf(cause)}`,
      { cause },
    );
  }
  try {
    await walk.folder(root, Buffer.alloc(0), 0);
  } finally {
    closeSync(root);
  }
}

class Walk {
  readonly #visitor: LayerVisitor;
  readonly #options: WalkOptions;
  /** As bytes of latin1 text: cheap to compare for each folder. */
  readonly #skipped: ReadonlySet<string>;
  /** One for all files: what a sink is shown is gone when the walk goes on. */
  readonly #buffer = Buffer.allocUnsafeSlow(chunkBytes);
  #entries = 0;

  constructor(visitor: LayerVisitor, options: WalkOptions) {
    this.#visitor = visitor;
    this.#options = options;
    this.#skipped = new Set(
      [...options.skippedPaths].map((path) => Buffer.from(path).toString('latin1')),
    );
  }

  async folder(descriptor: number, path: Buffer, depth: number): Promise<void> {
    const base = this.#baseOf(descriptor, path);
    for (const name of this.#namesIn(base, path)) {
      if (++this.#entries % entriesPerTurn === 0) await this.#turn();
      const at = path.length === 0 ? name : Buffer.concat([path, slash, name]);
      const place = Buffer.concat([base, slash, name]);
      const stats = this.#try(at, () => lstatSync(place));
      if (stats === undefined) continue;
      if (at.length > pathBytesMax) this.#issue('path-too-long', at, 'its path is too long');
      else if (stats.isDirectory()) await this.#subfolder(place, at, stats, depth);
      else {
        const pending = this.#other(place, at, stats);
        if (pending !== undefined) await pending;
      }
    }
  }

  /** The open folder itself; without /proc (chroot, macOS) its name, which may be exchanged. */
  #baseOf(descriptor: number, path: Buffer): Buffer {
    if (hasDescriptorFolder) return Buffer.from(`/proc/self/fd/${descriptor}`);
    return path.length === 0
      ? Buffer.from(this.#options.root)
      : Buffer.concat([Buffer.from(this.#options.root), slash, path]);
  }

  *#namesIn(base: Buffer, path: Buffer): Generator<Buffer> {
    const folder = this.#try(path, () =>
      opendirSync(base, { encoding: 'buffer' as BufferEncoding, bufferSize: namesPerRead }),
    );
    if (folder === undefined) return;
    try {
      for (;;) {
        const entry = this.#try(path, () => folder.readSync());
        if (entry === undefined || entry === null) return;
        yield entry.name as unknown as Buffer;
      }
    } finally {
      folder.closeSync();
    }
  }

  async #subfolder(place: Buffer, path: Buffer, stats: Stats, depth: number): Promise<void> {
    this.#visitor.entry(entryOf(path, 'directory', stats));
    if (this.#skipped.has(path.toString('latin1'))) return;
    if (depth >= depthMax) {
      this.#issue('too-deep', path, `more than ${depthMax} folders lie in each other`);
      return;
    }
    const descriptor = this.#try(path, () => openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (descriptor === undefined) return;
    try {
      await this.folder(descriptor, path, depth + 1);
    } finally {
      closeSync(descriptor);
    }
  }

  /** A promise where a reader must be waited for. */
  #other(place: Buffer, path: Buffer, stats: Stats): void | Promise<void> {
    const kind = kindOf(stats);
    if (kind === undefined) return undefined;
    if (kind === 'symlink') {
      const linkTarget = this.#try(path, () => readlinkSync(place, { encoding: 'buffer' }));
      if (linkTarget !== undefined)
        this.#visitor.entry({ ...entryOf(path, kind, stats), linkTarget });
      return undefined;
    }
    const sink = this.#visitor.entry(entryOf(path, kind, stats));
    if (sink === undefined || kind !== 'file') return undefined;
    let complete = sink.wantsMore?.() === false;
    const file = complete
      ? undefined
      : this.#try(path, () => openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    if (file !== undefined)
      try {
        complete = this.#content(file, path, stats.size, sink);
      } finally {
        closeSync(file);
      }
    return sink.end(complete);
  }

  /** True when all that is wanted was read: a log that is written to never comes to its end. */
  #content(file: number, path: Buffer, sizeBytes: number, sink: ContentSink): boolean {
    if (this.#try(path, () => fstatSync(file).isFile()) !== true) return false;
    // Who can have enough mostly has it after the first bytes.
    let length = sink.wantsMore === undefined ? chunkBytes : firstChunkBytes;
    for (let read = 0; read < sizeBytes; length = chunkBytes) {
      if (sink.wantsMore?.() === false) return true;
      const wanted = Math.min(length, sizeBytes - read);
      const got = this.#try(path, () => readSync(file, this.#buffer, 0, wanted, null));
      if (got === undefined || got === 0) return false;
      // Not as a Buffer: a slice of that is no copy.
      sink.chunk(new Uint8Array(this.#buffer.buffer, 0, got));
      read += got;
    }
    return true;
  }

  async #turn(): Promise<void> {
    await setImmediate();
    if (this.#options.signal?.aborted === true)
      throw new PlimsollError(
        'aborted',
        `Cannot read ${JSON.stringify(this.#options.root)}: stopped`,
      );
    if (this.#entries > entriesMax)
      throw new PlimsollError(
        'limit',
        `Cannot read ${JSON.stringify(this.#options.root)}: it has more than ${entriesMax} entries`,
      );
  }

  /** Undefined when the file system refuses; only what vanished meanwhile is no issue. */
  #try<T>(path: Buffer, step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ESRCH')
        return undefined;
      if (code === '') throw error;
      this.#issue(
        code === 'EACCES' || code === 'EPERM' ? 'permission-denied' : 'unreadable-file',
        path,
        code,
      );
      return undefined;
    }
  }

  #issue(code: string, path: Buffer, reason: string): void {
    const where = `/${decodePath(path)}`;
    const message = `Cannot read ${JSON.stringify(where)}: ${reason}`;
    this.#options.issues.add({ code, message, fatal: true, where });
  }
}

const slash = Buffer.from('/');

function kindOf(stats: Stats): EntryKind | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character';
  if (stats.isBlockDevice()) return 'block';
  // Sockets have no place in a layer.
  return stats.isFIFO() ? 'fifo' : undefined;
}

function entryOf(path: Buffer, kind: EntryKind, stats: Stats): LayerEntry {
  return {
    path,
    kind,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    sizeBytes: kind === 'file' ? stats.size : 0,
    modifiedSeconds: Math.floor(stats.mtimeMs / 1000),
  };
}
