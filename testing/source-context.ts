// SPDX-License-Identifier: Apache-2.0
// What image sources are handed, for tests: no network unless the test gives one.
import type { SourceContext } from '../src/image/image-source.ts';
import { silentProgress } from '../src/model/progress.ts';
import { poisonedHttpClient } from './poisoned-http-client.ts';

export function sourceContext(given: Partial<SourceContext> = {}): SourceContext {
  return {
    http: poisonedHttpClient(),
    env: {},
    plainHttp: false,
    progress: silentProgress,
    ...given,
  };
}
