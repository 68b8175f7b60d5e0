// SPDX-License-Identifier: Apache-2.0
// Go's versions. Modules: semantic versions with `v`, pseudo-versions being pre-releases
// (https://go.dev/ref/mod#versions). The standard library and toolchain: `go1.22.1`, `1.22rc1`
// (https://go.dev/doc/toolchain#version), which the Go vulnerability database writes as semantic
// versions: `1.22.1`, `1.22.0-rc.1`, and `1.22.0-0` for the first of all 1.22.
import { compareSemanticVersions, parseSemver, type SemanticVersion } from './semver.ts';
import { orderOf } from './version-order.ts';

/** Module versions. `(devel)`, a build from a working tree, cannot be compared. */
export const compareGo = orderOf(parseModule, compareSemanticVersions);

/** Versions of the standard library and the toolchain, in both spellings. */
export const compareGoToolchain = orderOf(parseToolchain, compareSemanticVersions);

function parseModule(text: string): SemanticVersion | undefined {
  // Three numbers: `v1.2` is no module version, and `+incompatible` is build metadata without order.
  return /^v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+]|$)/.test(text) || text === '0'
    ? parseSemver(text)
    : undefined;
}

function parseToolchain(text: string): SemanticVersion | undefined {
  const match =
    /^(?:go|v)?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:(?:-?)(alpha|beta|rc)\.?([0-9]+)|(-0)|(-[0-9A-Za-z.+_-]+))?(?: .*)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, major, minor, patch, stage, stageNumber, first] = match;
  return {
    numbers: [major!, minor ?? '0', patch ?? '0'],
    // A vendor's suffix (`1.22.1-1.fips`) is a release of that version, not one before it.
    preRelease: stage !== undefined ? [stage, stageNumber!] : first !== undefined ? ['0'] : [],
  };
}
