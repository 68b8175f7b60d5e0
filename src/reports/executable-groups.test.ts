// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { UnownedExecutable } from '../model/inventory.ts';
import { groupExecutables } from './executable-groups.ts';

function elf(path: string, layer?: number): UnownedExecutable {
  return { path, kind: 'elf', sizeBytes: 1, ...(layer === undefined ? {} : { layer }) };
}

function many(folder: string, count: number, layer?: number): readonly UnownedExecutable[] {
  return Array.from({ length: count }, (_, index) => elf(`${folder}/${index}.so`, layer));
}

function shown(executables: readonly UnownedExecutable[], linesMax = 5): readonly string[] {
  return groupExecutables(executables, linesMax).map((group) =>
    group.kind === 'file'
      ? group.file.path
      : `${group.path} ${group.count}${group.layer === undefined ? '' : ` in ${group.layer}`}`,
  );
}

test('few are named', () => {
  assert.deepEqual(shown([elf('/b'), elf('/a/b/c'), elf('/a/b/d')]), ['/a/b/c', '/a/b/d', '/b']);
});

test('a folder with a thousand is one line, at its own depth, beside what stands alone', () => {
  const all = [...many('/root/.pyenv/versions/3.11/lib', 1000, 2), elf('/app/server')];
  assert.deepEqual(shown(all), ['/app/server', '/root/.pyenv/versions/3.11/lib/ 1000 in 2']);
});

test('the largest folder is opened first', () => {
  const all = [...many('/opt/a/x', 50, 1), ...many('/opt/a/y', 40, 2), ...many('/usr/b', 6, 0)];
  assert.deepEqual(shown(all), ['/opt/a/x/ 50 in 1', '/opt/a/y/ 40 in 2', '/usr/b/ 6 in 0']);
});

test('setuid ones are named, however many', () => {
  const setuid = many('/s', 30).map((one) => ({ ...one, setuid: true }));
  const lines = shown([...setuid, ...many('/t', 30)]);
  assert.equal(lines.length, 31);
  assert.deepEqual(lines.at(-1), '/t/ 30');
});

test('layers are told where they agree', () => {
  assert.deepEqual(shown([...many('/a', 9, 1), elf('/a/z', 2)]), ['/a/ 10']);
});

test('none, and a path of a thousand folders', () => {
  assert.deepEqual(shown([]), []);
  const deep = `${'/a'.repeat(1000)}/x`;
  assert.deepEqual(shown([elf(deep)]), [deep]);
});

test('every executable is in exactly one line, and few folders need few lines', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((list) => `/${list.join('/')}.x`);
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 200 }), (paths) => {
      const groups = groupExecutables(
        paths.map((one) => elf(one)),
        10,
      );
      const counts = paths.map(
        (one) =>
          groups.filter((group) =>
            group.kind === 'file' ? group.file.path === one : one.startsWith(group.path),
          ).length,
      );
      assert.deepEqual(
        counts,
        paths.map(() => 1),
      );
      assert.ok(groups.length <= 10);
    }),
  );
});
