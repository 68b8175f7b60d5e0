// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlimsollError } from '../../model/errors.ts';
import { IssueList } from '../../model/issue.ts';
import { decodeConfig } from './config.ts';
import { joinLayers, layersOfDiffIds } from './layers.ts';

const diffId = `sha256:${'cd'.repeat(32)}` as const;
const whole = {
  created: '2026-01-02T03:04:05Z',
  author: 'someone',
  architecture: 'arm64',
  os: 'linux',
  variant: 'v8',
  config: {
    User: '1000',
    Env: ['PATH=/bin'],
    Entrypoint: ['/app'],
    Cmd: ['--help'],
    WorkingDir: '/srv',
    ExposedPorts: { '80/tcp': {} },
    Volumes: { '/data': {} },
    Labels: { 'org.opencontainers.image.title': 'app', __proto__x: 'y' },
  },
  history: [{ created_by: 'ADD rootfs' }, { created_by: 'ENV A=b', empty_layer: true }],
  rootfs: { type: 'layers', diff_ids: [diffId] },
};

function decode(value: unknown) {
  const issues = new IssueList();
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { ...decodeConfig(bytes, issues), issues: issues.toArray() };
}

test('a whole config is read', () => {
  const { config, diffIds, platform, issues } = decode(whole);
  assert.deepEqual(issues, []);
  assert.deepEqual(diffIds, [diffId]);
  assert.deepEqual(platform, { os: 'linux', architecture: 'arm64', variant: 'v8' });
  assert.equal(config.user, '1000');
  assert.deepEqual(config.exposedPorts, ['80/tcp']);
  assert.deepEqual(config.volumes, ['/data']);
  assert.equal(config.labels['org.opencontainers.image.title'], 'app');
  assert.deepEqual(
    config.history.map(({ createdBy, emptyLayer }) => [createdBy, emptyLayer]),
    [
      ['ADD rootfs', false],
      ['ENV A=b', true],
    ],
  );
});

test('null and empty count as absent, as Go writes them', () => {
  const { config, diffIds, issues } = decode({
    config: { User: '', Env: null, Cmd: null, Labels: null, Volumes: null, WorkingDir: '' },
    history: null,
    rootfs: { diff_ids: null },
  });
  assert.deepEqual(issues, []);
  assert.deepEqual(diffIds, []);
  assert.equal(config.user, undefined);
  assert.deepEqual([config.env, config.cmd, config.volumes], [[], [], []]);
});

test('a damaged field is left out and recorded, the rest stays', () => {
  const { config, issues } = decode({
    ...whole,
    created: 7,
    config: { ...whole.config, Env: 'PATH', Cmd: [1] },
    history: [3],
  });
  assert.deepEqual(
    issues.map(({ code, fatal }) => [code, fatal]),
    Array.from({ length: 4 }, () => ['invalid-config', false]),
  );
  assert.deepEqual(config.entrypoint, ['/app']);
  assert.deepEqual([config.env, config.cmd, config.history], [[], [], []]);
});

test('a label called __proto__ is a label', () => {
  const { config } = decode('{"config":{"Labels":{"__proto__":"x"}},"rootfs":{}}');
  assert.deepEqual(Object.keys(config.labels), ['__proto__']);
});

test('diffIDs must be digests', () => {
  for (const diff_ids of [['sha256:1'], [1], {}, 'x'])
    assert.throws(() => decode({ rootfs: { diff_ids } }), { code: 'invalid' });
});

test('any JSON is read or refused in our own words', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (config, history, rootfs) => {
      try {
        decode({ config, history, rootfs });
      } catch (error) {
        assert.ok(error instanceof PlimsollError, String(error));
      }
    }),
  );
});

test('layers get the instruction that made them, empty ones skipped', () => {
  const issues = new IssueList();
  const { config } = decode(whole);
  const blob = { mediaType: 'm', digest: diffId, sizeBytes: 3 };
  assert.deepEqual(joinLayers([blob], [diffId], config.history, issues), [
    { index: 0, diffId, createdBy: 'ADD rootfs', ...blob },
  ]);
  assert.deepEqual(layersOfDiffIds([diffId], [], issues), [{ index: 0, diffId }]);
  assert.deepEqual(issues.toArray(), []);
});

test('lists that disagree are never paired by guess', () => {
  const issues = new IssueList();
  const { config } = decode(whole);
  const blob = { mediaType: 'm', digest: diffId, sizeBytes: 3 };
  const layers = joinLayers([blob, blob], [diffId], config.history, issues);
  assert.ok(layers.every((layer) => layer.diffId === undefined && layer.createdBy === undefined));
  assert.deepEqual(
    issues.toArray().map(({ code, fatal }) => [code, fatal]),
    [
      ['layer-count-mismatch', true],
      ['history-mismatch', false],
    ],
  );
});

test('a command of megabytes is cut', () => {
  const history = [{ created_by: `RUN ${' '.repeat(5e6)}` }];
  const bytes = Buffer.from(JSON.stringify({ ...whole, history }));
  const { config } = decodeConfig(bytes, new IssueList());
  assert.equal(config.history[0]?.createdBy?.length, 64 << 10);
});
