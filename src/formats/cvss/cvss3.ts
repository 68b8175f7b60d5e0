// SPDX-License-Identifier: Apache-2.0
// Base score of CVSS 3.0 and 3.1, https://www.first.org/cvss/v3.1/specification-document section 7.
// The two differ in how they round up only.
import { weigh, type Metrics } from './vector.ts';

const impacts = { N: 0, L: 0.22, H: 0.56 };
const privilegesUnchanged = { N: 0.85, L: 0.62, H: 0.27 };
const privilegesChanged = { N: 0.85, L: 0.68, H: 0.5 };

/** @returns undefined when a base metric is missing or has an unknown value. */
export function cvss3BaseScore(metrics: Metrics, version: '3.0' | '3.1'): number | undefined {
  const changed = weigh(metrics, 'S', { U: 0, C: 1 });
  const exploitability = exploitabilityOf(metrics, changed === 1);
  const base = impactBaseOf(metrics);
  if (changed === undefined || exploitability === undefined || base === undefined) return undefined;
  const impact = changed === 1 ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  if (impact <= 0) return 0;
  const sum = (impact + exploitability) * (changed === 1 ? 1.08 : 1);
  const score = Math.min(sum, 10);
  return version === '3.0' ? Math.ceil(score * 10) / 10 : roundUp(score);
}

function exploitabilityOf(metrics: Metrics, changed: boolean): number | undefined {
  const vector = weigh(metrics, 'AV', { N: 0.85, A: 0.62, L: 0.55, P: 0.2 });
  const complexity = weigh(metrics, 'AC', { L: 0.77, H: 0.44 });
  const privileges = weigh(metrics, 'PR', changed ? privilegesChanged : privilegesUnchanged);
  const interaction = weigh(metrics, 'UI', { N: 0.85, R: 0.62 });
  if (vector === undefined || complexity === undefined) return undefined;
  if (privileges === undefined || interaction === undefined) return undefined;
  return 8.22 * vector * complexity * privileges * interaction;
}

function impactBaseOf(metrics: Metrics): number | undefined {
  const confidentiality = weigh(metrics, 'C', impacts);
  const integrity = weigh(metrics, 'I', impacts);
  const availability = weigh(metrics, 'A', impacts);
  if (confidentiality === undefined || integrity === undefined || availability === undefined)
    return undefined;
  return 1 - (1 - confidentiality) * (1 - integrity) * (1 - availability);
}

/** Appendix A of 3.1: up to one decimal, but not because of the last bits of a double. */
function roundUp(value: number): number {
  const integer = Math.round(value * 100_000);
  return integer % 10_000 === 0 ? integer / 100_000 : (Math.floor(integer / 10_000) + 1) / 10;
}
