// SPDX-License-Identifier: Apache-2.0
// SARIF for code scanning services: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
import { jsonText } from '../../formats/json/stream.ts';
import type { Report } from '../report.ts';
import { sarifLog } from './log.ts';

export const plugin: Report = {
  id: 'sarif',
  title: 'SARIF 2.1.0',
  mediaType: 'application/sarif+json',
  for: ['scan'],
  *render(assessment, options) {
    // The log, its runs, a run, its results: a result stands on one line.
    yield* jsonText(sarifLog(assessment, options), 4);
    yield '\n';
  },
};
