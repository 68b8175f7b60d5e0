// SPDX-License-Identifier: Apache-2.0
// For tests: rpm databases of the three forms, all made from what the real tools made. rpmbuild
// packs packages, rpm installs them into SQLite, db5.3_load writes the same headers as Berkeley DB
// in both byte orders; Debian's rpm has no ndb, so its pages are written here after rpmpkg.c.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRun, missing } from './require.ts';
import type { ByteSource } from '../src/formats/byte-source/byte-source.ts';
import { readSqlite } from '../src/formats/rpm/sqlite.ts';

export const noRpm = missing('rpm', canRun('rpmbuild') && canRun('db5.3_load'));

/** Three packages with an epoch, a module label, a ghost, a link, a name beyond ASCII and many files. */
const spec = `
Name: alpha
Version: 1.2
Release: 3.el8
Epoch: 2
Summary: s
License: MIT and GPLv2+
Vendor: Example Works
BuildArch: noarch
%description
d
%package -n beta-libs
Summary: b
Version: 7~rc1
ModularityLabel: nodejs:18:8080020230306:abc
%description -n beta-libs
d
%package -n gamma
Summary: g
License: Apache-2.0
%description -n gamma
d
%install
cd %{buildroot}
mkdir -p usr/bin usr/lib64 etc opt/gamma var/log
echo '#!/bin/sh' > usr/bin/alpha
chmod 755 usr/bin/alpha
ln -s alpha usr/bin/alpha2
echo c > etc/alpha.conf
touch var/log/alpha.log
echo x > "usr/lib64/lib ü.so.1"
for i in $(seq 300); do echo $i > opt/gamma/file-with-a-rather-long-name-$i; done
%files
/usr/bin/alpha
/usr/bin/alpha2
%config(noreplace) /etc/alpha.conf
%ghost /var/log/alpha.log
%files -n beta-libs
"/usr/lib64/lib ü.so.1"
%files -n gamma
%dir /opt/gamma
/opt/gamma/*
`;

export function randomAccess(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

function run(program: string, args: readonly string[], input?: string): string {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

/** Builds and installs the packages below `folder`; returns the folder that holds rpmdb.sqlite. */
export function makeRpmDatabase(folder: string): string {
  writeFileSync(join(folder, 'fixture.spec'), spec);
  run('rpmbuild', [
    '--quiet',
    '-bb',
    '--define',
    `_topdir ${folder}/top`,
    `${folder}/fixture.spec`,
  ]);
  const packages = join(folder, 'top/RPMS/noarch');
  const files = readdirSync(packages).map((name) => join(packages, name));
  const database = join(folder, 'sqlite');
  run('rpm', ['--dbpath', database, '-i', '--justdb', '--nodeps', ...files]);
  return database;
}

/** What rpm itself prints of a database: one line per package, or per file. */
export function askRpm(
  dbPath: string,
  backend: 'sqlite' | 'bdb_ro',
  format: string,
): readonly string[] {
  const args = ['--define', `_db_backend ${backend}`, '--dbpath', dbPath, '-qa', '--qf', format];
  return run('rpm', args).split('\n').filter(Boolean).sort();
}

export function headersOf(sqliteFile: string): readonly Uint8Array[] {
  const report = (message: string): void => {
    throw new Error(message);
  };
  return [...readSqlite(randomAccess(readFileSync(sqliteFile)), report)].map((bytes) =>
    Uint8Array.from(bytes),
  );
}

/** Writes a Berkeley DB hash with the headers, in a byte order of choice. */
export function makeBerkeleyHash(
  file: string,
  headers: readonly Uint8Array[],
  byteOrder: 'little' | 'big',
  pageSizeBytes: number,
): void {
  const number = (value: number): string => {
    const bytes = Buffer.alloc(4);
    if (byteOrder === 'little') bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes.toString('hex');
  };
  const rows = headers.map(
    (header, index) => ` ${number(index + 1)}\n ${Buffer.from(header).toString('hex')}\n`,
  );
  const text = [
    'VERSION=3\nformat=bytevalue\ntype=hash\n',
    `db_lorder=${byteOrder === 'little' ? 1234 : 4321}\ndb_pagesize=${pageSizeBytes}\nHEADER=END\n`,
    ` ${number(0)}\n ${number(headers.length)}\n`,
    ...rows,
    'DATA=END\n',
  ].join('');
  run('db5.3_load', [file], text);
}

/** The bytes of an ndb database with the headers. */
export function makeNdb(headers: readonly Uint8Array[]): Buffer {
  const pages = Math.ceil((2 + headers.length) / 256);
  const slots = Buffer.alloc(pages * 4096);
  for (let at = 32; at < slots.length; at += 16) slots.write('Slot', at, 'latin1');
  slots.write('RpmP', 0, 'latin1');
  slots.writeUInt32LE(pages, 12);
  slots.writeUInt32LE(headers.length + 1, 16);
  const parts: Buffer[] = [slots];
  let block = slots.length / 16;
  for (const [index, header] of headers.entries()) {
    const blocks = Math.ceil((16 + header.length + 12) / 16);
    const blob = Buffer.alloc(blocks * 16);
    blob.write('BlbS', 0, 'latin1');
    blob.writeUInt32LE(index + 1, 4);
    blob.writeUInt32LE(header.length, 12);
    blob.set(header, 16);
    blob.writeUInt32LE(header.length, blob.length - 8);
    blob.write('BlbE', blob.length - 4, 'latin1');
    const slot = 32 + index * 16;
    slots.writeUInt32LE(index + 1, slot + 4);
    slots.writeUInt32LE(block, slot + 8);
    slots.writeUInt32LE(blocks, slot + 12);
    block += blocks;
    parts.push(blob);
  }
  return Buffer.concat(parts);
}
