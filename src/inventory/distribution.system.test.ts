// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataFolder, noData } from '../../testing/data.ts';
import { distributionOf } from '../../testing/distribution-of.ts';

const now = new Date('2026-01-15T12:00:00Z');

test('the Alpine root file systems are told by branch', { skip: noData }, () => {
  for (const [name, ecosystem] of [
    ['3.9.6-x86_64', 'Alpine:v3.9'],
    ['3.12.12-x86_64', 'Alpine:v3.12'],
    ['3.16.9-x86_64', 'Alpine:v3.16'],
    ['3.18.9-x86_64', 'Alpine:v3.18'],
    ['3.19.4-x86_64', 'Alpine:v3.19'],
    ['3.20.3-aarch64', 'Alpine:v3.20'],
    ['edge-20240923-x86_64', 'Alpine:edge'],
  ] as const) {
    const archive = join(dataFolder, 'rootfs', `alpine-minirootfs-${name}.tar.gz`);
    const read = (path: string): string =>
      spawnSync('tar', ['-xzOf', archive, `.${path}`], { encoding: 'utf8' }).stdout;
    const text = read('/etc/os-release') || read('/usr/lib/os-release');
    assert.equal(distributionOf({ '/etc/os-release': text }, now)?.ecosystem, ecosystem, name);
    assert.equal(
      distributionOf({ '/etc/alpine-release': read('/etc/alpine-release') }, now)?.ecosystem,
      ecosystem,
    );
  }
});
