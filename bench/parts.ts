// SPDX-License-Identifier: Apache-2.0
// Parts of a scan, in a process of their own: prints one line of JSON. Called by bench/main.ts.
import { LayerIndexBuilder } from '../src/image/layer-index-builder.ts';
import { TreeBuilder } from '../src/image/merge-layers.ts';
import type { FoundPackage } from '../src/inventory/ecosystem.ts';
import { findOwnership } from '../src/inventory/ownership.ts';
import { IssueList } from '../src/model/issue.ts';
import { encodePath } from '../src/model/path-bytes.ts';
import { AdvisoryStore, advisoryStoreFile } from '../src/vulnerability/store/advisory-store.ts';
import { ecosystem } from './advisories.ts';

const lookups = 300;
const rounds = 10;

function milliseconds(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** The first time in this process, and the best of the others: each opens the store anew. */
function lookUp(stateFolder: string): Record<string, number> {
  const ask = (): void => {
    const reader = AdvisoryStore.reader(advisoryStoreFile(stateFolder))!;
    for (let number = 0; number < lookups; number++)
      reader.lookup(ecosystem, `package-${number * 61}`);
    reader.close();
  };
  const cold = milliseconds(ask);
  const warm = Math.min(...Array.from({ length: rounds }, () => milliseconds(ask)));
  return { lookups, cold, warm };
}

/** 100,000 files of 1000 packages in 10,000 folders, for the first time in this process. */
function own(): Record<string, number> {
  const builder = new LayerIndexBuilder(new IssueList());
  const packages: FoundPackage[] = [];
  const header = { mode: 0o755, uid: 0, gid: 0, sizeBytes: 100, modifiedSeconds: 0 };
  let files = 0;
  for (let number = 0; number < 1000; number++) {
    const paths: string[] = [];
    for (let at = 0; at < 100; at++)
      paths.push(`usr/${at < 50 ? 'share' : 'lib'}/p${number}/folder${at % 5}/file-name-${at}`);
    for (const path of paths) builder.add({ ...header, path: encodePath(path), kind: 'file' });
    files += paths.length;
    packages.push({
      package: { name: `p${number}`, version: '1', ecosystem, purl: '', locations: [] },
      files: paths.slice(1).map((path) => ({ path: `/${path}` })),
    });
  }
  const trees = new TreeBuilder(new IssueList());
  trees.apply(builder.finish());
  const input = { tree: trees.tree, os: packages, language: [], diversions: [], skippedMounts: [] };
  return { files, ownership: milliseconds(() => findOwnership(input)) };
}

const [mode, stateFolder] = process.argv.slice(2) as ['lookups' | 'ownership', string];
console.log(JSON.stringify(mode === 'lookups' ? lookUp(stateFolder) : own()));
