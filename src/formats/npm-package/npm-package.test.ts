// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlimsollError } from '../../model/errors.ts';
import { npmInstallation, parseNpmPackage } from './npm-package.ts';

const parse = (value: unknown): ReturnType<typeof parseNpmPackage> =>
  parseNpmPackage(Buffer.from(JSON.stringify(value)));

test('licences in all the forms that were ever used', () => {
  for (const [fields, want] of [
    [{ license: '(MIT OR Apache-2.0)' }, '(MIT OR Apache-2.0)'],
    [{ license: { type: 'ISC', url: 'https://example.org' } }, 'ISC'],
    [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, '(MIT OR GPL-2.0)'],
    [{ licenses: ['BSD-3-Clause'] }, 'BSD-3-Clause'],
    [{ license: ['MIT', 'ISC'] }, '(MIT OR ISC)'],
    [{ license: '', licenses: [{ type: 'MIT' }] }, 'MIT'],
    [{ license: { type: 7 } }, undefined],
    [{ license: null }, undefined],
    [{ licenses: [['MIT']] }, undefined],
    [{}, undefined],
  ] as const)
    assert.equal(
      parse({ name: 'a', version: '1.0.0', ...fields })?.license,
      want,
      JSON.stringify(fields),
    );
});

test('a file that names no package is none', () => {
  for (const value of [
    {},
    { type: 'module' },
    { name: 'a' },
    { name: 'a', version: '' },
    { name: 'a', version: 'latest' },
    { name: 'a', version: 7 },
    { name: '../a', version: '1.0.0' },
    { name: 'a/b', version: '1.0.0' },
    { name: '@a', version: '1.0.0' },
    { name: 'a b', version: '1.0.0' },
    null,
    [],
    7,
  ])
    assert.equal(parse(value), undefined, JSON.stringify(value));
  assert.throws(() => parseNpmPackage(Buffer.from('{"name":')), { code: 'invalid' });
});

test('a byte order mark, a scope and an author', () => {
  assert.deepEqual(
    parseNpmPackage(
      Buffer.from('\ufeff{"name":"@s/n","version":"1.0.0-rc.1+b","author":{"name":"A"}}'),
    ),
    { name: '@s/n', version: '1.0.0-rc.1+b', author: 'A' },
  );
});

test('installed is what lies right in node_modules under a name', () => {
  for (const [path, want] of [
    ['/app/node_modules/a/package.json', 'a'],
    ['/app/node_modules/@s/a/package.json', '@s/a'],
    ['/usr/local/lib/node_modules/npm/node_modules/b/package.json', 'b'],
    ['/app/node_modules/.pnpm/c@1.0.0/node_modules/c/package.json', 'c'],
    ['/node_modules/a/package.json', 'a'],
    ['/app/package.json', undefined],
    ['/app/node_modules/a/test/package.json', undefined],
    ['/app/node_modules/a/dist/esm/package.json', undefined],
    ['/app/node_modules/@s/package.json', undefined],
    ['/app/node_modules/.cache/package.json', undefined],
    ['/app/node_modules/package.json', undefined],
    ['/app/my_node_modules/a/package.json', undefined],
  ] as const)
    assert.equal(npmInstallation(path)?.installedAs, want, path);
});

test('any JSON and any bytes give a package, nothing, or our own error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json().map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 50 }),
        fc.jsonValue().map((value) =>
          Buffer.from(
            JSON.stringify({
              name: 'a',
              version: '1',
              license: value,
              licenses: value,
              author: value,
            }),
          ),
        ),
      ),
      (bytes) => {
        try {
          parseNpmPackage(bytes);
        } catch (error) {
          assert.ok(error instanceof PlimsollError, String(error));
        }
      },
    ),
  );
});
