// SPDX-License-Identifier: Apache-2.0
// Which program takes an inventory. A published program is told by its version; in a source checkout
// the code changes under one version, and a stored inventory must not hide what a change does.
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../model/version.ts';

/** What an inventory is made with. */
const folders = ['formats', 'image', 'inventory', 'model'];

let known: string | undefined;

/** The same as long as inventories would come out the same; changes with every edit of a checkout. */
export function codeFingerprint(): string {
  known ??= import.meta.filename?.endsWith('.ts')
    ? fingerprintOfSources(join(import.meta.dirname, '..'))
    : version;
  return known;
}

/** By sizes and times: 200 files are looked at in milliseconds, and read in fifty. */
export function fingerprintOfSources(source: string): string {
  const hash = createHash('sha256').update(version);
  for (const folder of folders)
    for (const name of filesIn(join(source, folder))) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const { size, mtimeMs } = statSync(join(source, folder, name));
      hash.update(`${folder}/${name} ${size} ${mtimeMs}\n`);
    }
  return hash.digest('hex');
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}
