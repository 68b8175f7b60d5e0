// SPDX-License-Identifier: Apache-2.0
import { TarParser } from '../../src/formats/tar/tar-parser.ts';
import { type TarInput, writeTar } from '../../src/formats/tar/write-tar.ts';
import { IssueList } from '../../src/model/issue.ts';

export const name = 'tar';

export function seeds(): readonly Uint8Array[] {
  const fragments = Array.from({ length: 6 }, (_, index) => ({
    offset: index * 700,
    bytes: Buffer.from(`fragment ${index}`),
  }));
  const sparse = (['gnu', 'pax-0.0', 'pax-0.1', 'pax-1.0'] as const).map((format): TarInput => ({
    path: format,
    sparse: { format, sizeBytes: 5000, fragments },
  }));
  const long = 'long/'.repeat(40);
  return [
    writeTar([{ path: 'a/' }, { path: 'a/b', content: 'hello' }, { path: 'c', linkTarget: 'a' }]),
    writeTar([{ path: long, content: 'pax' }]),
    writeTar([{ path: long, content: 'gnu', longNames: 'gnu' }]),
    writeTar([
      { path: '', kind: 'global', pax: [['uid', '7']] },
      { path: 'x', uid: 1e8 },
    ]),
    writeTar([{ path: 'x', xattrs: { 'security.capability': Buffer.alloc(20) }, content: 'x' }]),
    ...sparse.map((entry) => writeTar([entry, { path: 'after', content: 'x' }])),
  ];
}

/**
 * Checks what every input must keep to: lengths told and seen, names that cannot escape. Checksums
 * are written anew: otherwise every mutation would end there.
 */
export async function run(bytes: Uint8Array): Promise<void> {
  const archive = Buffer.from(bytes);
  for (let at = 0; at + 512 <= archive.length; at += 512)
    if (archive.toString('latin1', at + 257, at + 262) === 'ustar') putChecksum(archive, at);
  const step = 1 + ((archive[0] ?? 0) % 7) * 300;
  const parser = new TarParser(
    {
      entry(entry) {
        const parts = Buffer.from(entry.path).toString('latin1').split('/');
        if (entry.path.length > 0 && parts.some((part) => ['', '.', '..'].includes(part)))
          throw new Error(`path is not clean: ${parts.join('/')}`);
        let length = 0;
        return {
          chunk: (chunk) => {
            length += chunk.length;
          },
          end: (complete) => {
            if (complete && entry.kind === 'file' && length !== entry.sizeBytes)
              throw new Error(`content has ${length} bytes, not ${entry.sizeBytes}`);
          },
        };
      },
    },
    new IssueList(),
    { expandedBytesMax: 1 << 24 },
  );
  for (let at = 0; at < archive.length; at += step)
    await parser.push(archive.subarray(at, at + step));
  await parser.end();
}

function putChecksum(archive: Buffer, at: number): void {
  archive.fill(0x20, at + 148, at + 156);
  let sum = 0;
  for (let index = at; index < at + 512; index++) sum += archive[index]!;
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}
