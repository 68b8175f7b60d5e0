// SPDX-License-Identifier: Apache-2.0
// Go's names of its releases and the versions that advisories for the standard library use.
// https://go.dev/doc/toolchain#version; the Go vulnerability database writes `go1.21rc2` as `1.21.0-rc.2`.

/**
 * `go1.22.1 X:boringcrypto` -> `1.22.1`, `go1.22` -> `1.22.0`, `go1.21rc2` -> `1.21.0-rc.2`; a
 * vendor's suffix (`go1.21.3-1`, `go1.20.12 (Red Hat 1.20.12-2)`) is left off. Undefined for a
 * toolchain built from a working tree: it has no place in the order.
 */
export function standardLibraryVersion(toolchain: string): string | undefined {
  const match = /^go(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6})|(rc|beta|alpha)(\d{1,4}))?(?=$|[\s+-])/.exec(
    toolchain,
  );
  if (match === null) return undefined;
  const [, major, minor, patch, stage, number] = match;
  const suffix = stage === undefined ? '' : `-${stage}.${number}`;
  return `${major}.${minor}.${patch ?? '0'}${suffix}`;
}
