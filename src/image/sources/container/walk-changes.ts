// SPDX-License-Identifier: Apache-2.0
// What a container changed, shown as a layer: deletions as whiteouts, the rest out of the stream of
// its whole file system, of which only the changed paths are looked at.
// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
import type { EngineClient } from '../../../engine/engine-client.ts';
import type { ChangeKind } from '../../../engine/inspected.ts';
import { TarParser } from '../../../formats/tar/tar-parser.ts';
import type { IssueList } from '../../../model/issue.ts';
import { decodePath, encodePath } from '../../../model/path-bytes.ts';
import type { LayerVisitor } from '../../layer-visitor.ts';

/** @throws `io`, `network` (the engine broke off), `aborted`. */
export async function walkChanges(
  engine: EngineClient,
  id: string,
  changes: ReadonlyMap<string, ChangeKind>,
  visitor: LayerVisitor,
  issues: IssueList,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [path, kind] of changes) if (kind === 'deleted') visitor.entry(whiteout(path));
  // A folder that was deleted and made anew is listed as deleted alone: whatever is in the export
  // under a listed name belongs to the container.
  if (changes.size === 0) return;
  const parser = new TarParser(
    {
      entry: (entry) =>
        changes.has(`/${decodePath(entry.path)}`) ? visitor.entry(entry) : undefined,
    },
    issues,
  );
  for await (const chunk of await engine.exportContainer(id, signal)) await parser.push(chunk);
  await parser.end(true);
}

function whiteout(path: string) {
  const slash = path.lastIndexOf('/');
  const folder = path.slice(1, slash + 1);
  return {
    path: encodePath(`${folder}.wh.${path.slice(slash + 1)}`),
    kind: 'file',
    mode: 0,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    modifiedSeconds: 0,
  } as const;
}
