// SPDX-License-Identifier: Apache-2.0
// Work that writes to the advisory store: one at a time, whichever process does it.
import type { Progress } from '../model/progress.ts';
import { withFileLock } from '../store/file-lock.ts';
import { AdvisoryStore } from '../vulnerability/store/advisory-store.ts';

export interface StoreWork {
  /** The advisory store. */
  readonly file: string;
  /** How long another writer is waited for. */
  readonly waitMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** @throws `store`, `aborted`, and what `work` throws. */
export async function withAdvisoryStore<Result>(
  { file, waitMs, progress, signal }: StoreWork,
  work: (store: AdvisoryStore) => Promise<Result>,
): Promise<Result> {
  const onWait = (): void => progress.note('waiting for another update of the advisory store');
  return withFileLock(`${file}.lock`, { waitMs, signal, onWait }, async () => {
    const store = AdvisoryStore.open(file);
    try {
      return await work(store);
    } finally {
      store.close();
    }
  });
}
