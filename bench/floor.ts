// SPDX-License-Identifier: Apache-2.0
// The floor under a first scan, in a process of its own: gunzip of a layer, and the hashes of its
// bytes as they are stored (digest) and as they come out (diffID). No scanner can do with less.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

const [file, hashes] = process.argv.slice(2) as [string, '1' | '2'];
const chunkBytes = 1 << 20;
const stored = createHash('sha256');
const plain = createHash('sha256');
const source = createReadStream(file, { highWaterMark: chunkBytes });
const gunzip = createGunzip({ chunkSize: chunkBytes });
if (hashes === '2') source.on('data', (chunk) => stored.update(chunk));
source.pipe(gunzip);
for await (const chunk of gunzip as AsyncIterable<Uint8Array>) plain.update(chunk);
