// SPDX-License-Identifier: Apache-2.0
// The report for programs: everything that is known, under names that stay.
// Described by docs/schema/scan-1.schema.json.
import { jsonText } from '../../formats/json/stream.ts';
import type { Report } from '../report.ts';
import { scanDocument } from './document.ts';

export const plugin: Report = {
  id: 'json',
  title: 'JSON, the complete result',
  mediaType: 'application/json',
  for: ['scan'],
  *render(assessment, options) {
    // The document, its lists, their items: an item stands on one line.
    yield* jsonText(scanDocument(assessment, options), 2);
    yield '\n';
  },
};
