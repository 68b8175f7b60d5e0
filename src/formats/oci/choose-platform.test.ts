// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlatform } from '../../model/platform.ts';
import { choosePlatform } from './choose-platform.ts';
import type { Descriptor } from './descriptor.ts';
import type { ImageIndex } from './manifest.ts';
import { ociIndex, ociManifest } from './media-types.ts';

const host = parsePlatform('linux/amd64');

function indexOf(...names: readonly (string | Partial<Descriptor>)[]): ImageIndex {
  const manifests = names.map((name, number): Descriptor => {
    const digest = `sha256:${String(number).repeat(64)}` as const;
    const base = { mediaType: ociManifest, digest, sizeBytes: 1, urls: [], annotations: {} };
    return typeof name === 'string'
      ? { ...base, platform: parsePlatform(name) }
      : { ...base, ...name };
  });
  return { kind: 'index', mediaType: ociIndex, manifests, annotations: {} };
}

const attestation: Partial<Descriptor> = {
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};

const cases: readonly (readonly [string, ImageIndex, string | undefined, number])[] = [
  ['the host without a wish', indexOf('arm64', 'amd64'), undefined, 1],
  ['the wish', indexOf('arm64', 'amd64'), 'linux/arm64', 0],
  ['the first of equals', indexOf('amd64', 'amd64'), undefined, 0],
  ['arm64 is v8', indexOf('linux/arm64/v8', 'amd64'), 'arm64', 0],
  ['arm/v7 runs v6', indexOf('linux/arm/v5', 'linux/arm/v6'), 'linux/arm/v7', 1],
  ['arm/v6 does not run v7', indexOf('linux/arm/v7', 'linux/arm/v5'), 'linux/arm/v6', 1],
  ['attestations are no images', indexOf(attestation, 'arm64'), undefined, 1],
  ['a lone image for elsewhere', indexOf('linux/s390x'), undefined, 0],
  ['a lone image without platform', indexOf('linux/s390x', {}), 'linux/amd64', 1],
  ['a nested index', indexOf({ mediaType: ociIndex }), 'linux/amd64', 0],
];
for (const [name, index, wish, want] of cases)
  test(`platform choice: ${name}`, () => {
    const wanted = wish === undefined ? undefined : parsePlatform(wish);
    assert.equal(choosePlatform(index, wanted, host), index.manifests[want]);
  });

test('what is not there is said with what is', () => {
  for (const [index, wish, hint] of [
    [indexOf('arm64', 'linux/s390x'), undefined, /linux\/arm64, linux\/s390x/],
    [indexOf('arm64'), 'linux/amd64', /linux\/arm64/],
    [indexOf(attestation), undefined, /holds no image/],
    [indexOf(), undefined, /holds no image/],
  ] as const)
    assert.throws(
      () => choosePlatform(index, wish === undefined ? undefined : parsePlatform(wish), host),
      { code: 'not-found', hint },
    );
});
