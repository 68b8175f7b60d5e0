// SPDX-License-Identifier: Apache-2.0
// Score of CVSS 4.0, https://www.first.org/cvss/v4.0/specification-document section 8: a vector
// belongs to one of 270 MacroVectors, whose score is lowered in proportion to how far the vector is
// below the highest one of its MacroVector, towards the next lower MacroVectors.
import { depths, highestVectors, macroVectorScores, severityOrder } from './cvss4-tables.ts';
import type { Metrics } from './vector.ts';

const baseMetrics = 'AV AC AT PR UI VC VI VA SC SI SA'.split(' ');

const impactMetrics = 'VC VI VA SC SI SA'.split(' ');

/** Levels of the six equivalence classes. */
type Levels = readonly [number, number, number, number, number, number];

/**
 * Threat and environmental metrics that are in the vector count, as the specification wants
 * (CVSS-BT, -BE, -BTE).
 * @returns undefined when a base metric is missing or a metric has an unknown value.
 */
export function cvss4Score(given: Metrics): number | undefined {
  const metrics = effectiveMetrics(given);
  if (metrics === undefined) return undefined;
  if (impactMetrics.every((metric) => metrics[metric] === 'N')) return 0;
  const levels = levelsOf(metrics);
  const score = scoreOf(levels);
  if (score === undefined) return undefined;
  const steps = stepsBelowHighest(metrics, levels);
  const key = `${levels[2]}${levels[5]}` as keyof typeof depths.eq3eq6;
  const reductions = [
    { lower: lowerScore(levels, 0), part: steps.eq1 / depths.eq1[levels[0]]! },
    { lower: lowerScore(levels, 1), part: steps.eq2 / depths.eq2[levels[1]]! },
    { lower: lowerScoreOfImpact(levels), part: steps.eq3eq6 / depths.eq3eq6[key] },
    { lower: lowerScore(levels, 3), part: steps.eq4 / depths.eq4[levels[3]]! },
    { lower: lowerScore(levels, 4), part: 0 },
  ].flatMap(({ lower, part }) => (lower === undefined ? [] : [(score - lower) * part]));
  const sum = reductions.reduce((total, reduction) => total + reduction, 0);
  const mean = reductions.length === 0 ? 0 : sum / reductions.length;
  // The small addend undoes what doubles lose below a tie, as FIRST's own calculator does.
  return Math.round((Math.min(Math.max(score - mean, 0), 10) + 1e-6) * 10) / 10;
}

/** Modified metrics take the place of base metrics; what is not defined counts as the worst. */
function effectiveMetrics(given: Metrics): Metrics | undefined {
  const metrics: Record<string, string> = { CR: 'H', IR: 'H', AR: 'H', E: 'A' };
  for (const metric of baseMetrics) {
    const modified = given[`M${metric}`];
    const value = modified === undefined || modified === 'X' ? given[metric] : modified;
    // S (safety) is a value of the modified subsequent-system metrics only.
    if (given[metric] === undefined || given[metric] === 'S') return undefined;
    if (value === undefined || !isValue(metric, value)) return undefined;
    metrics[metric] = value;
  }
  if (metrics['SC'] === 'S') return undefined;
  for (const metric of ['CR', 'IR', 'AR', 'E']) {
    const value = given[metric];
    if (value === undefined || value === 'X') continue;
    if (!(metric === 'E' ? 'APU' : 'HML').includes(value) || value.length !== 1) return undefined;
    metrics[metric] = value;
  }
  return metrics;
}

function isValue(metric: string, value: string): boolean {
  return value.length === 1 && severityOrder[metric]!.includes(value);
}

/** Section 8.2, tables 24 to 29. */
function levelsOf(metrics: Metrics): Levels {
  const is = (text: string): boolean =>
    text.split(' ').every((one) => metrics[one.slice(0, -2)] === one.slice(-1));
  const anyIs = (text: string): boolean => text.split(' ').some((one) => is(one));
  const eq1 = is('AV:N PR:N UI:N') ? 0 : anyIs('AV:N PR:N UI:N') && !is('AV:P') ? 1 : 2;
  const eq2 = is('AC:L AT:N') ? 0 : 1;
  const eq3 = is('VC:H VI:H') ? 0 : anyIs('VC:H VI:H VA:H') ? 1 : 2;
  const eq4 = anyIs('SI:S SA:S') ? 0 : anyIs('SC:H SI:H SA:H') ? 1 : 2;
  const eq5 = is('E:A') ? 0 : is('E:P') ? 1 : 2;
  const eq6 = is('CR:H VC:H') || is('IR:H VI:H') || is('AR:H VA:H') ? 0 : 1;
  return [eq1, eq2, eq3, eq4, eq5, eq6];
}

function scoreOf(levels: readonly number[]): number | undefined {
  return macroVectorScores.get(levels.join(''));
}

function lowerScore(levels: Levels, ...classes: readonly number[]): number | undefined {
  return scoreOf(levels.map((level, at) => (classes.includes(at) ? level + 1 : level)));
}

/** EQ3 and EQ6 step down together; from 00 there are two ways, and the higher score counts. */
function lowerScoreOfImpact(levels: Levels): number | undefined {
  const [, , eq3, , , eq6] = levels;
  if (eq3 === 0 && eq6 === 0)
    return Math.max(lowerScore(levels, 2) ?? 0, lowerScore(levels, 5) ?? 0);
  if (eq6 === 1) return lowerScore(levels, 2);
  return lowerScore(levels, 5);
}

interface Steps {
  readonly eq1: number;
  readonly eq2: number;
  readonly eq3eq6: number;
  readonly eq4: number;
}

/** Each class by itself: the classes share no metric, so their highest vectors combine freely. */
function stepsBelowHighest(metrics: Metrics, levels: Levels): Steps {
  const key = `${levels[2]}${levels[5]}` as keyof typeof highestVectors.eq3eq6;
  return {
    eq1: stepsBelow(metrics, highestVectors.eq1[levels[0]]!),
    eq2: stepsBelow(metrics, highestVectors.eq2[levels[1]]!),
    eq3eq6: stepsBelow(metrics, highestVectors.eq3eq6[key]),
    eq4: stepsBelow(metrics, highestVectors.eq4[levels[3]]!),
  };
}

/** From the first of the highest vectors that is nowhere below the given one. */
function stepsBelow(metrics: Metrics, vectors: string): number {
  for (const vector of vectors.split(' ')) {
    const steps = vector.split('/').map((part) => {
      const [metric, value] = part.split(':') as [string, string];
      const order = severityOrder[metric]!;
      return order.indexOf(metrics[metric]!) - order.indexOf(value);
    });
    if (steps.every((step) => step >= 0)) return steps.reduce((sum, step) => sum + step, 0);
  }
  return 0;
}
