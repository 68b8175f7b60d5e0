// SPDX-License-Identifier: Apache-2.0
// What every command ends with, and what a judgement of an image becomes.

/** Precedence, where several apply: error, over the bar, cannot tell, clean (docs/policy.md). */
export const exitCodes = { clean: 0, overTheBar: 1, cannotTell: 2, error: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
