// SPDX-License-Identifier: Apache-2.0
// What an image runs on, https://github.com/opencontainers/image-spec/blob/main/image-index.md
import { PlimsollError } from './errors.ts';

export interface Platform {
  readonly os: string;
  /** GOARCH names: amd64, arm64, arm, 386, ... */
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

const goArchitectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

const architectureAliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
  armhf: 'arm',
};

function named(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? names[name]! : name;
}

/** Linux on this machine's processor: what an engine would pick from an index. */
export function hostPlatform(nodeArchitecture: string): Platform {
  const architecture = named(goArchitectures, nodeArchitecture);
  return { os: 'linux', architecture };
}

/**
 * Reads `os/architecture[/variant]`, or an architecture alone (then Linux is meant).
 * @throws `usage` when the text has another form.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split('/');
  if (parts.some((part) => !/^[a-z0-9_.-]+$/.test(part)) || parts.length > 3)
    throw new PlimsollError('usage', `Cannot read platform ${JSON.stringify(text)}`, {
      hint: 'write os/architecture or os/architecture/variant, e.g. linux/arm64 or linux/arm/v7',
    });
  const [os, architecture, variant] = parts.length === 1 ? ['linux', parts[0]!] : parts;
  return {
    os: os!,
    architecture: named(architectureAliases, architecture!),
    ...(variant === undefined ? {} : { variant }),
  };
}

export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** arm64 is v8 and arm is v7 when no variant is named, as in containerd's normalisation. */
function normalVariant(platform: Platform): string | undefined {
  if (platform.architecture === 'arm64') return platform.variant ?? 'v8';
  if (platform.architecture === 'arm') return platform.variant ?? 'v7';
  return platform.variant;
}

/** True when an image for `have` satisfies the wish `want`. */
export function matchesPlatform(have: Platform, want: Platform): boolean {
  if (have.os !== want.os || have.architecture !== want.architecture) return false;
  if (want.variant === undefined && have.variant === undefined) return true;
  return normalVariant(have) === normalVariant(want);
}
