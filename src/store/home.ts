// SPDX-License-Identifier: Apache-2.0
// Where all state lives: PLIMSOLL_HOME, or the XDG data folder.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The state folder. `XDG_DATA_HOME` counts only when absolute, as its specification demands
 * (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['PLIMSOLL_HOME']) return resolve(env['PLIMSOLL_HOME']);
  const data = env['XDG_DATA_HOME'];
  if (data && isAbsolute(data)) return join(data, 'plimsoll');
  return join(env['HOME'] || homedir(), '.local', 'share', 'plimsoll');
}
