// SPDX-License-Identifier: Apache-2.0
// Writes a result to standard output or to a file; a file appears in whole or not at all.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import type { Terminal } from './terminal.ts';

export async function writeOutput(
  pieces: Iterable<string>,
  file: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (file !== undefined && file !== '-') return writeFileWhole(pieces, file);
  for (const piece of pieces) await terminal.write(piece);
}

function writeFileWhole(pieces: Iterable<string>, file: string): void {
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    const descriptor = openSync(beside, 'wx', 0o666);
    try {
      for (const piece of pieces) writeSync(descriptor, piece);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new PlimsollError('io', `Cannot write ${JSON.stringify(file)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
