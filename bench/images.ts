// SPDX-License-Identifier: Apache-2.0
// The images that the bench reads: made once, kept in the temporary folder.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
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

/** An OCI layout of one image with that one layer, beside the file. */
export async function layoutOf(file: string): Promise<string> {
  const layout = `${file}.layout`;
  if (existsSync(layout)) return layout;
  const part = `${layout}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(join(part, 'blobs/sha256'), { recursive: true });
  const put = (bytes: Buffer): Descriptor => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(part, 'blobs/sha256', hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const { digest, diffId } = await hashesOf(file);
  linkSync(file, join(part, 'blobs/sha256', digest));
  const rootfs = { type: 'layers', diff_ids: [`sha256:${diffId}`] };
  const config = put(json({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const type = 'application/vnd.oci.image';
  const layer = { digest: `sha256:${digest}`, size: statSync(file).size };
  const manifest = put(
    json({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, ...config },
      layers: [{ mediaType: `${type}.layer.v1.tar+gzip`, ...layer }],
    }),
  );
  const manifests = [{ mediaType: `${type}.manifest.v1+json`, ...manifest }];
  writeFileSync(join(part, 'index.json'), json({ schemaVersion: 2, manifests }));
  writeFileSync(join(part, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  renameSync(part, layout);
  return layout;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

async function hashesOf(file: string): Promise<{ digest: string; diffId: string }> {
  const stored = createHash('sha256');
  const plain = createHash('sha256');
  const source = createReadStream(file);
  source.on('data', (chunk) => stored.update(chunk));
  const content = source.pipe(createGunzip()) as AsyncIterable<Uint8Array>;
  for await (const chunk of content) plain.update(chunk);
  return { digest: stored.digest('hex'), diffId: plain.digest('hex') };
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
