// SPDX-License-Identifier: Apache-2.0
import { sourceOfBytes } from '../../src/formats/byte-source/byte-source.ts';
import { readGoBuildInfo } from '../../src/formats/go-buildinfo/go-buildinfo.ts';
import { linkedVersion } from '../../src/formats/go-buildinfo/linked-version.ts';
import { parseModuleInfo } from '../../src/formats/go-buildinfo/module-info.ts';
import { standardLibraryVersion } from '../../src/formats/go-buildinfo/toolchain-version.ts';
import { buildElf, elfWords } from '../elf-file.ts';

export const name = 'go-buildinfo';

const modules =
  'path\tx/cmd\nmod\tx\t(devel)\t\ndep\ty\tv1.0.0\th1:a=\n=>\tz\tv1.0.1\th1:b=\nbuild\t-ldflags="-X main.version=1.2"\n';

function head(flags: number): Buffer {
  return Buffer.concat([
    Buffer.from('\xff Go buildinf:\x08', 'latin1'),
    Buffer.from([flags]),
    Buffer.alloc(flags === 2 ? 16 : 0),
  ]);
}

export function seeds(): Uint8Array[] {
  const text = `${'<'.repeat(16)}${modules}${'>'.repeat(16)}`;
  const inline = Buffer.concat([
    head(2),
    Buffer.from('\x08go1.22.1'),
    Buffer.from([(text.length & 0x7f) | 0x80, text.length >> 7]),
    Buffer.from(text),
  ]);
  const record = { name: '.go.buildinfo', address: 0x50_0000, writable: true };
  return [
    buildElf({ sections: [{ ...record, content: inline }] }),
    buildElf({ sections: [{ ...record, content: inline }], noSectionHeaders: true }),
    buildElf({
      sections: [
        { name: '.rodata', content: Buffer.from(`go1.17.2${text}`), address: 0x40_0000 },
        {
          name: '.data',
          content: elfWords([0x40_0000, 8, 0x40_0008, text.length]),
          address: 0x60_0000,
          writable: true,
        },
        { ...record, content: Buffer.concat([head(0), elfWords([0x60_0000, 0x60_0010])]) },
      ],
    }),
    buildElf({
      sections: [
        { name: '.gopclntab', content: Buffer.alloc(8) },
        { name: '.rodata', content: Buffer.from('go1.17.2'), address: 0x40_0000 },
        {
          name: '.data',
          content: elfWords([0x40_0000, 8]),
          address: 0x60_0000,
          writable: true,
        },
      ],
    }),
    Buffer.from(modules),
  ];
}

export function run(bytes: Uint8Array): void {
  const info = readGoBuildInfo(sourceOfBytes(bytes));
  if (info !== undefined) standardLibraryVersion(info.toolchain);
  const { settings } = parseModuleInfo(Buffer.from(bytes).toString('utf8'));
  for (const value of settings.values()) linkedVersion(value);
}
