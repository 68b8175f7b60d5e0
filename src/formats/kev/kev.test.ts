// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKev } from './kev.ts';

test('an entry of the catalogue', () => {
  const entry = { cveID: 'CVE-2021-44228', dateAdded: '2021-12-10', dueDate: '2021-12-24' };
  assert.deepEqual(decodeKev({ ...entry, knownRansomwareCampaignUse: 'Known' }), {
    cve: 'CVE-2021-44228',
    kev: { added: '2021-12-10', due: '2021-12-24', ransomware: true },
  });
  assert.equal(
    decodeKev({ ...entry, knownRansomwareCampaignUse: 'Unknown' })!.kev!.ransomware,
    false,
  );
  for (const wrong of [null, {}, { ...entry, cveID: 'x' }, { ...entry, dateAdded: 7 }])
    assert.equal(decodeKev(wrong), undefined);
});
