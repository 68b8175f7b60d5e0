// SPDX-License-Identifier: Apache-2.0
// The contract of a report: an assessment in, text out, nothing else. A report asks nobody, reads
// no clock and knows no terminal: what it needs of the outside comes in as options, so that the
// same assessment gives the same bytes. One folder per format, src/reports/<id>/plugin.ts,
// exporting `plugin`; the command line loads the one that `--format` names.
import type { Assessment } from '../model/assessment.ts';

/** Commands that offer a report. */
export type ReportCommand = 'scan' | 'sbom';

/** What policy made of the assessment: the exit code and, in words, why. */
export interface ReportVerdict {
  /** 0 clean, 1 over the bar, 2 cannot tell. */
  readonly exitCode: 0 | 1 | 2;
  /** One line each, e.g. `2 critical findings`; empty where nothing is to be said. */
  readonly reasons: readonly string[];
}

export interface ReportOptions {
  /** SGR colours may be written. */
  readonly color: boolean;
  /** Cells of a terminal's line. */
  readonly width: number;
  /** Nothing is shortened or left out. */
  readonly verbose: boolean;
  /** Lists packages that are only in earlier layers, and what is wrong with them. */
  readonly showHidden: boolean;
  /** The time that the report states and that ages are counted from. */
  readonly now: Date;
  readonly toolVersion: string;
  /** Absent where no bar was set. */
  readonly verdict?: ReportVerdict;
}

export interface Report {
  /** What `--format` names; the folder's name. */
  readonly id: string;
  /** For people: `SARIF 2.1.0`. */
  readonly title: string;
  readonly mediaType: string;
  readonly for: readonly ReportCommand[];
  /** Pieces of the text in order; joined they are the whole document, with a newline at its end. */
  render(assessment: Assessment, options: ReportOptions): Iterable<string>;
}
