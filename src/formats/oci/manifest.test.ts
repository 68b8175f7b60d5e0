// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlimsollError } from '../../model/errors.ts';
import { decodeManifest, layersMax, manifestSizeBytesMax } from './manifest.ts';
import { dockerIndex, dockerManifest, ociIndex, ociManifest } from './media-types.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 7 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 9 };
const manifest = { schemaVersion: 2, mediaType: ociManifest, config, layers: [layer] };
const index = {
  schemaVersion: 2,
  mediaType: ociIndex,
  manifests: [{ ...config, mediaType: ociManifest }],
};

function bytes(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

test('a manifest is read, with or without its media type', () => {
  for (const [value, declared] of [
    [manifest, undefined],
    [manifest, ociManifest],
    [manifest, `${ociManifest}; charset=utf-8`],
    [manifest, 'application/octet-stream'],
    [{ ...manifest, mediaType: undefined }, ociManifest],
    [{ ...manifest, mediaType: undefined }, undefined],
    [{ ...manifest, mediaType: dockerManifest }, dockerManifest],
    [{ ...manifest, annotations: null, layers: [{ ...layer, urls: null }] }, undefined],
  ] as const) {
    const decoded = decodeManifest(bytes(value), declared);
    assert.equal(decoded.kind, 'manifest');
    assert.equal(decoded.layers[0]?.sizeBytes, 9);
    assert.equal(decoded.config.digest, digest);
  }
});

test('an index is read with its platforms', () => {
  const platform = { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1' };
  for (const mediaType of [ociIndex, dockerIndex, undefined]) {
    const value = { ...index, mediaType, manifests: [{ ...index.manifests[0], platform }] };
    const decoded = decodeManifest(bytes(value));
    assert.equal(decoded.kind, 'index');
    assert.deepEqual(decoded.manifests[0]?.platform, {
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
      osVersion: '1',
    });
  }
  const empty = decodeManifest(bytes({ schemaVersion: 2, manifests: [] }), ociIndex);
  assert.equal(empty.kind, 'index');
});

const refused: readonly (readonly [string, unknown, string | undefined, string, RegExp])[] = [
  ['no JSON', '{', undefined, 'invalid', /not JSON/],
  ['a list', [], undefined, 'invalid', /not a JSON object/],
  ['null', null, undefined, 'invalid', /not a JSON object/],
  ['nothing in it', { schemaVersion: 2 }, undefined, 'invalid', /neither layers nor manifests/],
  ['no version', { ...manifest, schemaVersion: undefined }, undefined, 'invalid', /schemaVersion/],
  ['schema 1', { schemaVersion: 1, fsLayers: [] }, undefined, 'unsupported', /schema 1/],
  [
    'schema 1 by its type',
    { ...manifest, mediaType: undefined },
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'unsupported',
    /schema 1/,
  ],
  [
    'two images in one (CVE-2021-41190)',
    { ...manifest, ...index },
    undefined,
    'invalid',
    /both manifests and layers/,
  ],
  ['another type than announced (CVE-2021-41190)', manifest, ociIndex, 'invalid', /announced as/],
  [
    'a manifest called an index',
    { ...manifest, mediaType: ociIndex },
    undefined,
    'invalid',
    /is a document of kind manifest/,
  ],
  [
    'an unknown type',
    { ...manifest, mediaType: 'text/plain' },
    undefined,
    'unsupported',
    /text\/plain/,
  ],
  ['a type that is no text', { ...manifest, mediaType: 3 }, undefined, 'invalid', /mediaType is 3/],
  [
    'no config',
    { ...manifest, config: undefined },
    undefined,
    'invalid',
    /config: it is undefined/,
  ],
  [
    'a digest that is a path',
    { ...manifest, layers: [{ ...layer, digest: 'sha256:../../x' }] },
    undefined,
    'invalid',
    /layers\[0\]: digest is "sha256:\.\.\/\.\.\/x"/,
  ],
  [
    'a negative size',
    { ...manifest, layers: [{ ...layer, size: -1 }] },
    undefined,
    'invalid',
    /layers\[0\]: size is -1/,
  ],
  [
    'a size that is text',
    { ...manifest, layers: [{ ...layer, size: '9' }] },
    undefined,
    'invalid',
    /size is "9"/,
  ],
  [
    'an absurd size',
    { ...manifest, layers: [{ ...layer, size: 1e300 }] },
    undefined,
    'invalid',
    /size is 1e\+300/,
  ],
  ['layers that are no list', { ...manifest, layers: {} }, undefined, 'invalid', /layers is \{\}/],
  [
    'too many layers',
    { ...manifest, layers: Array.from({ length: layersMax + 1 }, () => 0) },
    undefined,
    'limit',
    /at most 4096/,
  ],
  ['too large', ' '.repeat(manifestSizeBytesMax + 1), undefined, 'limit', /at most 4194304/],
];
for (const [name, value, declared, code, message] of refused)
  test(`a manifest with ${name} is refused`, () => {
    assert.throws(() => decodeManifest(bytes(value), declared), { code, message });
  });

test('bytes that are not UTF-8 are refused', () => {
  const damaged = Buffer.concat([bytes(manifest).subarray(0, 20), Uint8Array.of(0xff)]);
  assert.throws(() => decodeManifest(damaged), { code: 'invalid', message: /not UTF-8/ });
});

test('a deeply nested document neither crashes nor hangs', () => {
  const text = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
  assert.throws(() => decodeManifest(bytes(text)), { code: 'invalid' });
});

test('any JSON value is read or refused in our own words', () => {
  const part = fc.oneof(fc.jsonValue(), fc.constant(layer), fc.constant([layer]), fc.constant(2));
  const names = ['schemaVersion', 'mediaType', 'config', 'layers', 'manifests', 'annotations'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), part), (value) => {
      try {
        decodeManifest(bytes(value));
      } catch (error) {
        assert.ok(error instanceof PlimsollError, String(error));
      }
    }),
  );
});
