// SPDX-License-Identifier: Apache-2.0
// The style that a machine can hold. Where an old state is worse than the rule, the number here is
// a ratchet: it may only fall.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { sourceFiles, sourceText } from '../testing/source-files.ts';

const files = sourceFiles('{src,test,testing,tools,bench}/**/*.ts');
const production = files.filter((file) => file.startsWith('src/') && !file.endsWith('.test.ts'));

function offenders(
  all: readonly string[],
  isWrong: (file: string, text: string) => boolean,
): readonly string[] {
  return all.filter((file) => isWrong(file, sourceText(file)));
}

test('there are sources to check', () => assert.ok(files.length > 20));

test('each file starts with its licence line and says what it is', () => {
  assert.deepEqual(
    offenders(files, (_, text) => !text.startsWith('// SPDX-License-Identifier: Apache-2.0\n')),
    [],
  );
  assert.deepEqual(
    offenders(production, (_, text) => !text.split('\n')[1]!.startsWith('// ')),
    [],
  );
});

test('files are named in kebab-case, and not after nothing', () => {
  assert.deepEqual(
    files.filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.system)?(\.test|\.d)?\.ts$/.test(basename(file)),
    ),
    [],
  );
  assert.deepEqual(
    files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.ts$)/.test(file)),
    [],
  );
});

/** The words of a file's first comment, without its line breaks. */
function openingComment(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.slice(3))
    .join(' ');
}

/** Beyond this a file is a table or a state machine, and says so in its first comment. */
const linesMax = 450;

test('a long file says that it is a table or a state machine', () => {
  assert.deepEqual(
    offenders(
      production,
      (_, text) =>
        text.split('\n').length > linesMax &&
        !/\b(table|state machine)\b/i.test(openingComment(text)),
    ),
    [],
  );
});

const forbidden: readonly (readonly [string, RegExp])[] = [
  ['an enum', /^\s*(export\s+)?(const\s+)?enum\s/m],
  ['a silenced check', /@ts-ignore|@ts-nocheck|oxlint-disable|eslint-disable/],
  ['an unfinished mark', /\b(TODO|FIXME|XXX|HACK)\b/],
  ['an interface named with I', /\binterface I[A-Z][a-z]/],
  ['a default export', /^export default\b/m],
];

/** Node.js takes a reporter by its default export. */
const demanded = ['tools/totals-reporter.ts: a default export'];

test('what the house style forbids is absent', () => {
  const found = files
    .filter((file) => !file.endsWith('test/tidy.test.ts'))
    .flatMap((file) =>
      forbidden
        .filter(([, pattern]) => pattern.test(sourceText(file)))
        .map(([name]) => `${file}: ${name}`),
    );
  assert.deepEqual(found, demanded);
});

test('only the command line writes to the process streams', () => {
  assert.deepEqual(
    offenders(
      production.filter((file) => !file.startsWith('src/cli/')),
      (_, text) => /process\.(stdout|stderr)|console\./.test(text),
    ),
    [],
  );
});

test('no test asserts a duration', () => {
  assert.deepEqual(
    offenders(
      files.filter((file) => file.endsWith('.test.ts') && !file.endsWith('tidy.test.ts')),
      (_, text) => /assert[^\n]*(elapsed|durationMs|performance\.now)/.test(text),
    ),
    [],
  );
});
