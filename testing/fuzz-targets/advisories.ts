// SPDX-License-Identifier: Apache-2.0
// OSV records in JSON and YAML, and the evaluation of what they say.
import { readOsvJson, readOsvYaml } from '../../src/formats/osv/read-osv.ts';
import { IssueList } from '../../src/model/issue.ts';

export const name = 'advisories';

const record = {
  id: 'GHSA-1',
  modified: '2026-01-01T00:00:00Z',
  aliases: ['CVE-2026-0001'],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'a' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.2' }] }],
      versions: ['1.0', '1.1'],
    },
  ],
};

export function seeds(): Uint8Array[] {
  const yaml = `id: PYSEC-1
modified: 2026-01-01T00:00:00Z
affected:
- package: {name: a, ecosystem: PyPI}
  ranges:
  - type: ECOSYSTEM
    events: [{introduced: '0'}, {fixed: "1.2"}]
  versions: [1.0, '1.1']
`;
  return [Buffer.from(JSON.stringify(record)), Buffer.from(yaml)];
}

export function run(bytes: Uint8Array): void {
  readOsvJson(bytes, 'a.json', new IssueList());
  readOsvYaml(bytes, 'a.yaml', new IssueList());
}
