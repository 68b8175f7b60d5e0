// SPDX-License-Identifier: Apache-2.0
// Installed Ruby gems, by their specifications; those that came with Ruby included. Gems that
// Bundler took from Git have none and are not seen.
import { formatPurl } from '../../../formats/purl/purl.ts';
import { gemInstallation, parseGemspec, type Gemspec } from '../../../formats/rubygems/gemspec.ts';
import type { Ecosystem, FoundPackage } from '../../ecosystem.ts';

/** Gems with thousands of files list them all: some 500 kB. */
const sizeBytesMax = 4 << 20;

export const plugin: Ecosystem<Gemspec> = {
  id: 'ruby',
  version: 1,
  title: 'Ruby gems',
  kind: 'language',
  files: [{ kind: 'suffix', suffix: '.gemspec', sizeBytesMax }],

  read(file, { issues }) {
    if (gemInstallation(file.path) === undefined) return undefined;
    const gem = parseGemspec(file.bytes());
    if (gem === undefined)
      issues.add({
        code: 'gemspec-not-literal',
        message: 'Cannot tell name and version of a Ruby gem without running its specification',
        fatal: true,
        where: file.path,
      });
    return gem;
  },

  assemble(facts) {
    return { packages: facts.map(({ path, fact }) => packageOf(path, fact)) };
  },
};

function packageOf(path: string, gem: Gemspec): FoundPackage {
  const { name, version, platform, license, authors } = gem;
  const { folder, isDefault } = gemInstallation(path)!;
  return {
    package: {
      name,
      version,
      ecosystem: 'RubyGems',
      purl: formatPurl({
        type: 'gem',
        name,
        version,
        qualifiers: { platform: platform === 'ruby' ? undefined : platform },
      }),
      ...(license === undefined ? {} : { license }),
      ...(authors === undefined ? {} : { vendor: authors }),
      locations: [{ path }],
      detail: { platform, ...(isDefault ? { default: true } : {}) },
    },
    files: [{ path }],
    folders: [folder],
  };
}
