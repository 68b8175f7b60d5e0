// SPDX-License-Identifier: Apache-2.0
// Findings that an ignore file accepts stay in the result, marked: suppressed is not gone.
import type { Finding } from '../model/finding.ts';
import type { IgnoreEntry, IgnoreFile } from './ignore-file.ts';

export interface IgnoredFindings {
  /** All findings; accepted ones have `ignored`. */
  readonly findings: readonly Finding[];
  /** Past their last day: they apply to nothing, and somebody should look again. */
  readonly expired: readonly IgnoreEntry[];
  /** In force, and no finding is meant: the package was mended, or the entry is misspelled. */
  readonly unused: readonly IgnoreEntry[];
}

export function applyIgnores(
  findings: readonly Finding[],
  file: IgnoreFile,
  now: Date,
): IgnoredFindings {
  const expired = file.entries.filter((entry) => isExpired(entry, now));
  const inForce = file.entries.filter((entry) => !expired.includes(entry));
  const byId = Map.groupBy(inForce, ({ id }) => id);
  const used = new Set<IgnoreEntry>();
  const marked = findings.map((finding) => {
    const entries = [finding.id, ...finding.aliases]
      .flatMap((id) => byId.get(id) ?? [])
      .filter((entry) => isMeant(entry, finding));
    for (const entry of entries) used.add(entry);
    const [entry] = entries;
    return entry === undefined || finding.ignored ? finding : mark(finding, entry, file.source);
  });
  return { findings: marked, expired, unused: inForce.filter((entry) => !used.has(entry)) };
}

function mark(finding: Finding, entry: IgnoreEntry, source: string): Finding {
  const { reason, expires } = entry;
  const until = expires === undefined ? {} : { until: expires };
  return { ...finding, ignored: { reason, ...until, source: `${source}:${entry.line}` } };
}

/** The last day counts whole, in UTC: the same answer on every machine. */
function isExpired({ expires }: IgnoreEntry, now: Date): boolean {
  return expires !== undefined && expires < now.toISOString().slice(0, 10);
}

/** With a path, every place where the package is must be meant: elsewhere nobody accepted it. */
function isMeant(entry: IgnoreEntry, finding: Finding): boolean {
  if (entry.package !== undefined && entry.package !== finding.package) return false;
  const { path } = entry;
  if (path === undefined) return true;
  return finding.locations.length > 0 && finding.locations.every((one) => isWithin(one.path, path));
}

/** A member of an archive (`/app.jar!/lib/x.jar`) is in the archive's file. */
function isWithin(path: string, wanted: string): boolean {
  if (wanted.endsWith('/')) return path.startsWith(wanted);
  return path === wanted || path.startsWith(`${wanted}!/`);
}
