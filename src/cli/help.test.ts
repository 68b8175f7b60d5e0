// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from './commands.ts';
import { commandHelp, overview, usageLine, wrap } from './help.ts';

const loaded = await Promise.all(commands.map(async ({ load }) => await load()));

test('lines are broken between words, and a long word stays one', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrap('registry.example/long/name is one', 10), [
    'registry.example/long/name',
    'is one',
  ]);
  assert.deepEqual(wrap('', 10), ['']);
});

test('the usage tells what is needed, what may be given, what may be repeated', () => {
  const base = { ...loaded[0]!, path: ['x'] };
  const positionals = [
    { name: 'A', description: 'x', required: true },
    { name: 'B', description: 'x', required: false, multiple: true },
  ];
  assert.equal(usageLine({ ...base, positionals }), 'plimsoll x [OPTIONS] A [B...]');
});

test('the table of commands says what the commands say', () => {
  for (const [at, { path, summary }] of commands.entries()) {
    assert.deepEqual(loaded[at]!.path, path);
    assert.equal(loaded[at]!.summary, summary);
  }
});

test('each option of a command stands in its help, within the width where words allow', () => {
  for (const command of loaded) {
    for (const width of [60, 80, 120]) {
      const help = commandHelp(command, width);
      for (const { name, choices } of command.options) {
        assert.ok(help.includes(`--${name}`), `${command.path.join(' ')} --${name}`);
        for (const choice of choices ?? []) assert.ok(help.includes(choice), choice);
      }
      const options = help.split('\n\n').find((part) => part.startsWith('Options:'))!;
      for (const line of options.split('\n'))
        assert.ok(line.length <= Math.max(width, 68), `${width}: ${line}`);
    }
  }
});

test('names of options are used once, and one letter means one option', () => {
  for (const { path, options } of loaded) {
    for (const names of [
      options.map(({ name }) => name),
      options.flatMap(({ short }) => short ?? []),
    ])
      assert.equal(new Set(names).size, names.length, `${path.join(' ')}: ${names.join(' ')}`);
    assert.ok(!options.some(({ name, short }) => name === 'help' || short === 'h'));
  }
});

test('examples are commands that there are, with options that they have', () => {
  for (const { path, options, examples } of loaded) {
    assert.ok(examples.length > 0, path.join(' '));
    for (const { command } of examples) {
      assert.ok(command.includes(`plimsoll ${path.join(' ')}`), command);
      for (const [, name] of command.matchAll(/ --([a-z-]+)/g))
        assert.ok(
          options.some((option) => option.name === name),
          command,
        );
    }
  }
});

test('a group shows its own commands alone', () => {
  const text = overview(['db'], 80);
  assert.match(text, /Usage: plimsoll db COMMAND/);
  assert.match(text, /^ {2}db update /m);
  assert.doesNotMatch(text, /^ {2}scan /m);
  assert.match(overview([], 80), /^ {2}scan /m);
});
