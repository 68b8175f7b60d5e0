// SPDX-License-Identifier: Apache-2.0
// The cases follow the rules of distribution/reference; reference.system.test.ts asks the docker
// command the same questions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { invalidReferences, validReferences } from '../../testing/references.ts';
import { PlimsollError } from './errors.ts';
import { familiarReference, formatReference, parseReference } from './reference.ts';

for (const [text, full, familiar] of validReferences)
  test(`reference ${text.slice(0, 60)} is ${full.slice(0, 60)}`, () => {
    const reference = parseReference(text);
    assert.equal(formatReference(reference), full);
    assert.equal(familiarReference(reference), familiar ?? full);
    assert.deepEqual(parseReference(full), reference, 'the full form means the same');
    assert.deepEqual(parseReference(familiarReference(reference)), reference);
  });

for (const [text, reason] of invalidReferences)
  test(`reference ${JSON.stringify(text.slice(0, 60))} is refused`, () => {
    assert.throws(
      () => parseReference(text),
      (error: unknown) => {
        assert.ok(error instanceof PlimsollError);
        assert.equal(error.code, 'usage');
        assert.match(error.message, reason);
        assert.ok(error.hint !== undefined && error.hint.length > 0);
        return true;
      },
    );
  });

test('a tag beside a digest is kept, and latest is not added to a digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  assert.deepEqual(parseReference(`alpine@${digest}`), {
    registry: 'docker.io',
    repository: 'library/alpine',
    digest,
  });
  assert.equal(parseReference(`alpine:3@${digest}`).tag, '3');
});

test('any text is either read or refused as usage, and what is read is stable', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('a', 'Z', '9', '.', '_', '-', '/', ':', '@', '[', ']', 'sha256:'), {
        maxLength: 30,
      })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (value) => {
      try {
        const reference = parseReference(value);
        assert.deepEqual(parseReference(formatReference(reference)), reference);
      } catch (error) {
        assert.ok(error instanceof PlimsollError && error.code === 'usage');
      }
    }),
  );
});
