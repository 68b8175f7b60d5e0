// SPDX-License-Identifier: Apache-2.0
// What `umoci unpack` puts on disk for an image, as lines that a merged tree can be compared with.
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileTree } from '../src/image/file-tree.ts';

/** `path kind mode size target`, sorted. Modes and sizes are those of files: others mean nothing. */
export type Listing = readonly string[];

export function listTree(tree: FileTree): Listing {
  const lines: string[] = [];
  for (const { path, kind, mode, sizeBytes, linkTarget } of tree.entries())
    lines.push(line(path, kind, mode, sizeBytes, linkTarget));
  return lines.sort();
}

/** Undefined where umoci refuses the image. `layout`: an OCI layout. */
export function unpackedByUmoci(layout: string, tag = 'latest'): Listing | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-umoci-'));
  try {
    const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
    const bundle = join(folder, 'bundle');
    const args = ['unpack', ...rootless, '--image', `${layout}:${tag}`, bundle];
    const result = spawnSync('umoci', args, { encoding: 'utf8' });
    return result.status === 0 ? listFolder(join(bundle, 'rootfs')) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function listFolder(root: string): Listing {
  const lines: string[] = [];
  const walk = (path: string): void => {
    const full = join(root, path);
    const stat = lstatSync(full);
    const kind = stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'file';
    const target = kind === 'symlink' ? readlinkSync(full) : undefined;
    lines.push(line(path, kind, stat.mode, stat.size, target));
    if (kind === 'directory') for (const name of readdirSync(full)) walk(join(path, name));
  };
  walk('/');
  return lines.sort();
}

function line(path: string, kind: string, mode: number, size: number, target = ''): string {
  const isFile = kind === 'file';
  return [path, kind, isFile ? (mode & 0o7777).toString(8) : '', isFile ? size : 0, target].join(
    ' ',
  );
}
