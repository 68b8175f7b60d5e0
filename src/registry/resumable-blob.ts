// SPDX-License-Identifier: Apache-2.0
// A download that goes on where it broke off, by range requests.
// https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
import type { Digest } from '../model/digest.ts';
import { isCode, PlimsollError } from '../model/errors.ts';
import type { HttpResponse } from '../network/http.ts';

/** A blob as a descriptor names it. */
export interface BlobName {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Breaks in a row without a byte between them; each is behind the client's own repetitions. */
const breaksMax = 4;
/** Breaks in all: a registry that sends a byte and hangs up, again and again, is not worked with. */
const breaksInAllMax = 200;

/**
 * @param open Asks for the bytes from an offset on.
 * @throws `invalid` when the blob is longer or shorter than its descriptor says, `network`.
 */
export async function* resumableBlob(
  blob: BlobName,
  open: (offset: number) => Promise<HttpResponse>,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let breaksInAll = 0;
  for (let breaks = 0; ;) {
    const response = await open(offset);
    let left = await leadingBytes(response, offset);
    try {
      for await (const chunk of response.body) {
        const bytes = chunk.subarray(Math.min(left, chunk.length));
        left -= chunk.length - bytes.length;
        if (bytes.length === 0) continue;
        if (offset + bytes.length > blob.sizeBytes) throw wrongSize(blob, 'more');
        offset += bytes.length;
        breaks = 0;
        yield bytes;
      }
    } catch (error) {
      if (!isCode(error, 'network') || ++breaks > breaksMax) throw error;
      if (++breaksInAll > breaksInAllMax) throw error;
      continue;
    }
    if (offset !== blob.sizeBytes) throw wrongSize(blob, String(offset));
    return;
  }
}

/** How many bytes of the answer we already have: a server may send everything again. */
async function leadingBytes(response: HttpResponse, offset: number): Promise<number> {
  if (offset === 0 || response.status === 200) return offset;
  const start = /^bytes (\d{1,16})-/.exec(response.headers['content-range'] ?? '')?.[1];
  if (Number(start) === offset) return 0;
  await response.discard();
  throw new PlimsollError(
    'invalid',
    `Cannot go on with the blob at byte ${offset}: the registry sends another part`,
  );
}

function wrongSize(blob: BlobName, found: string): PlimsollError {
  return new PlimsollError(
    'invalid',
    `Cannot fetch blob ${blob.digest}: it has ${found} bytes, its descriptor says ${blob.sizeBytes}`,
  );
}
