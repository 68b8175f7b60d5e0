// SPDX-License-Identifier: Apache-2.0
// What is inside an image: the part of a result that does not change when advisories do.
import type { CoverageGap } from './coverage.ts';
import type { Distribution } from './distribution.ts';
import type { ImageSummary } from './image.ts';
import type { Issue } from './issue.ts';
import type { Location } from './location.ts';
import type { Package } from './package.ts';

export interface UnownedExecutable extends Location {
  /** `elf`: a program or library with the execute bit; `script`: starts with `#!`. */
  readonly kind: 'elf' | 'script';
  readonly sizeBytes: number;
  readonly setuid?: boolean;
}

/** Who accounts for the regular files of the effective tree. */
export interface OwnershipSummary {
  readonly files: number;
  readonly ownedByPackages: number;
  readonly unowned: number;
  /** Executables that no package accounts for, by path: the setuid ones and the first of the others. */
  readonly unownedExecutables: readonly UnownedExecutable[];
  readonly unownedExecutablesTotal: number;
  /** Language packages that an operating system package installed: not listed a second time. */
  readonly languagePackagesOwnedByOs: number;
  /** Mounts that were not read (pseudo and network file systems of `rootfs:/`). */
  readonly skippedMounts: readonly string[];
}

export interface Inventory {
  /** What the user named. */
  readonly source: string;
  readonly image: ImageSummary;
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
  /** Only in earlier layers. */
  readonly hiddenPackages: readonly Package[];
  readonly ownership?: OwnershipSummary;
  readonly gaps: readonly CoverageGap[];
  readonly issues: readonly Issue[];
}
