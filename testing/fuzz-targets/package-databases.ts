// SPDX-License-Identifier: Apache-2.0
// The text databases of dpkg and apk, and the files beside them.
import { parseApkInstalled } from '../../src/formats/apk/installed.ts';
import { licenseOfCopyright } from '../../src/formats/dpkg/copyright.ts';
import { parseDiversions, parseFileList, parseMd5sums } from '../../src/formats/dpkg/info.ts';
import { parseDpkgStatus } from '../../src/formats/dpkg/status.ts';
import { parseOsRelease } from '../../src/formats/os-release/os-release.ts';
import { IssueList } from '../../src/model/issue.ts';

export const name = 'package-databases';

export function seeds(): Uint8Array[] {
  return [
    'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: glibc (2.36-9)\nVersion: 2.36-9+deb12u4\nConffiles:\n /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab\nDescription: GNU C Library\n Contains the standard libraries.\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n',
    'C:Q1yhMLgcKOJmuNMdOSGdjfJVmVhJ0=\nP:musl\nV:1.1.20-r5\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1LKQSzJs3pTqz9GtFsKV0n9AbTQQ=\n\n',
    '/.\n/usr\n/usr/bin/env\n',
    'd41d8cd98f00b204e9800998ecf8427e  usr/share/doc/a b\n',
    '/usr/bin/a\n/usr/bin/a.real\nb\n',
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: A\nLicense: MIT or GPL-2+\n',
    'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\nID_LIKE=\'a b\'\n',
  ].map((text) => Buffer.from(text));
}

export function run(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('utf8');
  parseDpkgStatus(text, '/var/lib/dpkg/status', new IssueList());
  parseApkInstalled(text, '/lib/apk/db/installed', new IssueList());
  for (const lines of [parseFileList(text), parseMd5sums(text)]) for (const _ of lines) continue;
  parseDiversions(text);
  licenseOfCopyright(text);
  parseOsRelease(text);
}
