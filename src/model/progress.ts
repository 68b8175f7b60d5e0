// SPDX-License-Identifier: Apache-2.0
// How long work tells what it is doing; the command line draws it on a terminal.

export interface ProgressTask {
  /** Adds to the amount done, in the task's unit. */
  advance(amount: number): void;
  /** Ends the task; `note` replaces its figures, e.g. `not modified`. */
  done(note?: string): void;
}

export interface Progress {
  /** `total` is absent where nobody knows it yet. */
  start(label: string, unit: 'bytes' | 'items', total?: number): ProgressTask;
  /** One line that stays, e.g. `fetching advisories for Debian:12`. */
  note(message: string): void;
}

/** For callers without a terminal. */
export const silentProgress: Progress = {
  start: () => ({ advance: () => {}, done: () => {} }),
  note: () => {},
};
