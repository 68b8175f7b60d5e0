// SPDX-License-Identifier: Apache-2.0
// The command that made a layer, as people wrote it in their Dockerfile.
import type { LayerDescriptor } from '../model/image.ts';

/**
 * A history entry without what builders add: the classic builder's `/bin/sh -c #(nop) ` before
 * instructions and `/bin/sh -c ` before commands, BuildKit's `# buildkit` at the end.
 */
export function shortCommand(createdBy: string): string {
  const nop = /^\/bin\/sh -c #\(nop\)\s+/.exec(createdBy);
  if (nop !== null) return createdBy.slice(nop[0].length).trim();
  const command = createdBy.replace(/ # buildkit$/, '').trim();
  return command.replace(/^(RUN )?\/bin\/sh -c /, 'RUN ').trim();
}

/** `layer 1: RUN apt-get update`, `layer 2` where the command is unknown, '' without a layer. */
export function describeLayer(
  layers: readonly LayerDescriptor[],
  layer: number | undefined,
): string {
  if (layer === undefined) return '';
  const found = layers.find(({ index }) => index === layer);
  const line =
    found?.dockerfileLine === undefined ? '' : ` (Dockerfile line ${found.dockerfileLine})`;
  const command = found?.createdBy === undefined ? '' : `: ${shortCommand(found.createdBy)}`;
  return `layer ${layer}${line}${command}`;
}
