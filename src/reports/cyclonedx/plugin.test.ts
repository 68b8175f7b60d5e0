// SPDX-License-Identifier: Apache-2.0
// The document itself is tested beside its writer, src/formats/cyclonedx/encode.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { madeAssessment } from '../../../testing/assessments.ts';
import { plugin } from './plugin.ts';

test('cyclonedx: a scan and an inventory as one valid document, hidden packages on demand', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
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
    assert.match(text, /"specVersion": "1\.6"/);
    assert.equal(
      text.includes('"group":"org.apache.logging.log4j","name":"log4j-core"'),
      showHidden,
    );
    assert.ok(text.endsWith('}\n'));
    // Which data judged it, and how old that is.
    const [judged] = madeAssessment.coverage.data.filter(({ feeds }) => feeds.length > 0);
    assert.ok(text.includes(`plimsoll:advisories:${judged!.ecosystem}`));
    assert.ok(text.includes(`as of ${judged!.feeds[0]!.asOf}`));
  }
});
