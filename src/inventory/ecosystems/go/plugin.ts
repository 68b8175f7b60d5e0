// SPDX-License-Identifier: Apache-2.0
// Go modules and Go's standard library, from the build information inside of programs.
// The version of the standard library comes from there only: a `go` line in a go.mod says which
// language version was wished for, not which toolchain compiled.
import {
  isGoProgram,
  readGoBuildInfo,
  type GoBuildInfo,
} from '../../../formats/go-buildinfo/go-buildinfo.ts';
import type { GoModule } from '../../../formats/go-buildinfo/module-info.ts';
import { standardLibraryVersion } from '../../../formats/go-buildinfo/toolchain-version.ts';
import { linkedVersion } from '../../../formats/go-buildinfo/linked-version.ts';
import { formatPurl } from '../../../formats/purl/purl.ts';
import type { LocatedFact } from '../../../image/file-reader.ts';
import type { CoverageGap } from '../../../model/coverage.ts';
import type { Ecosystem, FoundPackage } from '../../ecosystem.ts';

/** A module as it was compiled in; `replaces` names what the main module had asked for. */
type ModuleFact = {
  readonly path: string;
  readonly version: string;
  readonly sum?: string;
  readonly replaces?: string;
};

type GoFact = {
  /** Absent for a program that says nothing about its toolchain. */
  readonly toolchain?: string;
  readonly from?: GoBuildInfo['from'];
  readonly main?: ModuleFact;
  readonly mainPackage?: string;
  readonly dependencies: readonly ModuleFact[];
  /** Chosen build settings: revision, time, platform. */
  readonly settings: { readonly [name: string]: string };
};

/** The largest Go programs are some 300 MB with their debug information. */
const sizeBytesMax = 1 << 30;

/** What helps to tell where a program comes from. Others (compiler flags) may hold anything. */
const keptSettings = ['vcs', 'vcs.revision', 'vcs.time', 'vcs.modified', 'GOOS', 'GOARCH', '-tags'];

export const plugin: Ecosystem<GoFact> = {
  id: 'go',
  version: 1,
  title: 'Go modules (build information in programs)',
  kind: 'language',
  files: [{ kind: 'elf', sizeBytesMax }],

  read(file) {
    const info = readGoBuildInfo(file);
    if (info !== undefined) return factOf(info);
    return isGoProgram(file) ? { dependencies: [], settings: {} } : undefined;
  },

  assemble(facts) {
    return {
      packages: facts.flatMap(packagesOf),
      gaps: gapsOf(facts),
    };
  },
};

function factOf(info: GoBuildInfo): GoFact {
  const { modules } = info;
  const settings: Record<string, string> = {};
  for (const name of keptSettings) {
    const value = modules?.settings.get(name);
    if (value) settings[name] = value;
  }
  const linked = linkedVersion(modules?.settings.get('-ldflags') ?? '');
  if (linked !== undefined) settings['linked-version'] = linked;
  return {
    toolchain: info.toolchain,
    from: info.from,
    ...(modules?.main ? { main: compiledModule(modules.main) } : {}),
    ...(modules?.path ? { mainPackage: modules.path } : {}),
    dependencies: (modules?.dependencies ?? []).map(compiledModule),
    settings,
  };
}

/**
 * The code of a replaced module is the replacement's. A folder as replacement has no version of
 * its own: then the module keeps its name and version, as the best that can be told.
 */
function compiledModule(module: GoModule): ModuleFact {
  const { replacedBy, ...asked } = module;
  if (replacedBy === undefined) return asked;
  if (/^\.{0,2}\//.test(replacedBy.path))
    return { ...asked, replaces: `${replacedBy.path} (folder)` };
  return { ...replacedBy, replaces: `${asked.path}@${asked.version}` };
}

function packagesOf({ path, fact }: LocatedFact<GoFact>): readonly FoundPackage[] {
  const found: FoundPackage[] = [];
  if (fact.main !== undefined) {
    const { main, settings, mainPackage, toolchain } = fact;
    const detail = {
      ...settings,
      main: true,
      ...(mainPackage ? { package: mainPackage } : {}),
      ...(toolchain ? { toolchain } : {}),
    };
    // The program is the main module's own file; its dependencies are only inside.
    found.push({ ...packageOf(path, main, detail), files: [{ path }] });
  }
  for (const module of fact.dependencies) found.push(packageOf(path, module, {}));
  const library = fact.toolchain && standardLibraryVersion(fact.toolchain);
  if (library && fact.toolchain)
    found.push(
      packageOf(
        path,
        { path: 'stdlib', version: library },
        { toolchain: fact.toolchain, from: fact.from ?? 'build-info' },
      ),
    );
  return found;
}

function packageOf(
  file: string,
  module: ModuleFact,
  detail: Readonly<Record<string, string | boolean>>,
): FoundPackage {
  const { path: name, version, sum, replaces } = module;
  const slash = name.lastIndexOf('/');
  return {
    package: {
      name,
      version,
      ecosystem: 'Go',
      purl: formatPurl({
        type: 'golang',
        ...(slash > 0 ? { namespace: name.slice(0, slash) } : {}),
        name: name.slice(slash + 1) || name,
        // `(devel)` is no version: a purl with it would name nothing.
        ...(version === '(devel)' ? {} : { version }),
      }),
      locations: [{ path: file }],
      detail: { ...detail, ...(sum ? { sum } : {}), ...(replaces ? { replaces } : {}) },
    },
    files: [],
  };
}

/** Programs without module list cannot be judged beyond their toolchain, if they even tell that. */
function gapsOf(facts: readonly LocatedFact<GoFact>[]): readonly CoverageGap[] {
  const silent = facts.filter(({ fact }) => fact.from !== 'build-info' || fact.main === undefined);
  const [first] = silent;
  if (first === undefined) return [];
  return [
    {
      code: 'go-modules-unknown',
      message: `${silent.length} Go programs do not tell which modules they hold`,
      subject: first.path,
      hint: 'build them from a module with Go 1.18 or later, and keep their build information',
      blocking: false,
    },
  ];
}
