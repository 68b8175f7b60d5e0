// SPDX-License-Identifier: Apache-2.0
// What the documents point at exists: links, commands, environment variables, exit codes.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { commands } from '../src/cli/commands.ts';
import { pluginKinds } from '../tools/plugin-kinds.ts';
import { projectRoot, sourceFiles, sourceText } from '../testing/source-files.ts';

const documents = sourceFiles('*.md', 'docs/**/*.md');

test('every relative link leads to a file', () => {
  const broken = documents.flatMap((document) =>
    [...sourceText(document).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1]!)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(projectRoot, dirname(document), target)))
      .map((target) => `${document}: ${target}`),
  );
  assert.ok(documents.length > 5);
  assert.deepEqual(broken, []);
});

test('every `npm run` that a document names is a script', () => {
  const { scripts } = JSON.parse(sourceText('package.json')) as { scripts: Record<string, string> };
  for (const document of documents)
    for (const [, name] of sourceText(document).matchAll(/npm run (?:-s )?([a-z]+)/g))
      assert.ok(Object.hasOwn(scripts, name!), `${document}: npm run ${name}`);
});

test('every option that a document shows with a command is one of its options', async () => {
  const loaded = await Promise.all(commands.map(({ load }) => load()));
  for (const document of documents)
    for (const [line] of sourceText(document).matchAll(/plimsoll (scan|sbom|db)\b[^\n`]*/g)) {
      const command = loaded.find(({ path }) => line.startsWith(`plimsoll ${path.join(' ')}`));
      if (command === undefined) continue;
      const known = [...command.options.map(({ name }) => name), 'help'];
      for (const [, option] of line.split(' # ')[0]!.matchAll(/ --([a-z][a-z-]+)/g))
        assert.ok(known.includes(option!), `${document}: ${line}`);
    }
});

test('CONTRIBUTING has a recipe for each kind of plugin', () => {
  const text = sourceText('CONTRIBUTING.md');
  for (const kind of pluginKinds) assert.ok(text.includes(`(\`${kind.folder}/<id>/\`)`), kind.name);
});
