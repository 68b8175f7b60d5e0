// SPDX-License-Identifier: Apache-2.0
// What a tar archive may ask for. Archives come from strangers: each loop over them ends here.

export interface TarLimits {
  readonly entriesMax: number;
  readonly pathBytesMax: number;
  readonly linkBytesMax: number;
  readonly specialBytesMax: number;
  readonly xattrBytesMax: number;
  readonly sparseFragmentsMax: number;
  readonly expandedBytesMax: number;
}

export const defaultTarLimits: TarLimits = {
  /** Several times the three million that a hostile layer of 30 MB holds. */
  entriesMax: 16_000_000,
  /** PATH_MAX of Linux, without its final NUL: a longer name cannot be opened. */
  pathBytesMax: 4095,
  /** The same: symlink(2) refuses a longer target. */
  linkBytesMax: 4095,
  /** A PAX header or long name; Go's archive/tar, which engines read layers with, refuses more. */
  specialBytesMax: 1 << 20,
  /** XATTR_SIZE_MAX of Linux. */
  xattrBytesMax: 1 << 16,
  /** A file written in alternating 4 KiB blocks reaches this at 2 GiB. */
  sparseFragmentsMax: 1 << 18,
  /** Content that is wanted is expanded up to here, all sparse files of one archive together. */
  expandedBytesMax: 8 * 1024 ** 3,
};
