// SPDX-License-Identifier: Apache-2.0
// Tests that need something from outside skip with the reason when it is absent, unless
// PLIMSOLL_REQUIRE names it: then its absence is a failure. CI names all that it has.
//
//   const skip = missing('registry', canRun('docker-registry'));
//   test('...', { skip }, async () => { ... });
import { spawnSync } from 'node:child_process';

export type Requirement =
  | 'data'
  | 'engine'
  | 'podman'
  | 'registry'
  | 'skopeo'
  | 'umoci'
  | 'dpkg'
  | 'rpm'
  | 'mmdebstrap'
  | 'busybox'
  | 'python-packaging'
  | 'python'
  | 'root';

const required = new Set((process.env['PLIMSOLL_REQUIRE'] ?? '').split(',').filter(Boolean));

/** False when present; else the reason to skip. @throws when it is absent and required. */
export function missing(requirement: Requirement, present: boolean): string | false {
  if (present) return false;
  if (required.has(requirement))
    throw new Error(`PLIMSOLL_REQUIRE names ${requirement}, and it is not here`);
  return `${requirement} is not here`;
}

/** True when the program is in PATH. */
export function canRun(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v "$1"`, 'sh', program]).status === 0;
}
