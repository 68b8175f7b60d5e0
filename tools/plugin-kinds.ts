// SPDX-License-Identifier: Apache-2.0
// Every kind of plugin: where its folders are and which contract they fulfil.

export interface PluginKind {
  readonly name: string;
  /** Holds one folder per plugin, each with a `plugin.ts` that exports `plugin`. */
  readonly folder: string;
  readonly type: string;
  /** The contract's module, relative to the folder. */
  readonly contract: string;
  /** Loaded by id when it is named, instead of all at once. */
  readonly lazy: boolean;
}

export const pluginKinds: readonly PluginKind[] = [
  {
    name: 'ecosystem',
    folder: 'src/inventory/ecosystems',
    type: 'Ecosystem',
    contract: '../ecosystem.ts',
    lazy: false,
  },
  {
    name: 'image source',
    folder: 'src/image/sources',
    type: 'ImageSource',
    contract: '../image-source.ts',
    lazy: true,
  },
  {
    name: 'matcher',
    folder: 'src/vulnerability/matchers',
    type: 'Matcher',
    contract: '../matcher.ts',
    lazy: false,
  },
  {
    name: 'feed',
    folder: 'src/vulnerability/feeds',
    type: 'Feed',
    contract: '../feed.ts',
    lazy: true,
  },
  {
    name: 'report',
    folder: 'src/reports',
    type: 'Report',
    contract: './report.ts',
    lazy: true,
  },
];
