// SPDX-License-Identifier: Apache-2.0
// A reporter (https://nodejs.org/api/test.html#custom-reporters) that says nothing, and at the end of
// a run writes how many tests passed, failed and were skipped into the file PLIMSOLL_TEST_TOTALS. A
// reporter's own destination cannot be a file under --permission: Node.js 26 flushes it by fsync.
import { writeFileSync } from 'node:fs';
import type { TestEvent } from 'node:test/reporters';

export interface TestTotals {
  readonly passed: number;
  /** Cancelled ones among them. */
  readonly failed: number;
  readonly skipped: number;
}

export default async function* totals(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    // Each file has a summary of its own; the one of the run names none.
    if (type !== 'test:summary' || data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = data.counts;
    const sums: TestTotals = { passed, failed: tests - passed - skipped - todo, skipped };
    writeFileSync(process.env['PLIMSOLL_TEST_TOTALS']!, JSON.stringify(sums));
  }
  yield '';
}
