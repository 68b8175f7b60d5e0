// SPDX-License-Identifier: Apache-2.0
// `plimsoll db status`: which advisories are stored, how many, how old.
import type { DatabaseStatus, SourceStatus } from '../../flows/database-status.ts';
import { jsonText } from '../../formats/json/stream.ts';
import { escapeForTerminal } from '../../formats/terminal/escape.ts';
import { painter, type Paint } from '../../formats/terminal/style.ts';
import type { Command } from '../command.ts';
import { formatBytes } from '../progress.ts';
import { statePaths } from '../services.ts';
import { databaseOption, formatOf, formatOptions } from '../shared-options.ts';
import { columns } from '../text-table.ts';
import { writeOutput } from '../write-output.ts';

export const command: Command = {
  path: ['db', 'status'],
  summary: 'show which advisories are stored and how old they are',
  description: ['Lists every source with the date that its publisher gives it, and its counts.'],
  positionals: [],
  options: [...formatOptions(['table', 'json'], 'table'), databaseOption],
  examples: [
    { command: 'plimsoll db status', says: 'what scans are judged by' },
    { command: "plimsoll db status --json | jq '.sources[].asOf'", says: 'for a script' },
  ],
  async run(args, terminal) {
    const { databaseStatus } = await import('../../flows/database-status.ts');
    const { database } = await statePaths(args, terminal);
    const status = await databaseStatus(database);
    const text =
      formatOf(args, 'table') === 'json'
        ? `${[...jsonText(status, 4)].join('')}\n`
        : table(status, terminal.now, painter(terminal.color));
    await writeOutput([text], args.value('output'), terminal);
    return 0;
  },
};

function table(status: DatabaseStatus, now: Date, paint: Paint): string {
  const where = escapeForTerminal(status.file);
  if (!status.exists || status.sources.length === 0)
    return `No advisories are stored in ${where}.\nplimsoll db update fetches them; plimsoll db import reads them from disk.\n`;
  const rows = status.sources.map((source) => [
    source.feed,
    escapeForTerminal(source.key),
    String(source.advisories || source.enrichments),
    escapeForTerminal(source.asOf?.slice(0, 10) ?? 'unknown'),
    ageInWords(source.asOf ?? source.checked, now),
    ecosystemsInWords(source),
  ]);
  const head = ['FEED', 'SOURCE', 'RECORDS', 'AS OF', 'AGE', 'ECOSYSTEMS'].map((name) =>
    paint('bold', name),
  );
  return `${where}  ${formatBytes(status.sizeBytes)}\n\n${columns([head, ...rows])}`;
}

function ecosystemsInWords(source: SourceStatus): string {
  const names = source.ecosystems.map(({ ecosystem }) => escapeForTerminal(ecosystem));
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

/** Whole days, or hours below two days. */
export function ageInWords(date: string, now: Date): string {
  const hours = Math.max(0, (now.getTime() - Date.parse(date)) / 3_600_000);
  if (Number.isNaN(hours)) return 'unknown';
  return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} d`;
}
