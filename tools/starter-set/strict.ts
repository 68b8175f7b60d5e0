// SPDX-License-Identifier: Apache-2.0
import type { IssueSink } from '../../src/model/issue.ts';

/** A broken record of the kit is a mistake in the selection. */
export const strict: IssueSink = {
  add: ({ message, where }) => {
    throw new Error(`${where}: ${message}`);
  },
};
