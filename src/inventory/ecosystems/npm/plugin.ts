// SPDX-License-Identifier: Apache-2.0
// Installed npm packages: each `package.json` right in `node_modules/<name>`, whichever client
// (npm, pnpm, Yarn's node_modules linker, Bun) put it there, global ones included.
//
// Not counted: a `package.json` anywhere else. The application's own is no package that advisories
// know, and the ones in tests and templates are not installed. Yarn's Plug'n'Play keeps packages
// in zip files; those are not read.
import {
  npmInstallation,
  parseNpmPackage,
  type NpmPackage,
} from '../../../formats/npm-package/npm-package.ts';
import { formatPurl } from '../../../formats/purl/purl.ts';
import type { Ecosystem, FoundPackage } from '../../ecosystem.ts';

/** The largest published ones carry their documentation: some 2 MB. */
const sizeBytesMax = 4 << 20;

export const plugin: Ecosystem<NpmPackage> = {
  id: 'npm',
  version: 1,
  title: 'npm packages',
  kind: 'language',
  files: [{ kind: 'basename', basename: 'package.json', sizeBytesMax }],

  read(file) {
    return npmInstallation(file.path) && parseNpmPackage(file.bytes());
  },

  assemble(facts) {
    return { packages: facts.map(({ path, fact }) => packageOf(path, fact)) };
  },
};

/** What counts is the name inside: with an alias (`"old": "npm:lodash@3"`) the folder has another. */
function packageOf(path: string, { name, version, license, author }: NpmPackage): FoundPackage {
  const { folder, installedAs } = npmInstallation(path)!;
  const slash = name.indexOf('/');
  return {
    package: {
      name,
      version,
      ecosystem: 'npm',
      purl: formatPurl({
        type: 'npm',
        ...(slash > 0 ? { namespace: name.slice(0, slash) } : {}),
        name: name.slice(slash + 1),
        version,
      }),
      ...(license === undefined ? {} : { license }),
      ...(author === undefined ? {} : { vendor: author }),
      locations: [{ path }],
      ...(installedAs === name ? {} : { detail: { installedAs } }),
    },
    files: [],
    folders: [folder],
  };
}
