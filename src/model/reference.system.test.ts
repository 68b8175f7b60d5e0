// SPDX-License-Identifier: Apache-2.0
// The docker command parses a reference before it looks for its engine: it is asked whether it
// takes the same ones as we do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { invalidReferences, validReferences } from '../../testing/references.ts';
import { canRun, missing } from '../../testing/require.ts';

const skip = missing('engine', canRun('docker'));

function dockerAccepts(text: string): boolean {
  const { stderr } = spawnSync('docker', ['pull', '--quiet', '--', text], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], DOCKER_HOST: 'unix:///nonexistent/engine.sock' },
  });
  if (/Cannot connect|no such file|connection refused/i.test(stderr)) return true;
  assert.match(
    stderr,
    /invalid (reference|repository|checksum)|unsupported digest|must be lowercase|must not be (more|longer)|hexadecimal/i,
    text,
  );
  return false;
}

test('docker takes what we take', { skip }, () => {
  for (const [text] of validReferences) assert.ok(dockerAccepts(text), text);
});

test('docker refuses what we refuse', { skip }, () => {
  for (const [text] of invalidReferences) {
    if (text.length > 1000) continue;
    assert.ok(!dockerAccepts(text), text);
  }
});
