// SPDX-License-Identifier: Apache-2.0
// The identity of a document made from its content: the same input at the same stated time gives the
// same bytes, so an SBOM can be reproduced, signed and compared; any other gets another identity.
import { createHash } from 'node:crypto';
import { jsonText } from '../json/stream.ts';

/** A version 8 UUID (RFC 9562 section 5.8: custom) from SHA-256 over the parts as JSON. */
export function documentUuid(parts: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const piece of jsonText(parts, 3)) hash.update(piece);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
