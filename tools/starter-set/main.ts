// SPDX-License-Identifier: Apache-2.0
// Writes src/vulnerability/starter/starter-set.json from the data kit: `node tools/starter-set/main.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, testData } from '../../testing/data.ts';
import { buildStarterSet, starterText } from './build.ts';

const set = await buildStarterSet({
  advisories: testData('advisories'),
  debian12: testData('debian12'),
  vulnrichment: join(dataFolder, 'cve-severity-vulnrichment-20241024.jsonl.zst'),
});
const file = join(
  import.meta.dirname,
  '..',
  '..',
  'src',
  'vulnerability',
  'starter',
  'starter-set.json',
);
writeFileSync(file, starterText(set));
console.log(`${set.advisories.length} advisories, ${set.enrichments.length} CVEs with more facts`);
