// SPDX-License-Identifier: Apache-2.0
// Finds a report by its name and gathers what it needs of the terminal.
import { PlimsollError } from '../model/errors.ts';
import { version } from '../model/version.ts';
import type { Report, ReportCommand, ReportOptions } from '../reports/report.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Loads the report's plugin alone. */
export async function reportOf(id: string, command: ReportCommand): Promise<Report> {
  const { registry } = await import('../reports/registry.ts');
  const report = await registry[id]?.();
  if (report?.for.includes(command)) return report;
  throw new PlimsollError('usage', `no format ${JSON.stringify(id)} for plimsoll ${command}`);
}

export function reportOptions(args: Arguments, terminal: Terminal): ReportOptions {
  const isFile = args.value('output') !== undefined;
  return {
    color: terminal.color && !isFile,
    width: terminal.width,
    verbose: args.has('verbose'),
    showHidden: args.has('hidden'),
    now: reportTime(terminal),
    toolVersion: version,
  };
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function reportTime(terminal: Terminal): Date {
  const epoch = terminal.env['SOURCE_DATE_EPOCH'];
  return epoch !== undefined && /^\d{1,11}$/.test(epoch)
    ? new Date(Number(epoch) * 1000)
    : terminal.now;
}
