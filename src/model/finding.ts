// SPDX-License-Identifier: Apache-2.0
// One vulnerability in one package of one image, and why we say so.
import type { AffectedStatus, Enrichment, RangeEvent } from './advisory.ts';
import type { Digest } from './digest.ts';
import type { Location } from './location.ts';
import type { Severity } from './severity.ts';

/**
 * - `affected`: vulnerable, no fix known
 * - `fixable`: vulnerable, `fixedVersion` mends it
 * - `deferred`, `unimportant`, `end-of-life`: the distribution's verdict, see `AffectedStatus`
 */
export type FindingStatus =
  | 'affected'
  | 'fixable'
  | Exclude<AffectedStatus, 'affected' | 'not-affected'>;

/** The comparison that made the finding, for `scan --explain`. */
export interface Evidence {
  readonly advisory: string;
  /** Id of the feed and, where it has several, of the source within it. */
  readonly feed: string;
  /** The advisory's package: ecosystem and name as looked up. */
  readonly ecosystem: string;
  readonly name: string;
  /** The version that was compared: the source package's for most distributions. */
  readonly version: string;
  /** The range's sorted events, or the enumerated version that is equal. */
  readonly matched:
    | { readonly kind: 'range'; readonly events: readonly RangeEvent[] }
    | { readonly kind: 'version'; readonly version: string }
    | { readonly kind: 'status'; readonly status: AffectedStatus };
}

export interface Finding {
  /** CVE where there is one, else the advisory's own id. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly related: readonly string[];
  readonly package: string;
  readonly version: string;
  readonly ecosystem: string;
  readonly purl: string;
  /** Lowest version that mends it on this branch; of the source package for most distributions. */
  readonly fixedVersion?: string;
  readonly severity: Severity;
  /** Base score, 0 to 10, with the vector that gives it, where a vector is known. */
  readonly score?: number;
  readonly vector?: string;
  /** Who graded it: a feed's id. */
  readonly severitySource?: string;
  readonly status: FindingStatus;
  readonly note?: string;
  readonly summary?: string;
  readonly references: readonly string[];
  readonly kev?: Enrichment['kev'];
  readonly epss?: Enrichment['epss'];
  /** Number of the package's layer. */
  readonly layer?: number;
  readonly layerDigest?: Digest;
  readonly locations: readonly Location[];
  /** The package is only in an earlier layer. */
  readonly hidden?: boolean;
  /** Set by an ignore file: the finding is shown as suppressed and does not count. */
  readonly ignored?: { readonly reason: string; readonly until?: string; readonly source: string };
  readonly evidence: readonly Evidence[];
}
