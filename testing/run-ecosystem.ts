// SPDX-License-Identifier: Apache-2.0
// Runs an ecosystem over some files as a scan would: only what its patterns ask for is read, facts
// go through JSON, and what `read` throws becomes an issue.
import { posix } from 'node:path';
import { sourceOfBytes } from '../src/formats/byte-source/byte-source.ts';
import { isElf } from '../src/formats/elf/elf.ts';
import type { ContentFile, FilePattern, JsonValue, LocatedFact } from '../src/image/file-reader.ts';
import type { Assembled, Ecosystem } from '../src/inventory/ecosystem.ts';
import { PlimsollError } from '../src/model/errors.ts';
import { IssueList, type Issue } from '../src/model/issue.ts';

export interface EcosystemRun extends Assembled {
  readonly issues: readonly Issue[];
  /** Paths that the patterns asked for. */
  readonly asked: readonly string[];
}

/** Files by absolute path. */
export async function runEcosystem<Fact extends JsonValue>(
  ecosystem: Ecosystem<Fact>,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<EcosystemRun> {
  const issues = new IssueList();
  const facts: LocatedFact<Fact>[] = [];
  const asked: string[] = [];
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as string);
    if (!ecosystem.files.some((pattern) => matchesPattern(pattern, path, bytes))) continue;
    asked.push(path);
    try {
      const fact = await ecosystem.read(contentFile(path, bytes), { issues });
      if (fact !== undefined)
        facts.push({ path, layer: 0, fact: JSON.parse(JSON.stringify(fact)) as Fact });
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      issues.add({ code: error.code, message: error.message, fatal: true, where: path });
    }
  }
  const tree = {
    size: 0,
    lookup: () => undefined,
    resolve: () => undefined,
    entries: () => [],
    visitFiles: () => {},
  };
  return { ...ecosystem.assemble(facts, { tree, issues }), issues: issues.toArray(), asked };
}

export function contentFile(path: string, bytes: Uint8Array): ContentFile {
  return { path, mode: 0o644, bytes: () => bytes, ...sourceOfBytes(bytes) };
}

function matchesPattern(pattern: FilePattern, path: string, bytes: Uint8Array): boolean {
  if (bytes.length > pattern.sizeBytesMax) return false;
  switch (pattern.kind) {
    case 'path':
      return path === pattern.path;
    case 'basename':
      return posix.basename(path) === pattern.basename;
    case 'suffix':
      return path.toLowerCase().endsWith(pattern.suffix);
    case 'folder':
      return posix.dirname(path) === pattern.folder && path.endsWith(pattern.suffix ?? '');
    case 'elf':
      return isElf(bytes);
  }
}
