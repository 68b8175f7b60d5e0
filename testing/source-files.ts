// SPDX-License-Identifier: Apache-2.0
// The project's own sources as the whole-tree tests see them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '..');

/** Paths relative to the project's root, with forward slashes. */
export function sourceFiles(...patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: projectRoot })
    .filter((file) => !file.includes('node_modules'))
    .sort();
}

export function sourceText(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}

export interface ImportStatement {
  /** As written: `../model/errors.ts`, `node:fs`, `yauzl`. */
  readonly specifier: string;
  /** Path from the project's root for relative imports. */
  readonly target?: string;
  readonly typeOnly: boolean;
}

const statement =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s*)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

/** Static and dynamic imports, and re-exports. */
export function importsOf(file: string): readonly ImportStatement[] {
  return [...sourceText(file).matchAll(statement)].map((match) => {
    const specifier = match[3] ?? match[4]!;
    return {
      specifier,
      typeOnly: match[2] !== undefined,
      ...(specifier.startsWith('.') ? { target: normalize(join(dirname(file), specifier)) } : {}),
    };
  });
}
