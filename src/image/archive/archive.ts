// SPDX-License-Identifier: Apache-2.0
// An archive that carries an image, opened for reading by member. A plain tar is read by offsets
// and never unpacked; a compressed one is gone through again for each pass, which costs time and
// no space.
import { decompress, detectCompression } from '../../formats/compression/decompress.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { FileContent, ImageFiles } from '../image-files.ts';
import { openRegularFile, type RegularFile } from '../open-file.ts';
import { readMembers, type ArchiveMember } from './read-members.ts';
import { FileBytes, StreamBytes } from './sequential-bytes.ts';

type Member = Pick<ArchiveMember, 'kind' | 'sizeBytes' | 'linkTarget' | 'offset'>;

/** Documents of this size are kept while a compressed archive is indexed, */
const keptDocumentBytesMax = 4 << 20;
/** and so many bytes of them in all; others cost one more pass. */
const keptBytesMax = 64 << 20;
/** Larger images exist nowhere; a bomb of zeros gets there. */
const expandedBytesMax = 1024 ** 4;
/** As many as the kernel follows (MAXSYMLINKS). */
const linksMax = 40;

/** @throws `not-found`, `io`, and `invalid` or `limit` when the file is no sound tar archive. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await openRegularFile(path);
  try {
    const compressed = detectCompression(await file.read(0, 8)) !== 'none';
    const archive = new Archive(path, file, compressed);
    await archive.index();
    return archive;
  } catch (error) {
    await file.close();
    if (error instanceof PlimsollError && error.message.startsWith('Cannot read archive'))
      throw new PlimsollError(
        error.code,
        error.message.replace('archive', `archive ${JSON.stringify(path)}`),
        { cause: error },
      );
    throw error;
  }
}

export class Archive implements ImageFiles {
  readonly path: string;
  readonly #file: RegularFile;
  readonly #compressed: boolean;
  readonly #members = new Map<string, Member>();
  readonly #kept = new Map<string, Uint8Array>();

  constructor(path: string, file: RegularFile, compressed: boolean) {
    this.path = path;
    this.#file = file;
    this.#compressed = compressed;
  }

  /** Goes through all headers. Of members with one name the last counts, as when unpacking. */
  async index(): Promise<void> {
    let keptBytes = 0;
    for await (const member of this.#pass()) {
      const { path, kind, sizeBytes, linkTarget, offset, content } = member;
      if (path === '') continue;
      this.#kept.delete(path);
      this.#members.set(path, {
        kind,
        sizeBytes,
        offset,
        ...(linkTarget === undefined ? {} : { linkTarget }),
      });
      const small = kind === 'file' && sizeBytes <= keptDocumentBytesMax;
      if (!this.#compressed || !small || keptBytes + sizeBytes > keptBytesMax) continue;
      const bytes = await collect(content);
      if (!looksLikeDocument(bytes)) continue;
      keptBytes += sizeBytes;
      this.#kept.set(path, bytes);
    }
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  sizeOf(path: string): Promise<number | undefined> {
    return Promise.resolve(this.#find(path)?.member.sizeBytes);
  }

  async read(path: string, sizeBytesMax: number): Promise<Uint8Array> {
    const found = this.#find(path);
    const what = `${JSON.stringify(path)} in ${JSON.stringify(this.path)}`;
    if (found === undefined)
      throw new PlimsollError('not-found', `Cannot read ${what}: there is no such file`);
    if (found.member.sizeBytes > sizeBytesMax)
      throw new PlimsollError(
        'limit',
        `Cannot read ${what}: it has ${found.member.sizeBytes} bytes, at most ${sizeBytesMax} are read`,
      );
    const kept = this.#kept.get(found.path);
    if (kept !== undefined) return kept;
    for await (const { bytes } of this.contents(new Set([path]))) return collect(bytes);
    throw new PlimsollError('invalid', `Cannot read ${what}: the archive changed meanwhile`);
  }

  async *contents(paths: ReadonlySet<string>, signal?: AbortSignal): AsyncGenerator<FileContent> {
    const wanted = [...paths].flatMap((path) => {
      const found = this.#find(path);
      return found === undefined ? [] : [{ path, member: found.member }];
    });
    wanted.sort((left, right) => left.member.offset - right.member.offset);
    if (!this.#compressed) {
      for (const { path, member } of wanted) {
        throwIfAborted(signal);
        const bytes = new FileBytes(this.#file, member.offset);
        yield { path, bytes: bytes.chunks(member.sizeBytes) };
      }
      return;
    }
    yield* this.#contentsOfPass(wanted, signal);
  }

  async *#contentsOfPass(
    wanted: readonly { readonly path: string; readonly member: Member }[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<FileContent> {
    let left = [...wanted];
    while (left.length > 0) {
      const again: typeof left = [];
      let next = 0;
      for await (const { offset, content } of this.#pass()) {
        throwIfAborted(signal);
        if (left[next]?.member.offset !== offset) continue;
        yield { path: left[next]!.path, bytes: content };
        // Links to the same member: its bytes are gone, so they take another pass.
        for (next++; left[next]?.member.offset === offset; next++) again.push(left[next]!);
        if (next >= left.length) break;
      }
      if (next < left.length) return;
      left = again;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async *#pass(): AsyncGenerator<ArchiveMember> {
    if (!this.#compressed) {
      yield* readMembers(new FileBytes(this.#file));
      return;
    }
    const stream = new StreamBytes(this.#expanded());
    try {
      yield* readMembers(stream);
    } finally {
      await stream.close();
    }
  }

  async *#expanded(): AsyncGenerator<Uint8Array> {
    const stored = new FileBytes(this.#file).chunks(this.#file.sizeBytes);
    let expandedBytes = 0;
    for await (const chunk of decompress(stored)) {
      expandedBytes += chunk.length;
      if (expandedBytes > expandedBytesMax)
        throw new PlimsollError(
          'limit',
          `Cannot read archive: it expands to more than ${expandedBytesMax} bytes`,
        );
      yield chunk;
    }
  }

  /** The regular file behind a name, links between members followed and never out of the archive. */
  #find(path: string): { readonly path: string; readonly member: Member } | undefined {
    let at = path;
    for (let links = 0; links <= linksMax; links++) {
      const member = this.#members.get(at);
      if (member?.kind === 'file') return { path: at, member };
      if (member?.linkTarget === undefined) return undefined;
      const folder = member.kind === 'symlink' ? at.split('/').slice(0, -1) : [];
      const target = joinInside(member.linkTarget.startsWith('/') ? [] : folder, member.linkTarget);
      if (target === undefined) return undefined;
      at = target;
    }
    return undefined;
  }
}

function joinInside(folder: readonly string[], target: string): string | undefined {
  const parts = [...folder];
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function looksLikeDocument(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b || bytes[0] === 0x5b;
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of content) parts.push(chunk);
  return Buffer.concat(parts);
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PlimsollError('aborted', 'Cannot read archive: stopped');
}
