// SPDX-License-Identifier: Apache-2.0
// The document itself is tested beside its writer, src/formats/cyclonedx/encode.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { madeAssessment } from '../../../testing/assessments.ts';
import { plugin } from './plugin.ts';

test('cyclonedx-1.7: a scan and an inventory as one valid document, hidden packages on demand', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot7);
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
    assert.equal(await validator.validate(text), null);
    assert.match(text, /"specVersion": "1\.7"/);
    assert.equal(
      text.includes('"group":"org.apache.logging.log4j","name":"log4j-core"'),
      showHidden,
    );
    assert.ok(text.endsWith('}\n'));
  }
});
