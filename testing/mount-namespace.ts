// SPDX-License-Identifier: Apache-2.0
// Folders that cannot be written, or that are full, for root too (whom permissions do not stop):
// mounts in a namespace of the program that is run in it, gone when it ends.
import { spawnSync } from 'node:child_process';
import { missing } from './require.ts';

const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

/** For a test's `skip`. */
export const noMounts = missing('root', canMount);

function inNamespace(script: string, folder: string): readonly string[] {
  return ['unshare', '-m', 'sh', '-ec', `${script}; shift; exec "$@"`, 'sh', folder];
}

/** Words before a program and its arguments: the folder cannot be written by it. */
export function withReadOnly(folder: string): readonly string[] {
  return inNamespace('mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"', folder);
}

/** Words before a program and its arguments: the folder is empty and holds no more than that. */
export function withSmall(folder: string, sizeBytesMax: number): readonly string[] {
  return inNamespace(`mount -t tmpfs -o size=${sizeBytesMax} none "$1"`, folder);
}
