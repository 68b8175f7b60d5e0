// SPDX-License-Identifier: Apache-2.0
// Layers are stored plain, as gzip or as zstd; the bytes tell which, media types lie.
// https://www.rfc-editor.org/rfc/rfc1952 https://www.rfc-editor.org/rfc/rfc8878
// Decompression runs on zlib's pool: while the caller works on one chunk, the next is made.
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { PlimsollError, reasonOf } from '../../model/errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** Measured: 282 MB/s with chunks of this size, 167 MB/s with zlib's default of 16 kB. */
const chunkBytes = 1 << 20;
/** Chunks made ahead of the caller. */
const chunksAhead = 3;
/** What the longest magic number needs. */
const headBytes = 6;
/** Small reads are put together: each write is a round trip to the pool. */
const writeBytesMin = 1 << 16;

/** Told by the first bytes; fewer than six may leave it `none`. */
export function detectCompression(head: Uint8Array): Compression {
  const starts = (...bytes: readonly number[]): boolean =>
    bytes.every((byte, index) => head[index] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  // A skippable frame may come first: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
  if ((head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18)
    return 'zstd';
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2';
  return 'none';
}

export interface DecompressOptions {
  /** Told what the bytes are, before the first chunk. */
  readonly detected?: (compression: Compression) => void;
  /**
   * The caller looks at no chunk after it has asked for the next one. Their memory is then freed at
   * once; left to the garbage collector, it makes that run so often that a scan takes a fifth longer.
   */
  readonly transient?: boolean;
}

/**
 * The decompressed bytes in chunks that are never written to again. `stored` is read only as far as
 * the compressed stream goes and is left open: the caller may read on (for a digest) and closes it.
 * @throws `invalid` when the compressed stream is damaged or ends early, `unsupported` for xz and
 * bzip2; errors of `stored` as they are.
 */
export async function* decompress(
  stored: AsyncIterator<Uint8Array>,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array> {
  const head = await readHead(stored);
  const compression = detectCompression(head);
  options.detected?.(compression);
  if (compression === 'none') {
    if (head.length > 0) yield head;
    for (let next = await stored.next(); next.done !== true; next = await stored.next())
      yield next.value;
    return;
  }
  if (compression === 'xz' || compression === 'bzip2')
    throw new PlimsollError('unsupported', `Cannot decompress ${compression}`, {
      hint: 'images hold gzip, zstd or plain layers: compress it anew',
    });
  const streamOptions = {
    chunkSize: chunkBytes,
    // One chunk after the other: joined, each would be copied.
    readableObjectMode: true,
    readableHighWaterMark: chunksAhead,
    writableHighWaterMark: 2 * chunkBytes,
  };
  const stream =
    compression === 'gzip' ? createGunzip(streamOptions) : createZstdDecompress(streamOptions);
  for await (const chunk of pump(head, stored, stream, compression)) {
    yield chunk;
    if (options.transient === true) release(chunk);
  }
}

/**
 * Frees a chunk's memory. zlib fills a buffer with one chunk after the other and lets go of it when
 * it is full: only with the chunk that reaches to its end is the buffer nobody's.
 */
function release({ buffer, byteOffset, byteLength }: Uint8Array): void {
  const isLast = byteOffset + byteLength === buffer.byteLength;
  if (isLast && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function readHead(stored: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < headBytes) {
    const next = await stored.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* pump(
  head: Uint8Array,
  stored: AsyncIterator<Uint8Array>,
  stream: Transform,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const wait = new Wake();
  let failure: unknown;
  stream.on('readable', wait.wake).on('end', wait.wake).on('close', wait.wake);
  stream.on('error', (error) => {
    failure ??= damage(compression, error);
    wait.wake();
  });
  const feeding = feed(head, stored, stream).catch((error: unknown) => {
    failure ??= error;
    stream.destroy();
  });
  try {
    // Not `for await`: that would throw away what was decompressed before the damage.
    while (!stream.readableEnded) {
      const chunk = stream.read() as Uint8Array | null;
      if (chunk !== null) yield chunk;
      else if (failure !== undefined) throw failure;
      else if (!stream.readableEnded) await wait.promise();
    }
  } finally {
    stream.destroy();
    await feeding;
  }
}

function damage(compression: Compression, error: unknown): PlimsollError {
  const reason = reasonOf(error);
  return new PlimsollError('invalid', `Cannot decompress ${compression}: ${reason}`, {
    cause: error,
  });
}

/** Lets one waiter sleep until something happens; what happens before it sleeps is not lost. */
class Wake {
  #resolve: (() => void) | undefined;
  #happened = false;

  readonly wake = (): void => {
    this.#happened = true;
    this.#resolve?.();
  };

  async promise(): Promise<void> {
    if (!this.#happened)
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    this.#happened = false;
    this.#resolve = undefined;
  }
}

/** Writes until the source ends or the stream has failed; only the source's own errors are thrown. */
async function feed(
  head: Uint8Array,
  stored: AsyncIterator<Uint8Array>,
  stream: Transform,
): Promise<void> {
  const wait = new Wake();
  stream.on('drain', wait.wake).on('close', wait.wake);
  let pending: Uint8Array[] = [head];
  let pendingBytes = head.length;
  const flush = async (): Promise<void> => {
    const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    if (bytes.length === 0 || stream.destroyed) return;
    stream.write(bytes);
    while (stream.writableNeedDrain && !stream.destroyed) await wait.promise();
  };
  while (!stream.destroyed) {
    const next = await stored.next();
    if (next.done === true) break;
    pending.push(next.value);
    pendingBytes += next.value.length;
    if (pendingBytes >= writeBytesMin) await flush();
  }
  await flush();
  if (!stream.destroyed) stream.end();
}
