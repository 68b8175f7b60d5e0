// SPDX-License-Identifier: Apache-2.0
// Real archives: those of Debian's Java packages, whose coordinates Debian's Maven repository
// (/usr/share/maven-repo/<group>/<artifact>/<version>/) records independently of their content.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { plugin } from './plugin.ts';

const repository = '/usr/share/maven-repo';

interface Recorded {
  readonly path: string;
  readonly coordinates: string;
}

/** Folders of `debian` and `3.x` only point to what another one records. */
function recorded(): readonly Recorded[] {
  return globSync(`${repository}/**/*.jar`).flatMap((path) => {
    const parts = path.slice(repository.length + 1).split('/');
    const [artifact, version] = parts.slice(-3);
    const group = parts.slice(0, -3).join('.');
    if (basename(path) !== `${artifact}-${version}.jar` || !/^\d/.test(version!)) return [];
    if (/(?:^|\.)x$/.test(version!) || !existsSync(path)) return [];
    return [{ path, coordinates: `${group}:${artifact} ${version}` }];
  });
}

const known = recorded();
test(
  'artifacts with project files are those that the Maven repository records',
  { skip: known.length > 0 ? false : `${repository} holds no archive` },
  async () => {
    let compared = 0;
    for (const { path, coordinates } of known) {
      const { packages, issues } = await runEcosystem(plugin, { [path]: readFileSync(path) });
      assert.deepEqual(issues, [], path);
      const own = packages.find(({ package: item }) => item.locations[0]?.path === path)?.package;
      if (own?.detail?.['identifiedBy'] !== 'pom.properties') continue;
      assert.equal(`${own.name} ${own.version}`, coordinates, path);
      compared++;
    }
    assert.ok(compared > 0);
  },
);
