// SPDX-License-Identifier: Apache-2.0
// Where in an image something was found.
import type { Digest } from './digest.ts';

export interface Location {
  /**
   * Absolute path in the image's tree. Bytes that are not UTF-8 stand as the lone surrogates
   * U+DC80 to U+DCFF (see model/path-bytes.ts). A member of an archive follows after `!/`.
   */
  readonly path: string;
  /** Number of the layer that the file comes from, from 0; absent where there are no layers. */
  readonly layer?: number;
  /** diffID, else digest, of that layer. */
  readonly layerDigest?: Digest;
}
