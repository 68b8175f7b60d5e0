// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourceOfBytes } from '../byte-source/byte-source.ts';
import { readElfHeader, readSections } from '../elf/elf.ts';
import { findBuildVersion } from './build-version.ts';
import { readGoBuildInfo } from './go-buildinfo.ts';

/** Go programs that may be on the machine; Debian's and others'. */
const programs = ['/usr/bin', '/usr/sbin', '/usr/lib/cni', '/usr/local/go/bin']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    [
      'dockerd',
      'docker',
      'runc',
      'skopeo',
      'umoci',
      'docker-registry',
      'podman',
      'vlan',
      'go',
      'gofmt',
    ]
      .map((name) => join(folder, name))
      .filter((path) => existsSync(path)),
  );

test(
  "record and runtime variable agree in this machine's Go programs",
  { skip: programs.length > 0 ? false : 'no Go program is here' },
  () => {
    let compared = 0;
    for (const path of programs) {
      const bytes = readFileSync(path);
      // A few of these are scripts on some machines.
      if (bytes[0] !== 0x7f) continue;
      const source = sourceOfBytes(bytes);
      const header = readElfHeader(source);
      const variable = findBuildVersion(source, header, readSections(source, header));
      if (variable === undefined) continue;
      assert.equal(readGoBuildInfo(source)?.toolchain, variable, path);
      compared++;
    }
    assert.ok(compared > 0);
  },
);
