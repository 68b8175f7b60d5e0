// SPDX-License-Identifier: Apache-2.0
// What a result does not know. "Cannot tell" is data: it is reported and can be gated on.

export interface CoverageGap {
  /** Stable, kebab-case: `no-package-database`, `no-advisory-data`, `starter-set-only`, `stale-data`, ... */
  readonly code: string;
  /** One sentence for people: what cannot be told, and why. */
  readonly message: string;
  /** What it is about: an ecosystem, a path, a layer. */
  readonly subject?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** True: without it a clean result would be a guess (exit code 2 under a bar). */
  readonly blocking: boolean;
}

/** - `complete`: everything recognised and judged by data; `partial`: see the gaps; `none`: nothing could be told. */
export type CoverageLevel = 'complete' | 'partial' | 'none';

/** The advisory data that one ecosystem's packages were judged by. */
export interface DataUsed {
  readonly ecosystem: string;
  /** Packages of it in the image. */
  readonly packages: number;
  /** Feeds with data for it; empty: nobody judged these packages. */
  readonly feeds: readonly DataSource[];
}

export interface DataSource {
  readonly feed: string;
  /** When the publisher last changed it, RFC 3339, where it says so; else when it was fetched. */
  readonly asOf?: string;
  readonly fetched?: string;
  readonly advisories: number;
}

export interface Coverage {
  readonly level: CoverageLevel;
  readonly gaps: readonly CoverageGap[];
  readonly data: readonly DataUsed[];
}
