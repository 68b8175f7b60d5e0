// SPDX-License-Identifier: Apache-2.0
// A piece of software with a name and a version, found in an image.
import type { Location } from './location.ts';

export interface PackageSource {
  readonly name: string;
  readonly version: string;
}

/** A hash that a package's own records give for one of its files. */
export interface RecordedHash {
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly hex: string;
}

export interface OwnedFile {
  /** Absolute, as the package manager writes it; links in its folders are not resolved. */
  readonly path: string;
  readonly hash?: RecordedHash;
}

export interface Package {
  readonly name: string;
  /** As its own package manager prints it, epoch included (`1:2.3-4`). */
  readonly version: string;
  /**
   * OSV's spelling, with the release for distributions: `Debian:12`, `Alpine:v3.19`,
   * `AlmaLinux:8`, `npm`, `PyPI`, `Go`, `crates.io`, `Maven`, `RubyGems`. An open string.
   */
  readonly ecosystem: string;
  /** https://github.com/package-url/purl-spec, with arch, distro, epoch and upstream qualifiers. */
  readonly purl: string;
  readonly architecture?: string;
  /** Source package, where it has another name or version than the binary one. */
  readonly source?: PackageSource;
  /** Licence as its metadata states it: an SPDX expression where it is one. */
  readonly license?: string;
  /** rpm's `MODULARITYLABEL`, as `name:stream`. */
  readonly module?: string;
  /** Who made it, as its metadata states it. */
  readonly vendor?: string;
  readonly locations: readonly Location[];
  /** Layer that the package comes from: where its first location is effective, or its record first appeared. */
  readonly layer?: number;
  /** Id of the plugin that found it. */
  readonly foundBy: string;
  /** Only in an earlier layer: shipped with the image, not in its effective tree. */
  readonly hidden?: boolean;
  /** What only this ecosystem knows; validated by its plugin. */
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** A key under which the same package found twice is one. */
export function packageKey(item: Package): string {
  return `${item.ecosystem}\n${item.name}\n${item.version}\n${item.architecture ?? ''}`;
}
