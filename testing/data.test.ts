// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownFolder } from './data.ts';
import { missing } from './require.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Case {
  readonly name: string;
  readonly prepare: (path: string) => void;
  readonly isUsed: boolean;
  readonly skip?: string | false;
}

const cases: readonly Case[] = [
  { name: 'nothing yet', prepare: () => {}, isUsed: true },
  { name: 'our own folder', prepare: (path) => mkdirSync(path, { mode: 0o700 }), isUsed: true },
  { name: 'a folder that others read', prepare: (path) => mkdirSync(path), isUsed: false },
  {
    name: 'a folder that others write to',
    prepare: (path) => {
      mkdirSync(path);
      chmodSync(path, 0o1777);
    },
    isUsed: false,
  },
  {
    name: 'a link to our own folder',
    prepare: (path) => {
      mkdirSync(`${path}.real`, { mode: 0o700 });
      symlinkSync(`${path}.real`, path);
    },
    isUsed: false,
  },
  { name: 'a link to nothing', prepare: (path) => symlinkSync('/nowhere', path), isUsed: false },
  { name: 'a file', prepare: (path) => writeFileSync(path, '', { mode: 0o700 }), isUsed: false },
  {
    name: 'the folder of another user',
    prepare: (path) => {
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, 65_534, 65_534);
    },
    isUsed: false,
    skip: missing('root', process.getuid?.() === 0),
  },
];

for (const { name, prepare, isUsed, skip = false } of cases)
  test(`data: ${name} is ${isUsed ? '' : 'not '}used`, { skip }, (context) => {
    const path = join(temporaryFolder(context), 'data');
    prepare(path);
    const folder = ownFolder(path);
    assert.equal(folder === path, isUsed);
    assert.equal(lstatSync(folder).mode & 0o170777, 0o040700);
  });
