// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildZip } from '../../../testing/zip-archive.ts';
import { IssueList } from '../../model/issue.ts';
import { sourceOfBytes } from '../byte-source/byte-source.ts';
import { readJavaArchive } from './java-archive.ts';

test('archives in archives share the memory that one may take', () => {
  // Inside of 100 MiB that are held another 100 MiB would be: they are refused, and what follows is not.
  const filler = { name: 'filler', content: Buffer.alloc(100 << 20) };
  const small = { name: 'small.jar', content: buildZip([]) };
  const inner = buildZip([{ ...filler, stored: true }, small]);
  const outer = buildZip([
    {
      name: 'a.jar',
      content: buildZip([
        { name: 'b.jar', content: inner },
        { ...filler, stored: true },
      ]),
    },
    small,
  ]);
  const list = new IssueList();
  const archives = readJavaArchive(sourceOfBytes(outer), list);
  const issues = list.toArray();
  assert.deepEqual(
    archives.map(({ member }) => member),
    ['', 'a.jar', 'small.jar'],
  );
  assert.match(issues[0]!.message, /"a\.jar!\/b\.jar"/);
  assert.equal(issues.length, 1);
});
