// SPDX-License-Identifier: Apache-2.0
// Holds the direction of imports that ARCHITECTURE.md draws: who may know whom, no plugin knows a
// sibling, the network and FFI have one door each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, sourceFiles } from '../testing/source-files.ts';
import { pluginKinds } from '../tools/plugin-kinds.ts';

/** Folders by level; a folder may import from lower levels and itself, never from its own level's others. */
const levels: readonly (readonly string[])[] = [
  ['model'],
  ['formats'],
  ['network', 'host', 'store'],
  ['engine', 'registry'],
  ['image'],
  ['program'],
  ['inventory', 'vulnerability', 'provenance', 'audit', 'profile', 'runtime', 'access', 'policy'],
  ['reports', 'notify'],
  ['flows'],
  ['server', 'cli'],
];

const levelOf = new Map(
  levels.flatMap((names, level) => names.map((name) => [name, level] as const)),
);

function area(file: string): string {
  return file.split('/')[1]!;
}

const isTest = (file: string): boolean => file.endsWith('.test.ts');
const production = sourceFiles('src/**/*.ts').filter((file) => !isTest(file));

/** The first complaint about one import, if any. */
function complaint(file: string, target: string): string | undefined {
  const from = area(file);
  const to = area(target);
  if (!target.startsWith('src/')) return `${file} imports ${target}, which is not shipped`;
  if (isTest(target)) return `${file} imports the test ${target}`;
  if (from === to) return undefined;
  const fromLevel = levelOf.get(from);
  const toLevel = levelOf.get(to);
  if (fromLevel === undefined || toLevel === undefined)
    return `${from} or ${to} has no level in test/architecture.test.ts`;
  return toLevel < fromLevel ? undefined : `${file} imports ${target}: ${from} must not know ${to}`;
}

test('every folder of src has a level', () => {
  const folders = new Set(sourceFiles('src/*/**/*.ts').map(area));
  assert.ok(folders.size > 5);
  assert.deepEqual(
    [...folders].filter((name) => !levelOf.has(name)),
    [],
  );
});

test('imports go down, never up or sideways', () => {
  const complaints = production.flatMap((file) =>
    importsOf(file).flatMap(({ target }) =>
      target === undefined ? [] : (complaint(file, target) ?? []),
    ),
  );
  assert.deepEqual(complaints, []);
});

test('the check sees a wrong direction', () => {
  assert.match(complaint('src/model/x.ts', 'src/cli/main.ts') ?? '', /must not know/);
  assert.match(complaint('src/policy/x.ts', 'src/inventory/y.ts') ?? '', /must not know/);
  assert.equal(complaint('src/flows/x.ts', 'src/inventory/y.ts'), undefined);
});

test('a plugin imports its contract, the model and formats, never a sibling', () => {
  const complaints: string[] = [];
  for (const kind of pluginKinds) {
    const contractFolder = kind.folder;
    for (const file of production.filter((name) => name.startsWith(`${contractFolder}/`))) {
      const plugin = file.slice(contractFolder.length + 1).split('/')[0]!;
      if (plugin.endsWith('.ts')) continue;
      for (const { target } of importsOf(file)) {
        const inSibling =
          target?.startsWith(`${contractFolder}/`) &&
          !target.startsWith(`${contractFolder}/${plugin}/`);
        const isShared =
          target !== undefined &&
          /\/[^/]+\.ts$/.test(target) &&
          target.slice(contractFolder.length + 1).split('/').length === 1;
        if (inSibling && !isShared) complaints.push(`${file} imports ${target}`);
      }
    }
  }
  assert.deepEqual(complaints, []);
});

/** Built-in modules with one door each. */
const doors: readonly { readonly modules: RegExp; readonly folders: readonly string[] }[] = [
  { modules: /^node:ffi$/, folders: ['src/host/'] },
  { modules: /^node:(http|https|http2|net|tls|dgram)$/, folders: ['src/network/', 'src/engine/'] },
  {
    modules: /^node:sqlite$/,
    folders: ['src/store/', 'src/formats/rpm/', 'src/vulnerability/', 'src/image/'],
  },
];

test('the network, SQLite and FFI are reached through their own folders', () => {
  const complaints = production.flatMap((file) =>
    importsOf(file).flatMap(({ specifier, typeOnly }) =>
      doors
        .filter(
          (door) =>
            !typeOnly &&
            door.modules.test(specifier) &&
            !door.folders.some((folder) => file.startsWith(folder)),
        )
        .map(() => `${file} imports ${specifier}`),
    ),
  );
  assert.deepEqual(complaints, []);
});

test('model and formats do no input or output', () => {
  const complaints = production
    .filter((file) => /^src\/(model|formats)\//.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) =>
          /^node:(fs|child_process|http|https|net|worker_threads|os)/.test(specifier),
        )
        .map(({ specifier }) => `${file} imports ${specifier}`),
    );
  assert.deepEqual(complaints, []);
});
