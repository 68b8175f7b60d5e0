// SPDX-License-Identifier: Apache-2.0
// Alpine's own apk, taken from a published root file system and run with its own loader: the oracle
// for versions.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, noData } from './data.ts';

const alpine = join(dataFolder, 'rootfs/alpine-minirootfs-3.19.4-x86_64.tar.gz');

/** For a test's `skip`. */
export const noApk =
  noData ||
  (process.arch === 'x64' && existsSync(alpine) ? false : 'no apk that runs on this machine');

/** `<`, `=` or `>` for each pair, as `apk version -t` of apk-tools 2.14 answers. */
export function compareWithApk(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-apk-'));
  try {
    const tar = spawnSync('tar', ['-xzf', alpine, '-C', folder, './lib', './sbin/apk']);
    if (tar.status !== 0) throw new Error(`Cannot unpack ${alpine}: ${String(tar.stderr)}`);
    const apk = `${folder}/lib/ld-musl-x86_64.so.1 --library-path ${folder}/lib ${folder}/sbin/apk`;
    const script = `while IFS='\t' read -r a b; do ${apk} version -t "$a" "$b"; done`;
    const input = pairs.map((pair) => `${pair.join('\t')}\n`).join('');
    const { stdout } = spawnSync('sh', ['-c', script], { input, encoding: 'utf8' });
    return stdout.trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
