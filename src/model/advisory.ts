// SPDX-License-Identifier: Apache-2.0
// What a publisher says about a vulnerability, in OSV's terms (https://ossf.github.io/osv-schema/),
// with room for what distributions say beyond it.
import type { Severity } from './severity.ts';

/** Exactly one of the fields is set, as in OSV. `introduced: "0"` is before every version. */
export type RangeEvent =
  | { readonly introduced: string }
  | { readonly fixed: string }
  | { readonly lastAffected: string }
  | { readonly limit: string };

export interface VersionRange {
  readonly type: 'ECOSYSTEM' | 'SEMVER' | 'GIT';
  /** In any order: the matcher sorts them by the ecosystem's own version order. */
  readonly events: readonly RangeEvent[];
}

/** `type` as in OSV (`CVSS_V2`, `CVSS_V3`, `CVSS_V4`, `Ubuntu`) or a publisher's own; `score` its vector or word. */
export interface SeverityStatement {
  readonly type: string;
  readonly score: string;
  /** Feed whose statement it is, where it is not the one of the record around it. */
  readonly source?: string;
}

/**
 * A distribution's verdict on one of its packages.
 * - `not-affected`: never vulnerable, e.g. secdb's `0`
 * - `deferred`: vulnerable, and a fix is not planned for now (no-dsa, postponed, ignored)
 * - `unimportant`: affects no sane use, by the publisher's judgement
 * - `end-of-life`: the publisher no longer looks
 */
export type AffectedStatus =
  | 'affected'
  | 'not-affected'
  | 'deferred'
  | 'unimportant'
  | 'end-of-life';

export interface AffectedPackage {
  /** OSV's spelling with suffix, e.g. `Debian:12`. */
  readonly ecosystem: string;
  /** Spelled as OSV does for the ecosystem: source package for Debian and Alpine. */
  readonly name: string;
  readonly ranges: readonly VersionRange[];
  readonly versions: readonly string[];
  readonly status: AffectedStatus;
  /** Replaces the advisory's own for this package. */
  readonly severities?: readonly SeverityStatement[];
  readonly severityLevel?: Severity;
  /** rpm module as `name:stream`; only packages of that module are meant. */
  readonly module?: string;
  /** The publisher's reason for the status: Debian's `nodsa_reason` and the like. */
  readonly note?: string;
}

export interface Advisory {
  readonly id: string;
  /** Other names of the same vulnerability; symmetric, merged. */
  readonly aliases: readonly string[];
  /** Vulnerabilities that this advisory passes on (a DSA's CVEs); directional, followed. */
  readonly upstream: readonly string[];
  /** Loosely connected; shown, never merged. */
  readonly related: readonly string[];
  readonly summary?: string;
  readonly details?: string;
  readonly published?: string;
  readonly modified?: string;
  /** Set: the publisher took it back, and it matches nothing. */
  readonly withdrawn?: string;
  readonly severities: readonly SeverityStatement[];
  /** The publisher's own word, where it gives one instead of a vector. */
  readonly severityLevel?: Severity;
  readonly references: readonly string[];
  readonly affected: readonly AffectedPackage[];
}

/** What is known about a CVE whoever's package it is in: exploitation, probability, severity. */
export interface Enrichment {
  readonly cve: string;
  /** CISA's catalogue of known exploited vulnerabilities. */
  readonly kev?: { readonly added: string; readonly due?: string; readonly ransomware: boolean };
  /** FIRST's Exploit Prediction Scoring System: probability in the next 30 days and percentile, 0 to 1. */
  readonly epss?: {
    readonly probability: number;
    readonly percentile: number;
    readonly date: string;
  };
  readonly severities?: readonly SeverityStatement[];
}
