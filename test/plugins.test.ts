// SPDX-License-Identifier: Apache-2.0
// Walks all plugins: the generated registries are current, ids equal folders, each has a test.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot, sourceFiles } from '../testing/source-files.ts';
import { pluginIds, registryFile, registryText } from '../tools/gen.ts';
import { pluginKinds } from '../tools/plugin-kinds.ts';

for (const kind of pluginKinds) {
  const ids = pluginIds(kind);

  test(`there are ${kind.name} plugins, and their registry is current`, () => {
    assert.ok(ids.length > 0);
    const file = registryFile(kind);
    assert.ok(existsSync(file), file);
    assert.equal(readFileSync(file, 'utf8'), registryText(kind), 'run `npm run gen`');
  });

  for (const id of ids) {
    test(`${kind.name} ${id} is named after its folder, has a title and a test`, async () => {
      const module = (await import(join(projectRoot, kind.folder, id, 'plugin.ts'))) as {
        plugin: { id: string; title: string };
      };
      assert.equal(module.plugin.id, id);
      assert.ok(module.plugin.title.length > 3);
      assert.ok(sourceFiles(`${kind.folder}/${id}/**/*.test.ts`).length > 0, 'has no test');
    });
  }
}

test('a stale registry is seen', () => {
  const kind = pluginKinds[0]!;
  assert.notEqual(registryText(kind), registryText({ ...kind, type: 'Other' }));
});
