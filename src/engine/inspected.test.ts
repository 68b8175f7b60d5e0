// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlimsollError } from '../model/errors.ts';
import { IssueList } from '../model/issue.ts';
import { decodeChanges, decodeContainer, decodeImage } from './inspected.ts';

const hex = 'ab'.repeat(32);
const diffId = `sha256:${'cd'.repeat(32)}`;
const inspection = {
  Id: `sha256:${hex}`,
  RepoTags: ['a:1', '<none>:<none>'],
  RepoDigests: null,
  Created: '2024-01-02T03:04:05Z',
  Architecture: 'amd64',
  Os: 'linux',
  Config: { Env: ['A=b'] },
  RootFS: { Type: 'layers', Layers: [diffId, diffId] },
};

/** The last step first, as engines list them: text and size. */
function stepsOf(history: readonly (readonly [string, number])[], layers: number) {
  const value = {
    ...inspection,
    RootFS: { Layers: Array.from({ length: layers }, () => diffId) },
  };
  const listed = history.map(([CreatedBy, Size]) => ({ CreatedBy, Size, Created: 1 })).toReversed();
  return decodeImage(value, listed, new IssueList()).config.history.map(
    ({ emptyLayer }) => !emptyLayer,
  );
}

test('an image is read', () => {
  const image = decodeImage(inspection, [], new IssueList());
  assert.equal(image.identity.config, `sha256:${hex}`);
  assert.deepEqual(image.identity.names, ['a:1']);
  assert.deepEqual(image.identity.diffIds, [diffId, diffId]);
  assert.deepEqual(image.config.env, ['A=b']);
});

test('an id without its algorithm, as podman writes it, is read', () => {
  const image = decodeImage({ ...inspection, Id: hex }, [], new IssueList());
  assert.equal(image.id, `sha256:${hex}`);
});

test('an id that is a manifest or an index is not taken for a config', () => {
  const withType = (mediaType: string) =>
    decodeImage(
      { ...inspection, Descriptor: { digest: inspection.Id, mediaType } },
      [],
      new IssueList(),
    ).identity;
  assert.equal(withType('application/vnd.oci.image.index.v1+json').index, inspection.Id);
  assert.equal(withType('application/vnd.oci.image.manifest.v1+json').manifest, inspection.Id);
  assert.equal(withType('application/vnd.oci.image.index.v1+json').config, undefined);
});

test('steps with a layer are told by size, and where that is open by their text', () => {
  assert.deepEqual(
    stepsOf(
      [
        ['ADD x', 5],
        ['ENV a', 0],
        ['COPY y', 3],
      ],
      2,
    ),
    [true, false, true],
  );
  assert.deepEqual(
    stepsOf(
      [
        ['ADD x', 5],
        ['WORKDIR /a', 0],
        ['/bin/sh -c #(nop)  CMD ["x"]', 0],
        ['RUN true', 0],
      ],
      3,
    ),
    [true, true, false, true],
  );
  assert.deepEqual(stepsOf([['ADD x', 0]], 0), [false]);
});

test('what an engine must not say is refused', () => {
  for (const value of [
    null,
    [],
    {},
    { ...inspection, Id: 'x' },
    { ...inspection, RootFS: { Layers: ['x'] } },
    { ...inspection, RootFS: 5 },
  ])
    assert.throws(() => decodeImage(value, [], new IssueList()), { code: 'invalid' });
  for (const value of [null, {}, { Id: '../x', Image: hex }, { Id: hex, Image: 'x' }])
    assert.throws(() => decodeContainer(value), { code: 'invalid' });
  for (const value of [
    {},
    [null],
    [{ Path: 'relative', Kind: 0 }],
    [{ Path: '/x', Kind: 3 }],
    [{ Path: 1, Kind: 0 }],
  ])
    assert.throws(() => decodeChanges(value), { code: 'invalid' });
  assert.equal(decodeChanges(null).size, 0);
});

test('any JSON is read or refused in our own words', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (config, history, layers) => {
      try {
        decodeImage(
          { ...inspection, Config: config, RootFS: { Layers: layers } },
          history,
          new IssueList(),
        );
        decodeChanges(history);
      } catch (error) {
        assert.ok(error instanceof PlimsollError, String(error));
      }
    }),
  );
});
