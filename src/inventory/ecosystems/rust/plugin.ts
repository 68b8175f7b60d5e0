// SPDX-License-Identifier: Apache-2.0
// Rust crates, from the audit data that `cargo auditable` puts into programs. A program built
// without it says nothing about its crates.
import { formatPurl } from '../../../formats/purl/purl.ts';
import { readRustAudit, type AuditedCrate } from '../../../formats/rust-audit/rust-audit.ts';
import type { Ecosystem, FoundPackage } from '../../ecosystem.ts';

type CrateFact = {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly root: boolean;
};
type RustFact = { readonly crates: readonly CrateFact[]; readonly buildCrates: number };

/** rustc's own libraries are below 200 MB; programs with debug information reach 1 GB. */
const sizeBytesMax = 1 << 30;

export const plugin: Ecosystem<RustFact> = {
  id: 'rust',
  version: 1,
  title: 'Rust crates (cargo-auditable data in programs)',
  kind: 'language',
  files: [{ kind: 'elf', sizeBytesMax }],

  read(file) {
    const crates = readRustAudit(file);
    return crates && factOf(crates);
  },

  assemble(facts) {
    return {
      packages: facts.flatMap(({ path, fact }) =>
        fact.crates.map((crate) => packageOf(path, crate, fact.buildCrates)),
      ),
    };
  },
};

/** Crates that only ran at compile time are not in the program: they are counted and left out. */
function factOf(crates: readonly AuditedCrate[]): RustFact {
  const inside = crates.filter((crate) => crate.kind === 'runtime');
  return {
    crates: inside.map(({ name, version, source, root }) => ({ name, version, source, root })),
    buildCrates: crates.length - inside.length,
  };
}

function packageOf(path: string, crate: CrateFact, buildCrates: number): FoundPackage {
  const { name, version, source, root } = crate;
  return {
    package: {
      name,
      version,
      ecosystem: 'crates.io',
      purl: formatPurl({ type: 'cargo', name, version }),
      locations: [{ path }],
      detail: { source, ...(root ? { root, buildCrates } : {}) },
    },
    // The program is the root crate's own file; other crates are only inside.
    files: root ? [{ path }] : [],
  };
}
