// SPDX-License-Identifier: Apache-2.0
// A document is what its digest says, or it is not used: a registry, a mirror or whoever wrote the
// medium could have put another one in its place.
// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#verification
import { createHash } from 'node:crypto';
import { digestAlgorithm, type Digest } from '../../model/digest.ts';
import { PlimsollError } from '../../model/errors.ts';

export function digestOf(
  bytes: Uint8Array,
  algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256',
): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** @throws `digest-mismatch`. */
export function verifyDocument(bytes: Uint8Array, digest: Digest, what: string): void {
  const found = digestOf(bytes, digestAlgorithm(digest));
  if (found !== digest)
    throw new PlimsollError(
      'digest-mismatch',
      `Cannot use ${what} ${digest}: its bytes hash to ${found}`,
      { hint: 'it was damaged or exchanged: fetch or save the image again' },
    );
}
