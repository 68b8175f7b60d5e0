// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A new empty folder with a short path (sockets must fit in 108 bytes), removed after the test. */
export function temporaryFolder(context: { after(step: () => void): void }): string {
  const folder = mkdtempSync(join('/tmp', 'plimsoll-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
