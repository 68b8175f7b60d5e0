// SPDX-License-Identifier: Apache-2.0
// The table of subcommands. Summaries stand here so that `plimsoll --help` loads none of them.
import type { Command } from './command.ts';

export interface CommandEntry {
  readonly path: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
  {
    path: ['scan'],
    summary: 'say what is in an image and what is wrong with it',
    load: async () => (await import('./commands/scan.ts')).command,
  },
  {
    path: ['sbom'],
    summary: 'write the software bill of materials of an image',
    load: async () => (await import('./commands/sbom.ts')).command,
  },
  {
    path: ['db', 'update'],
    summary: 'fetch advisories, or what changed since the last time',
    load: async () => (await import('./commands/db-update.ts')).command,
  },
  {
    path: ['db', 'import'],
    summary: 'read advisories from files',
    load: async () => (await import('./commands/db-import.ts')).command,
  },
  {
    path: ['db', 'status'],
    summary: 'show which advisories are stored and how old they are',
    load: async () => (await import('./commands/db-status.ts')).command,
  },
  {
    path: ['completion'],
    summary: 'write a completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).command,
  },
];
