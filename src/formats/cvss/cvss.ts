// SPDX-License-Identifier: Apache-2.0
// The number that a CVSS vector stands for, https://www.first.org/cvss/: versions 2.0 to 4.0.
import { cvss2BaseScore } from './cvss2.ts';
import { cvss3BaseScore } from './cvss3.ts';
import { cvss4Score } from './cvss4.ts';
import { parseCvssVector, type CvssVersion } from './vector.ts';

export interface CvssScore {
  readonly version: CvssVersion;
  /** 0 to 10, one decimal: the base score; with 4.0, the score of all metrics in the vector. */
  readonly score: number;
}

/** @returns undefined when the text is no vector, or not one with all its base metrics. */
export function scoreCvssVector(text: string): CvssScore | undefined {
  const vector = parseCvssVector(text);
  if (vector === undefined) return undefined;
  const { version, metrics } = vector;
  const score =
    version === '2.0'
      ? cvss2BaseScore(metrics)
      : version === '4.0'
        ? cvss4Score(metrics)
        : cvss3BaseScore(metrics, version);
  return score === undefined ? undefined : { version, score };
}
