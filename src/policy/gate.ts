// SPDX-License-Identifier: Apache-2.0
// The verdict on an assessment, which is also the exit code of the command. Precedence:
//
//   3 error        something failed: there is no assessment, or no report of it
//   1 over the bar it is certain, however much else is unknown
//   2 cannot tell  nothing found is over the bar, and something that had to be known is not
//   0 clean        nothing is over the bar, and all is known; always without a bar
//
// 3 is not decided here: errors are thrown. Of several assessments the first of 3, 1, 2, 0 counts.
import { exitCodes, type ExitCode } from '../model/exit-codes.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Finding } from '../model/finding.ts';
import { conditionsMet, type Bar, type BarCondition } from './bar.ts';

const precedence: readonly ExitCode[] = [3, 1, 2, 0];

export interface GateOptions {
  /** Absent: nothing is gated. */
  readonly bar?: Bar;
  /** Findings in packages that are only in earlier layers count as well. */
  readonly includeHidden?: boolean;
  /** False: there is no catalogue of exploited vulnerabilities, so that `kev` cannot be told. */
  readonly knowsExploited?: boolean;
}

export interface GateVerdict {
  readonly exitCode: 0 | 1 | 2;
  /** One line each: what is over the bar, then what cannot be told, then what to know besides. */
  readonly reasons: readonly string[];
  readonly over: readonly Finding[];
}

export function gate(assessment: Assessment, options: GateOptions = {}): GateVerdict {
  const { bar } = options;
  if (bar === undefined) return { exitCode: exitCodes.clean, reasons: [], over: [] };
  const counted = assessment.findings.filter(
    ({ ignored, hidden }) => ignored === undefined && (hidden !== true || options.includeHidden),
  );
  const over = counted.filter((finding) => conditionsMet(finding, bar).length > 0);
  const unsure = unknowns(assessment, bar, options);
  const exitCode =
    over.length > 0
      ? exitCodes.overTheBar
      : unsure.length > 0
        ? exitCodes.cannotTell
        : exitCodes.clean;
  return {
    exitCode,
    reasons: [...overReasons(over, bar), ...unsure, ...notes(counted, bar)],
    over,
  };
}

/** The exit code of a command that judged several assessments. @returns `clean` for none. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  return precedence.find((code) => codes.includes(code)) ?? exitCodes.clean;
}

/** A finding can meet several conditions: each line counts all that meet its own. */
function overReasons(over: readonly Finding[], bar: Bar): readonly string[] {
  return bar.flatMap((condition) => {
    const count = over.filter((finding) => conditionsMet(finding, [condition]).length > 0).length;
    return count === 0 ? [] : [describeCondition(condition, count)];
  });
}

function describeCondition(condition: BarCondition, count: number): string {
  const counted = findings(count);
  switch (condition) {
    case 'kev':
      return `${counted} known to be exploited`;
    case 'fixable':
      return `${counted} that a newer version fixes`;
    case 'unknown':
      return `${counted} of unknown severity`;
    case 'critical':
      return `${counted} of critical severity`;
    default:
      return `${counted} of ${condition} severity or worse`;
  }
}

function unknowns(
  { coverage, inventory }: Assessment,
  bar: Bar,
  { knowsExploited }: GateOptions,
): readonly string[] {
  const reasons = coverage.gaps.filter(({ blocking }) => blocking).map(({ message }) => message);
  const damaged = inventory.issues.filter(({ fatal }) => fatal).length;
  if (damaged > 0)
    reasons.push(
      `${damaged} ${damaged === 1 ? 'part' : 'parts'} could not be read, see the issues`,
    );
  if (coverage.level === 'none' && reasons.length === 0) reasons.push('Nothing could be judged');
  if (bar.includes('kev') && knowsExploited === false)
    reasons.push('No catalogue of exploited vulnerabilities is in the advisory store');
  return reasons;
}

function notes(counted: readonly Finding[], bar: Bar): readonly string[] {
  const ungraded = counted.filter(({ severity }) => severity === 'unknown').length;
  if (ungraded === 0 || bar.includes('unknown')) return [];
  return [`${findings(ungraded)} could not be graded, and \`unknown\` is not in the bar`];
}

function findings(count: number): string {
  return `${count} ${count === 1 ? 'finding' : 'findings'}`;
}
