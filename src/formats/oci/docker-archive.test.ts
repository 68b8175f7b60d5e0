// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSavedImages, digestOfMember } from './docker-archive.ts';

const hex = 'ab'.repeat(32);
const image = {
  Config: `${hex}.json`,
  RepoTags: ['a:1'],
  Layers: ['x/layer.tar', './y//layer.tar'],
};

function decode(value: unknown) {
  return decodeSavedImages(Buffer.from(JSON.stringify(value)));
}

test('images are listed with their members', () => {
  assert.deepEqual(
    decode([image, { Config: `blobs/sha256/${hex}`, RepoTags: null, Layers: null }]),
    [
      { config: `${hex}.json`, layers: ['x/layer.tar', 'y/layer.tar'], names: ['a:1'] },
      { config: `blobs/sha256/${hex}`, layers: [], names: [] },
    ],
  );
  assert.deepEqual(decode([]), []);
});

test('what is no list of images is refused', () => {
  for (const value of [
    null,
    {},
    [null],
    [{}],
    [{ Config: 1 }],
    [{ Config: '' }],
    [{ Config: '../../etc/shadow' }],
    [{ ...image, Layers: [1] }],
    [{ ...image, Layers: ['a/../../b'] }],
    [{ ...image, RepoTags: 'a:1' }],
  ])
    assert.throws(() => decode(value), { code: 'invalid' }, JSON.stringify(value));
});

test('a member that is named after its digest tells it', () => {
  assert.equal(digestOfMember(`${hex}.json`), `sha256:${hex}`);
  assert.equal(digestOfMember(`${hex}.tar`), `sha256:${hex}`);
  assert.equal(digestOfMember(`blobs/sha256/${hex}`), `sha256:${hex}`);
  for (const name of [`${hex}/layer.tar`, `blobs/sha512/${hex}`, 'manifest.json', `x/${hex}.json`])
    assert.equal(digestOfMember(name), undefined);
});
