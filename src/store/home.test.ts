// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { stateFolder } from './home.ts';

const inHome = join('.local', 'share', 'plimsoll');

const cases: readonly {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly want: string;
}[] = [
  { name: 'PLIMSOLL_HOME', env: { PLIMSOLL_HOME: '/state', HOME: '/h' }, want: '/state' },
  { name: 'PLIMSOLL_HOME from here', env: { PLIMSOLL_HOME: 'state' }, want: resolve('state') },
  {
    name: 'PLIMSOLL_HOME before XDG_DATA_HOME',
    env: { PLIMSOLL_HOME: '/state', XDG_DATA_HOME: '/data' },
    want: '/state',
  },
  { name: 'XDG_DATA_HOME', env: { XDG_DATA_HOME: '/data', HOME: '/h' }, want: '/data/plimsoll' },
  {
    name: 'a relative XDG_DATA_HOME is not one',
    env: { XDG_DATA_HOME: 'data', HOME: '/h' },
    want: join('/h', inHome),
  },
  {
    name: 'empty variables are none',
    env: { PLIMSOLL_HOME: '', XDG_DATA_HOME: '', HOME: '/h' },
    want: join('/h', inHome),
  },
  { name: 'HOME', env: { HOME: '/h' }, want: join('/h', inHome) },
  { name: 'nothing: the user database', env: {}, want: join(homedir(), inHome) },
];

for (const { name, env, want } of cases)
  test(`the state folder: ${name}`, () => assert.equal(stateFolder(env), want));
