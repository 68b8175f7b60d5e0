// SPDX-License-Identifier: Apache-2.0
// The document itself is tested beside its writer, src/formats/spdx/encode.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeAssessment } from '../../../testing/assessments.ts';
import { plugin } from './plugin.ts';

test('spdx: an inventory as one document, hidden packages on demand', () => {
  for (const showHidden of [false, true]) {
    const text = [
      ...plugin.render(madeAssessment, {
        color: false,
        width: 80,
        verbose: false,
        showHidden,
        now: new Date('2026-11-25T12:00:00Z'),
        toolVersion: '0.1.0',
      }),
    ].join('');
    const document = JSON.parse(text) as { readonly spdxVersion: string };
    assert.equal(document.spdxVersion, 'SPDX-2.3');
    assert.equal(text.includes('"name":"org.apache.logging.log4j:log4j-core"'), showHidden);
    assert.ok(text.endsWith('}\n'));
  }
});
