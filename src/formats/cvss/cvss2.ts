// SPDX-License-Identifier: Apache-2.0
// Base score of CVSS 2, https://www.first.org/cvss/v2/guide section 3.2.1.
import { weigh, type Metrics } from './vector.ts';

const impacts = { N: 0, P: 0.275, C: 0.66 };

/** @returns undefined when a base metric is missing or has an unknown value. */
export function cvss2BaseScore(metrics: Metrics): number | undefined {
  const vector = weigh(metrics, 'AV', { L: 0.395, A: 0.646, N: 1 });
  const complexity = weigh(metrics, 'AC', { H: 0.35, M: 0.61, L: 0.71 });
  const authentication = weigh(metrics, 'Au', { M: 0.45, S: 0.56, N: 0.704 });
  const confidentiality = weigh(metrics, 'C', impacts);
  const integrity = weigh(metrics, 'I', impacts);
  const availability = weigh(metrics, 'A', impacts);
  if (vector === undefined || complexity === undefined || authentication === undefined)
    return undefined;
  if (confidentiality === undefined || integrity === undefined || availability === undefined)
    return undefined;
  const impact = 10.41 * (1 - (1 - confidentiality) * (1 - integrity) * (1 - availability));
  const exploitability = 20 * vector * complexity * authentication;
  if (impact === 0) return 0;
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * 1.176;
  return Math.round(score * 10) / 10;
}
