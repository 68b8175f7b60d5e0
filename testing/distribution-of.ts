// SPDX-License-Identifier: Apache-2.0
import type { LocatedFact } from '../src/image/file-reader.ts';
import {
  distributionReader,
  findDistribution,
  type DistributionFact,
} from '../src/inventory/distribution.ts';
import type { Distribution } from '../src/model/distribution.ts';
import { IssueList } from '../src/model/issue.ts';
import { treeOf } from './paths-tree.ts';

/** What files tell of their distribution. Files by path; a text that starts with `-> ` is a link. */
export function distributionOf(
  files: Readonly<Record<string, string>>,
  now: Date,
): Distribution | undefined {
  const entries: Record<string, string> = {};
  const facts: LocatedFact<DistributionFact>[] = [];
  for (const [path, text] of Object.entries(files)) {
    entries[path] = text.startsWith('-> ') ? text : 'other';
    if (text.startsWith('-> ')) continue;
    const bytes = Buffer.from(text);
    const file = {
      path,
      sizeBytes: bytes.length,
      mode: 0o644,
      bytes: () => bytes,
      read: () => bytes,
    };
    const fact = distributionReader.read(file, { issues: new IssueList() });
    if (fact !== undefined) facts.push({ path, layer: 0, fact: fact as DistributionFact });
  }
  return findDistribution(facts, treeOf(entries), now);
}
