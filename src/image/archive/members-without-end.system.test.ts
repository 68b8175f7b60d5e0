// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTar } from '../../formats/tar/write-tar.ts';
import { asyncIterableOf } from '../async-iterable.ts';
import { membersMax, readMembers } from './read-members.ts';
import { StreamBytes } from './sequential-bytes.ts';

test('members without end are not gone through without end', async () => {
  const header = writeTar([{ path: 'x', content: '' }]).subarray(0, 512);
  const many = Buffer.concat(Array.from({ length: 1024 }, () => header));
  function* endless(): Generator<Uint8Array> {
    for (;;) yield many;
  }
  let count = 0;
  const run = async () => {
    for await (const member of readMembers(new StreamBytes(asyncIterableOf(endless()))))
      if (member.path) count++;
  };
  await assert.rejects(run(), { code: 'limit' });
  assert.equal(count, membersMax);
});
