// SPDX-License-Identifier: Apache-2.0
// Options that several commands have, spelled once.
import { PlimsollError } from '../model/errors.ts';
import type { Arguments, Option } from './command.ts';

/** `--format` with these choices, and its short form for the first habit of scripts, `--json`. */
export function formatOptions(choices: readonly string[], plain: string): readonly Option[] {
  return [
    {
      name: 'format',
      short: 'f',
      value: 'FORMAT',
      choices,
      description: `form of the output (default: ${plain})`,
    },
    { name: 'json', description: 'short for --format json' },
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      description: 'write to a file, in whole or not at all, instead of standard output',
    },
  ];
}

/** @throws `usage` when both forms are given and disagree. */
export function formatOf(args: Arguments, plain: string): string {
  const named = args.value('format');
  if (!args.has('json')) return named ?? plain;
  if (named !== undefined && named !== 'json')
    throw new PlimsollError('usage', `--json and --format ${named} exclude each other`);
  return 'json';
}

export const databaseOption: Option = {
  name: 'db',
  value: 'FILE',
  description: 'advisory store to use (default: advisories.db in the state folder)',
};

export const offlineOption: Option = {
  name: 'offline',
  description: 'never use the network; PLIMSOLL_OFFLINE=1 does the same',
};

export const plainHttpOption: Option = {
  name: 'plain-http',
  description: 'allow http to registries that are not on loopback',
};

export const platformOption: Option = {
  name: 'platform',
  short: 'p',
  value: 'OS/ARCH',
  description: 'platform to take from an index, e.g. linux/arm64 (default: this machine)',
};

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `36h`, `7d`, `2w` in milliseconds. @throws `usage` */
export function parseDuration(name: string, text: string): number {
  const match = /^(\d{1,5})([hdw])$/.exec(text);
  if (match === null)
    throw new PlimsollError('usage', `--${name} cannot be ${JSON.stringify(text)}`, {
      hint: 'write a number and h, d or w: 36h, 7d, 2w',
    });
  return Number(match[1]) * unitMs[match[2]!]!;
}
