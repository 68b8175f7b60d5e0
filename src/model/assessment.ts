// SPDX-License-Identifier: Apache-2.0
// The whole answer to `scan`: an inventory, what is wrong with it, and how much of that is known.
import type { Coverage } from './coverage.ts';
import type { Finding } from './finding.ts';
import type { Inventory } from './inventory.ts';

export interface Assessment {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
}
