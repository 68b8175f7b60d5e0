// SPDX-License-Identifier: Apache-2.0
// The images that the bench reads: made once, kept in the temporary folder.
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { tarChunks, type TarInput } from '../src/formats/tar/write-tar.ts';
import { canRun } from '../testing/require.ts';

const serverPackages = 'nginx,postgresql,python3,git,curl,vim,build-essential,openssh-server';

/** A Debian server of about 600 MB as tar.gz: by mmdebstrap, else this machine's /usr. */
export function serverImage(): { readonly file: string; readonly what: string } {
  const file = join(tmpdir(), 'plimsoll-bench-server.tar.gz');
  const what = canRun('mmdebstrap') ? 'Debian 12 server' : '/usr of this machine';
  if (existsSync(file)) return { file, what };
  console.error(`making ${what}: ${file}`);
  const command = canRun('mmdebstrap')
    ? [
        'mmdebstrap',
        '--variant=minbase',
        `--include=${serverPackages}`,
        'bookworm',
        `${file}.part.tar`,
      ]
    : ['tar', '-C', '/', '-cf', `${file}.part.tar`, 'usr/bin', 'usr/sbin', 'usr/share'];
  run(command);
  run(['gzip', '-6', `${file}.part.tar`]);
  renameSync(`${file}.part.tar.gz`, file);
  return { file, what };
}

function run([program, ...args]: readonly string[]): void {
  const result = spawnSync(program!, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (result.status !== 0) throw new Error(`${program} failed`);
}

/** Three million empty files in about 30 MB. */
export async function manyEntries(): Promise<string> {
  const file = join(tmpdir(), 'plimsoll-bench-entries.tar.gz');
  if (existsSync(file)) return file;
  console.error(`making three million entries: ${file}`);
  const part = `${file}.part`;
  await pipeline(
    Readable.from(gathered(entries(3_000_000))),
    createGzip(),
    createWriteStream(part),
  );
  renameSync(part, file);
  return file;
}

function* entries(count: number): Generator<TarInput> {
  for (let number = 0; number < count; number++)
    yield { path: `d${number % 1000}/f${number}`, uid: 1000, gid: 1000, content: '' };
}

/** In pieces of a mebibyte. */
function* gathered(inputs: Iterable<TarInput>): Generator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for (const chunk of tarChunks(inputs)) {
    parts.push(chunk);
    length += chunk.length;
    if (length < 1 << 20) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  yield Buffer.concat(parts);
}
