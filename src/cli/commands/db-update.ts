// SPDX-License-Identifier: Apache-2.0
// `plimsoll db update`: fetches what scans are judged by.
import { PlimsollError } from '../../model/errors.ts';
import type { Command } from '../command.ts';
import { statePaths, withHttp } from '../services.ts';
import { databaseOption, formatOf, formatOptions } from '../shared-options.ts';
import { outcomeJson, outcomeTable } from '../source-outcomes.ts';
import { writeOutput } from '../write-output.ts';

export const command: Command = {
  path: ['db', 'update'],
  summary: 'fetch advisories, or what changed since the last time',
  description: [
    'Without arguments it brings up to date what is stored. A download that breaks off is continued by the next run; each source is swapped in whole, and a scan meanwhile sees one whole version. A source that fails keeps its stored version.',
    'A mirror takes the place of the publishers through PLIMSOLL_FEED_MIRROR or sources.json in the state folder; see docs/advisory-data.md.',
  ],
  positionals: [
    {
      name: 'ECOSYSTEM',
      description: 'what to fetch for: Debian:12, Alpine:v3.19, npm, PyPI, Go, Maven, ...',
      required: false,
      multiple: true,
      complete: 'none',
    },
  ],
  options: [
    { name: 'full', description: 'fetch everything anew, whatever is stored' },
    { name: 'allow-older', description: 'also take data that is older than what is stored' },
    ...formatOptions(['table', 'json'], 'table'),
    databaseOption,
    { name: 'offline', description: 'never use the network: an error here' },
  ],
  examples: [
    {
      command: 'plimsoll db update Debian:12 npm',
      says: 'what a Debian image with a Node.js application needs',
    },
    { command: 'plimsoll db update', says: 'nightly: what changed in everything that is stored' },
  ],
  async run(args, terminal) {
    const { updateDatabase } = await import('../../flows/update-database.ts');
    const { folder, database } = await statePaths(args, terminal);
    const result = await withHttp(args, terminal, (http) =>
      updateDatabase({
        file: database,
        stateFolder: folder,
        env: terminal.env,
        http,
        ...(args.positionals.length === 0 ? {} : { ecosystems: args.positionals }),
        full: args.has('full'),
        allowOlder: args.has('allow-older'),
        progress: terminal.progress,
        signal: terminal.signal,
      }),
    );
    if (result.sources.length === 0)
      throw new PlimsollError(
        'usage',
        'nothing is stored yet, so there is nothing to bring up to date',
        {
          hint: 'name ecosystems, e.g. plimsoll db update Debian:12 npm; a scan also fetches what it lacks',
        },
      );
    const text =
      formatOf(args, 'table') === 'json'
        ? `${JSON.stringify({ complete: result.complete, sources: outcomeJson(result.sources) }, undefined, 2)}\n`
        : outcomeTable(result.sources, terminal.color);
    await writeOutput([text], args.value('output'), terminal);
    if (result.complete) return 0;
    throw new PlimsollError('network', 'not every source could be brought up to date', {
      hint: 'what was stored before still is; run plimsoll db update again to continue',
    });
  },
};
