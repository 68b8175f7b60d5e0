// SPDX-License-Identifier: Apache-2.0
// The operating system distribution in an image.

/** `unknown` carries why: not every release's end of life can be told. */
export type Lifecycle =
  | { readonly kind: 'supported'; readonly until?: string; readonly source: string }
  /** Security support for everybody ended; `extendedUntil` names a paid or community extension. */
  | {
      readonly kind: 'ended';
      readonly on: string;
      readonly extendedUntil?: string;
      readonly source: string;
    }
  | { readonly kind: 'rolling'; readonly source: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Distribution {
  /** `ID` of os-release: debian, alpine, rhel, ... */
  readonly id: string;
  /** `ID_LIKE` of os-release. */
  readonly idLike: readonly string[];
  /** `VERSION_ID`; absent for rolling releases and Debian's testing and unstable. */
  readonly version?: string;
  readonly codename?: string;
  /** `PRETTY_NAME`, for people. */
  readonly name: string;
  /** Ecosystem of its packages in OSV's spelling: `Debian:12`, `Alpine:v3.19`, `AlmaLinux:8`. */
  readonly ecosystem?: string;
  /** The file that told. */
  readonly path: string;
  readonly lifecycle: Lifecycle;
}
