// SPDX-License-Identifier: Apache-2.0
// Content identifiers, https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
import { PlimsollError } from './errors.ts';

/** `algorithm:encoded`, e.g. `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `${'sha256' | 'sha384' | 'sha512'}:${string}`;
export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512';

const encodedLength: Readonly<Record<DigestAlgorithm, number>> = {
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

export function isDigest(text: unknown): text is Digest {
  if (typeof text !== 'string') return false;
  const match = /^(sha256|sha384|sha512):([0-9a-f]+)$/.exec(text);
  return match !== null && encodedLength[match[1] as DigestAlgorithm] === match[2]!.length;
}

/** @throws `invalid` when the text is not a digest of a registered algorithm with its exact length. */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text;
  throw new PlimsollError(
    'invalid',
    `Cannot read digest ${JSON.stringify(text)}: want sha256:, sha384: or sha512: with lower-case hexadecimal digits`,
  );
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** For people: the algorithm and the first 12 digits. */
export function shortDigest(digest: Digest): string {
  return `${digestAlgorithm(digest)}:${digestHex(digest).slice(0, 12)}`;
}
