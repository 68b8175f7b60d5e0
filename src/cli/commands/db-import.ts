// SPDX-License-Identifier: Apache-2.0
// `plimsoll db import`: reads advisories from disk, in any form that a feed knows.
import { PlimsollError } from '../../model/errors.ts';
import { jsonText } from '../../formats/json/stream.ts';
import { escapeForTerminal } from '../../formats/terminal/escape.ts';
import type { ImportResult } from '../../flows/import-advisories.ts';
import { counted } from '../../reports/wording.ts';
import type { Command } from '../command.ts';
import { statePaths } from '../services.ts';
import { databaseOption, formatOf, formatOptions } from '../shared-options.ts';
import { outcomeJson, outcomeTable } from '../source-outcomes.ts';
import type { Terminal } from '../terminal.ts';
import { writeOutput } from '../write-output.ts';

export const command: Command = {
  path: ['db', 'import'],
  summary: 'read advisories from files',
  description: [
    'Each file is recognised by its content: OSV records (JSON, arrays of them, YAML), OSV zips, Alpine secdb, CISA KEV, EPSS, RubySec, PHP security advisories, curl, OpenSSL, CVE severities. Folders are walked, zips are read in place.',
    'What was imported under the same name before is replaced, in whole or not at all.',
  ],
  positionals: [
    {
      name: 'PATH',
      description: 'files, folders and zips',
      required: true,
      multiple: true,
      complete: 'file',
    },
  ],
  options: [
    {
      name: 'name',
      value: 'NAME',
      description: "name of the source, instead of the file's or folder's",
    },
    { name: 'allow-older', description: 'also take data that is older than what is stored' },
    ...formatOptions(['table', 'json'], 'table'),
    databaseOption,
  ],
  examples: [
    {
      command: 'plimsoll db import all.zip',
      says: 'an OSV archive, carried to a machine without a network',
    },
    {
      command: 'plimsoll db import advisories/ known_exploited_vulnerabilities.json',
      says: 'a folder and a file',
    },
  ],
  async run(args, terminal) {
    const { importAdvisories } = await import('../../flows/import-advisories.ts');
    const { database } = await statePaths(args, terminal);
    const name = args.value('name');
    const result = await importAdvisories({
      file: database,
      paths: args.positionals,
      ...(name === undefined ? {} : { name }),
      allowOlder: args.has('allow-older'),
      progress: terminal.progress,
      signal: terminal.signal,
    });
    await show(result, formatOf(args, 'table'), args.value('output'), terminal);
    if (result.sources.length === 0)
      throw new PlimsollError('invalid', 'no file holds advisories in a form that is known', {
        hint: 'plimsoll db import --help lists the forms',
      });
    if (result.sources.some(({ outcome }) => outcome === 'failed'))
      throw new PlimsollError('invalid', 'not every source could be read', {
        hint: 'what was stored before still is',
      });
    return 0;
  },
};

async function show(
  result: ImportResult,
  format: string,
  output: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (format === 'json') {
    const document = { ...result, sources: outcomeJson(result.sources) };
    return await writeOutput([...jsonText(document, 4), '\n'], output, terminal);
  }
  if (result.unrecognisedTotal > 0) {
    const names = result.unrecognised.slice(0, 5).map(escapeForTerminal).join(', ');
    const more = result.unrecognisedTotal > 5 ? ', ...' : '';
    terminal.note(
      `${counted(result.unrecognisedTotal, 'file')} without advisories: ${names}${more}`,
    );
  }
  const damaged = result.issues.filter(({ fatal }) => fatal);
  if (damaged.length > 0) {
    terminal.note(`${counted(damaged.length, 'record')} could not be used:`);
    for (const { message, where } of damaged.slice(0, 5))
      terminal.note(`  ${message}${where === undefined ? '' : ` (${where})`}`);
  }
  if (result.sources.length > 0)
    await writeOutput([outcomeTable(result.sources, terminal.color)], output, terminal);
}
