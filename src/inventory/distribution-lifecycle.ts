// SPDX-License-Identifier: Apache-2.0
// Whether somebody still mends the distribution in an image. A scan of one that nobody looks at any
// more finds nothing new, which must not read as "clean".
import type { CoverageGap } from '../model/coverage.ts';
import type { Distribution, Lifecycle } from '../model/distribution.ts';
import {
  distributionReleases,
  rollingDistributions,
  type DistributionRelease,
  type DistributionReleases,
} from './distribution-releases.ts';

/** The release's row: by its version, or by the longest leading part of it (`8` for `8.10`). */
export function findRelease(
  id: string,
  version: string | undefined,
): { readonly release: DistributionRelease; readonly block: DistributionReleases } | undefined {
  const block = distributionReleases.find((candidate) => candidate.id === id);
  if (block === undefined) return undefined;
  for (let part = version; part; part = shorter(part)) {
    const release = block.releases.find((candidate) => candidate.version === part);
    if (release !== undefined) return { release, block };
  }
  return undefined;
}

function shorter(version: string): string | undefined {
  const dot = version.lastIndexOf('.');
  return dot < 0 ? undefined : version.slice(0, dot);
}

/** The release with that codename, for a Debian that tells no version. */
export function findReleaseByCodename(
  id: string,
  codename: string | undefined,
): DistributionRelease | undefined {
  if (codename === undefined) return undefined;
  return distributionReleases
    .find((block) => block.id === id)
    ?.releases.find((release) => release.codename === codename);
}

/** `now` decides between supported and ended; dates are days in UTC, the last one included. */
export function lifecycleOf(id: string, version: string | undefined, now: Date): Lifecycle {
  if (rollingDistributions.includes(id))
    return { kind: 'rolling', source: 'the distribution has no releases' };
  if (version === undefined) return { kind: 'unknown', reason: 'it tells no version' };
  const found = findRelease(id, version);
  if (found === undefined)
    return { kind: 'unknown', reason: `no end of life is known for ${id} ${version}` };
  const { release, block } = found;
  const today = now.toISOString().slice(0, 10);
  if (release.ends === undefined)
    return { kind: 'unknown', reason: `${block.source} gives no end for ${id} ${version}` };
  if (today <= release.ends)
    return { kind: 'supported', until: release.ends, source: block.source };
  return {
    kind: 'ended',
    on: release.ends,
    ...(release.extendedUntil === undefined ? {} : { extendedUntil: release.extendedUntil }),
    source: block.source,
  };
}

/**
 * What an ended support means for a result. Blocking, unless an extension still brings fixes to
 * everybody: then the advisories go on. Undefined: nothing to report.
 */
export function endOfLifeGap(distribution: Distribution, now: Date): CoverageGap | undefined {
  const { lifecycle, name } = distribution;
  if (lifecycle.kind !== 'ended') return undefined;
  const today = now.toISOString().slice(0, 10);
  const id = lifecycleId(distribution);
  const extension = findRelease(id, distribution.version)?.block.extension;
  const extended = lifecycle.extendedUntil !== undefined && today <= lifecycle.extendedUntil;
  const rest = extended
    ? extension === 'community'
      ? `; its long-term support ends on ${lifecycle.extendedUntil}`
      : `; only subscribers get fixes, until ${lifecycle.extendedUntil}`
    : '';
  return {
    code: 'end-of-life',
    message: `Security support of ${JSON.stringify(name)} ended on ${lifecycle.on}${rest}`,
    subject: distribution.ecosystem ?? distribution.id,
    hint: 'move to a supported release',
    blocking: !(extended && extension === 'community'),
  };
}

/** CentOS Linux and CentOS Stream share an id and not their ends of life. */
export function lifecycleId(distribution: Pick<Distribution, 'id' | 'name'>): string {
  return distribution.id === 'centos' && /\bstream\b/i.test(distribution.name)
    ? 'centos-stream'
    : distribution.id;
}

/** Whether what was said of the distribution on another day would be said today. */
export function isLifecycleCurrent(
  distribution: Distribution,
  gaps: readonly CoverageGap[],
  now: Date,
): boolean {
  const { lifecycle } = distribution;
  const today = now.toISOString().slice(0, 10);
  if (lifecycle.kind === 'supported')
    return lifecycle.until === undefined || today <= lifecycle.until;
  if (lifecycle.kind !== 'ended') return true;
  const told = gaps.find(({ code }) => code === 'end-of-life');
  const tells = endOfLifeGap(distribution, now);
  return (
    today > lifecycle.on && told?.message === tells?.message && told?.blocking === tells?.blocking
  );
}
