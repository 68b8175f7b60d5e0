// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf } from '../../../../testing/inventory-layers.ts';
import { plugin } from './plugin.ts';

test('a file that is no database is a gap, an empty one is none', async () => {
  for (const [content, want] of [
    ['this is no database', true],
    ['', false],
  ] as const) {
    const { gaps } = await inventoryOf([{ '/var/lib/rpm/Packages': content }], [plugin]);
    assert.equal(
      gaps.some(({ code }) => code === 'package-database-unreadable'),
      want,
    );
  }
});
