// SPDX-License-Identifier: Apache-2.0
// The program's surroundings as a command sees them: output, environment, colours, the user's
// interrupt. Tests hand in their own.
import type { Progress } from '../model/progress.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the text is taken; a reader that went away ends the program quietly. */
  write(text: string): Promise<void>;
  /** For people beside the result: standard error. */
  note(text: string): void;
  readonly color: boolean;
  /** Columns of standard output; 120 where it is no terminal. */
  readonly width: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: Date;
}

export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const widthWithoutTerminal = 120;

/** `NO_COLOR` (https://no-color.org/) wins over `FORCE_COLOR`, that over whether a terminal reads. */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  stream: Stream,
): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** `COLUMNS` wins, then the terminal's own width. */
export function widthOf(env: Readonly<Record<string, string | undefined>>, stream: Stream): number {
  const columns = Number(env['COLUMNS']);
  if (Number.isInteger(columns) && columns >= 40 && columns <= 1000) return columns;
  return stream.columns && stream.columns >= 40 ? stream.columns : widthWithoutTerminal;
}
