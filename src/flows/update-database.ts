// SPDX-License-Identifier: Apache-2.0
import type { PlimsollError } from '../model/errors.ts';
import type { SourceId, StoredSource } from '../vulnerability/store/advisory-store.ts';
export interface SourceOutcome extends SourceId {
  readonly outcome: 'updated' | 'current' | 'older' | 'absent' | 'failed';
  readonly source?: StoredSource;
  readonly error?: PlimsollError;
}
