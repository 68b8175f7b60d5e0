// SPDX-License-Identifier: Apache-2.0
// What cannot be told about an image because of the distribution in it, or of its absence.
import type { CoverageGap } from '../model/coverage.ts';
import type { Distribution } from '../model/distribution.ts';
import { endOfLifeGap } from './distribution-lifecycle.ts';

export interface DistributionFindings {
  readonly distribution: Distribution | undefined;
  /** Packages of the operating system's package manager. */
  readonly osPackages: number;
  readonly packages: number;
  readonly unownedExecutables: number;
  readonly now: Date;
}

export function distributionGaps(findings: DistributionFindings): readonly CoverageGap[] {
  const { distribution, osPackages, now } = findings;
  if (osPackages === 0) return [noDatabase(findings)];
  if (distribution === undefined)
    return [
      {
        code: 'unknown-distribution',
        message: `No file tells which distribution the ${osPackages} packages are of`,
        hint: 'os-release was removed: its packages cannot be matched with any advisory',
        blocking: true,
      },
    ];
  const gaps: CoverageGap[] = [];
  if (distribution.ecosystem === undefined)
    gaps.push({
      code: 'unsupported-distribution',
      message: `There is no advisory ecosystem for ${JSON.stringify(distribution.name)}`,
      subject: distribution.id,
      blocking: true,
    });
  const ended = endOfLifeGap(distribution, now);
  if (ended !== undefined) gaps.push(ended);
  if (distribution.lifecycle.kind === 'unknown')
    gaps.push({
      code: 'unknown-lifecycle',
      message: `Cannot tell whether ${JSON.stringify(distribution.name)} is still supported: ${distribution.lifecycle.reason}`,
      subject: distribution.ecosystem ?? distribution.id,
      blocking: false,
    });
  return gaps;
}

/** Without a database of packages, executables that nobody accounts for can be anything. */
function noDatabase(findings: DistributionFindings): CoverageGap {
  const { packages, unownedExecutables } = findings;
  const rest =
    packages === 0
      ? 'and no packages of programming languages were found either'
      : `and ${unownedExecutables} executables belong to no known package`;
  return {
    code: 'no-package-database',
    message: `There is no database of operating system packages, ${rest}`,
    blocking: packages === 0 || unownedExecutables > 0,
  };
}
