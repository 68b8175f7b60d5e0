// SPDX-License-Identifier: Apache-2.0
// Writes a result to standard output or to a file; a file appears in whole or not at all.
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
  try {
    const target = realTarget(file);
    if (target.isReplaceable) writeBeside(pieces, target.path);
    else writePieces(pieces, target.path, 'w');
  } catch (error) {
    // What the report itself throws is no failure of writing.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new PlimsollError('io', `Cannot write ${JSON.stringify(file)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** A link's target is replaced, not the link; a device or a pipe is written to and stays one. */
function realTarget(file: string): { readonly path: string; readonly isReplaceable: boolean } {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { path: file, isReplaceable: true };
  return { path: realpathSync(file), isReplaceable: stat.isFile() };
}

function writeBeside(pieces: Iterable<string>, file: string): void {
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    writePieces(pieces, beside, 'wx');
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function writePieces(pieces: Iterable<string>, file: string, flags: 'w' | 'wx'): void {
  const descriptor = openSync(file, flags, 0o666);
  try {
    for (const piece of pieces) writeFileSync(descriptor, piece);
    if (flags === 'wx') fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
