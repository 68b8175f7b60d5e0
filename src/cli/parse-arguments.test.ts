// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCode, PlimsollError } from '../model/errors.ts';
import type { Command } from './command.ts';
import { nearest, parseArguments } from './parse-arguments.ts';

const command: Command = {
  path: ['db', 'try'],
  summary: 'try',
  description: [],
  positionals: [
    { name: 'SOURCE', description: 'x', required: true },
    { name: 'TARGET', description: 'x', required: false },
  ],
  options: [
    { name: 'fail-on', value: 'LIST', multiple: true, description: 'x' },
    { name: 'format', short: 'f', value: 'FORMAT', choices: ['table', 'json'], description: 'x' },
    { name: 'kinds', value: 'LIST', multiple: true, choices: ['a', 'b'], description: 'x' },
    { name: 'verbose', short: 'v', description: 'x' },
  ],
  examples: [],
  run: async () => 0,
};

const many: Command = {
  ...command,
  positionals: [{ name: 'FILE', description: 'x', required: true, multiple: true }],
};

test('switches, values and their short forms', () => {
  const args = parseArguments(command, ['-v', 'web', '-f', 'json', '--fail-on=high']);
  assert.deepEqual(args.positionals, ['web']);
  assert.equal(args.has('verbose'), true);
  assert.equal(args.value('format'), 'json');
  assert.deepEqual(args.values('fail-on'), ['high']);
});

test('what is not given is not there', () => {
  const args = parseArguments(command, ['web']);
  assert.equal(args.has('verbose'), false);
  assert.equal(args.has('format'), false);
  assert.equal(args.value('format'), undefined);
  assert.deepEqual(args.values('fail-on'), []);
});

test('of an option given twice the last counts, of a list all', () => {
  const words = [
    'web',
    '-f',
    'table',
    '-f',
    'json',
    '--fail-on',
    'high, kev',
    '--fail-on',
    ',low,',
  ];
  const args = parseArguments(command, words);
  assert.equal(args.value('format'), 'json');
  assert.deepEqual(args.values('fail-on'), ['high', 'kev', 'low']);
});

test('behind -- everything is an argument', () => {
  assert.deepEqual(parseArguments(command, ['--', '-v', '--x']).positionals, ['-v', '--x']);
});

test('an empty value is a value', () => {
  const args = parseArguments(command, ['web', '--fail-on', '']);
  assert.equal(args.has('fail-on'), true);
  assert.equal(args.value('fail-on'), '');
  assert.deepEqual(args.values('fail-on'), []);
});

test('a last argument may take all that follow', () => {
  assert.deepEqual(parseArguments(many, ['a', 'b', 'c']).positionals, ['a', 'b', 'c']);
});

for (const [name, words, message] of [
  ['nothing given', [], 'plimsoll db try needs SOURCE'],
  ['too much', ['a', 'b', 'c'], 'plimsoll db try takes 2 at most, got "c" too'],
  ['a misspelt option', ['a', '--verbos'], 'unknown option "--verbos"; did you mean --verbose?'],
  ['an option of nobody', ['a', '--xyzzy'], 'unknown option "--xyzzy"'],
  ['an unknown short one', ['a', '-x'], 'unknown option "-x"'],
  ['no choice', ['a', '-f', 'pdf'], '--format cannot be "pdf"; it is one of table, json'],
  ['one of several no choice', ['a', '--kinds', 'a,c'], '--kinds cannot be "c"; it is one of a, b'],
] as const)
  test(`refused: ${name}`, () =>
    assert.throws(
      () => parseArguments(command, words),
      (error) => isCode(error, 'usage') && error.message === message && error.hint !== undefined,
      message,
    ));

test('a switch takes no value, a value is needed', () => {
  for (const words of [
    ['a', '--verbose=yes'],
    ['a', '--format'],
    ['a', '--format', '--verbose'],
  ])
    assert.throws(
      () => parseArguments(command, words),
      (error) => isCode(error, 'usage') && /^[a-z-]/.test(error.message),
      words.join(' '),
    );
});

test('whatever is typed, the answer is arguments or a usage error', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      '--',
      '-',
      '-f',
      '--format',
      '--__proto__',
      '--constructor',
      '-vvf',
      '--no-verbose',
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        const args = parseArguments(command, words);
        assert.ok(args.positionals.length >= 1 && args.positionals.length <= 2);
      } catch (error) {
        assert.ok(error instanceof PlimsollError && error.code === 'usage', String(error));
      }
    }),
  );
});

for (const [word, want] of [
  ['scna', 'scan'],
  ['scan', 'scan'],
  ['sbmo', 'sbom'],
  ['sca', 'scan'],
  ['zzzz', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
] as const)
  test(`the nearest of ${JSON.stringify(word.slice(0, 10))}`, () =>
    assert.equal(nearest(word, ['scan', 'sbom', 'completion']), want));
