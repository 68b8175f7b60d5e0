// SPDX-License-Identifier: Apache-2.0
// What an SBOM says, whichever format it is in, and what its readers need of the outside.
import type { CoverageGap } from '../../model/coverage.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary } from '../../model/image.ts';
import type { IssueSink } from '../../model/issue.ts';
import type { Package } from '../../model/package.ts';

/** What is told of a distribution's release, as os-release spells it. */
export interface ToldRelease {
  readonly id: string;
  readonly version?: string;
  readonly codename?: string;
  /** For people; the id where nothing better is told. */
  readonly name: string;
}

export interface SbomContext {
  /** Completes a release by its OSV ecosystem and its end of life, which formats do not know. */
  describe(release: ToldRelease): Pick<Distribution, 'ecosystem' | 'lifecycle'>;
  readonly issues: IssueSink;
}

export interface DecodedSbom {
  /** For people: `CycloneDX 1.6`. */
  readonly format: string;
  /** The program that wrote it, with its version, where it says so. */
  readonly generator?: string;
  /** What the document names as its subject. */
  readonly subject?: string;
  readonly image: ImageSummary;
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
  /** Those that our own documents mark as only in earlier layers. */
  readonly hiddenPackages: readonly Package[];
  readonly gaps: readonly CoverageGap[];
}

/** Larger documents are not read: they are held in memory as a whole. */
export const sbomSizeBytesMax = 256 * 1024 * 1024;

/** Packages of one document; a large image has some ten thousand. */
export const sbomPackagesMax = 500_000;
