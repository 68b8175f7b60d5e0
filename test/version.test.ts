// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { version } from '../src/model/version.ts';
import { sourceText } from '../testing/source-files.ts';

test('the program tells the version of its package', () => {
  const manifest = JSON.parse(sourceText('package.json')) as { version: string };
  assert.equal(version, manifest.version);
});

test('every dependency is pinned exactly and has its line in docs/dependencies.md', () => {
  const manifest = JSON.parse(sourceText('package.json')) as Record<string, Record<string, string>>;
  const text = sourceText('docs/dependencies.md');
  for (const group of ['dependencies', 'optionalDependencies', 'devDependencies'])
    for (const [name, wanted] of Object.entries(manifest[group]!)) {
      assert.match(wanted, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name} is not pinned`);
      assert.ok(text.includes(`\`${name}\``), `${name} has no line in docs/dependencies.md`);
    }
});

test('the lock file names no download host, so any mirror serves', () => {
  assert.ok(!/"resolved": "http/.test(sourceText('package-lock.json')));
});
