// SPDX-License-Identifier: Apache-2.0
// The contract of an ecosystem plugin: one package manager's records in an image, read file by
// file while the layers stream past, then put together for the files that are effective.
// One folder per ecosystem, ecosystems/<id>/plugin.ts, exporting `plugin`.
import type { FileReader, JsonValue, LocatedFact } from '../image/file-reader.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { CoverageGap } from '../model/coverage.ts';
import type { Distribution } from '../model/distribution.ts';
import type { IssueSink } from '../model/issue.ts';
import type { OwnedFile, Package } from '../model/package.ts';

export interface AssembleContext {
  readonly distribution?: Distribution;
  /** The tree that the facts are effective in. */
  readonly tree: FileTree;
  readonly issues: IssueSink;
}

/** A package without what the inventory adds itself: its layer, and the layers of its locations. */
export type DraftPackage = Omit<Package, 'layer' | 'foundBy' | 'hidden'>;

export interface FoundPackage {
  readonly package: DraftPackage;
  /** Files that its records claim. Links in their folders are resolved by the inventory. */
  readonly files: readonly OwnedFile[];
  /** Folders whose whole content is its own (`/app/node_modules/x`). */
  readonly folders?: readonly string[];
}

export interface Assembled {
  readonly packages: readonly FoundPackage[];
  /** Files that a package claims under one name and that are installed under another (dpkg's diversions). */
  readonly diversions?: readonly {
    readonly from: string;
    readonly to: string;
    readonly by?: string;
  }[];
  readonly gaps?: readonly CoverageGap[];
}

export interface Ecosystem<Fact extends JsonValue = JsonValue> extends FileReader<Fact> {
  /** For people: `Debian packages (dpkg)`. */
  readonly title: string;
  /** `os`: its records own files of the system and win over language packages in the same place. */
  readonly kind: 'os' | 'language';
  assemble(facts: readonly LocatedFact<Fact>[], context: AssembleContext): Assembled;
}
