// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wantsColor, widthOf } from './terminal.ts';

const terminal = { isTTY: true, columns: 100 };
const file = {};

for (const [name, env, stream, want] of [
  ['a terminal', {}, terminal, true],
  ['a file', {}, file, false],
  ['a dumb terminal', { TERM: 'dumb' }, terminal, false],
  ['NO_COLOR', { NO_COLOR: '1' }, terminal, false],
  ['NO_COLOR, whatever its value', { NO_COLOR: '0' }, terminal, false],
  ['an empty NO_COLOR is none', { NO_COLOR: '' }, terminal, true],
  ['FORCE_COLOR', { FORCE_COLOR: '1' }, file, true],
  ['FORCE_COLOR=0 forces nothing', { FORCE_COLOR: '0' }, file, false],
  ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal, false],
  ['FORCE_COLOR before a dumb terminal', { FORCE_COLOR: '1', TERM: 'dumb' }, terminal, true],
] as const)
  test(`colours: ${name}`, () => assert.equal(wantsColor(env, stream), want));

for (const [name, env, stream, want] of [
  ['the terminal’s', {}, terminal, 100],
  ['no terminal', {}, file, 120],
  ['COLUMNS before the terminal’s', { COLUMNS: '80' }, terminal, 80],
  ['COLUMNS without a terminal', { COLUMNS: '80' }, file, 80],
  ['COLUMNS that is no number', { COLUMNS: 'wide' }, terminal, 100],
  ['COLUMNS too narrow to print anything', { COLUMNS: '3' }, terminal, 100],
  ['COLUMNS beyond any screen', { COLUMNS: '1e9' }, terminal, 100],
  ['an empty COLUMNS', { COLUMNS: '' }, terminal, 100],
  ['a terminal that does not know', {}, { isTTY: true, columns: 0 }, 120],
] as const)
  test(`width: ${name}`, () => assert.equal(widthOf(env, stream), want));
