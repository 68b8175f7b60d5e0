// SPDX-License-Identifier: Apache-2.0
// Turns the words after a subcommand into its arguments, and says what is wrong with them.
import { parseArgs } from 'node:util';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import type { Arguments, Command, Option } from './command.ts';

/** Options that every command has. */
export const commonOptions: readonly Option[] = [
  { name: 'help', short: 'h', description: 'show this help' },
];

export function commandName(command: Command): string {
  return `plimsoll ${command.path.join(' ')}`;
}

/** @throws `usage`, with a hint that names the help or the option that was probably meant. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const options = [...command.options, ...commonOptions];
  const { values, positionals } = parseWords(command, options, words);
  checkPositionals(command, positionals);
  const all = (name: string): readonly string[] => {
    const value = values[name];
    const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return list.filter((item): item is string => typeof item === 'string');
  };
  checkChoices(command, options, all);
  return {
    positionals,
    has: (name) => values[name] !== undefined && values[name] !== false,
    value: (name) => all(name).at(-1),
    values: (name) =>
      all(name)
        .flatMap((value) => value.split(','))
        .map((value) => value.trim())
        .filter((value) => value !== ''),
  };
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parseWords(
  command: Command,
  options: readonly Option[],
  words: readonly string[],
): { values: Values; positionals: string[] } {
  const config = Object.fromEntries(
    options.map((option) => [
      option.name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(option.short === undefined ? {} : { short: option.short }),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: config,
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals };
  } catch (error) {
    throw new PlimsollError('usage', unknownOption(error, options) ?? lowerFirst(reasonOf(error)), {
      hint: `${commandName(command)} --help lists its options`,
      cause: error,
    });
  }
}

/** Node's own message for an unknown option suggests to quote it; ours suggests what was meant. */
function unknownOption(error: unknown, options: readonly Option[]): string | undefined {
  const match = /Unknown option '(-{1,2}[^']*)'/.exec(reasonOf(error));
  if (match === null) return undefined;
  const wrong = match[1]!;
  const near = nearest(
    wrong.replace(/^-+/, ''),
    options.map((option) => option.name),
  );
  return `unknown option ${JSON.stringify(wrong)}${near === undefined ? '' : `; did you mean --${near}?`}`;
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const name = commandName(command);
  const required = command.positionals.filter((positional) => positional.required);
  const hint = `${name} --help shows how it is written`;
  if (given.length < required.length)
    throw new PlimsollError('usage', `${name} needs ${required[given.length]!.name}`, { hint });
  const hasMany = command.positionals.some((positional) => positional.multiple);
  if (!hasMany && given.length > command.positionals.length)
    throw new PlimsollError(
      'usage',
      `${name} takes ${command.positionals.length === 0 ? 'no arguments' : `${command.positionals.length} at most`}, got ${JSON.stringify(given.at(-1))} too`,
      { hint },
    );
}

function checkChoices(
  command: Command,
  options: readonly Option[],
  all: (name: string) => readonly string[],
): void {
  for (const option of options) {
    if (option.choices === undefined) continue;
    const given = all(option.name).flatMap((value) =>
      option.multiple ? value.split(',') : [value],
    );
    const wrong = given.find((value) => !option.choices!.includes(value.trim()));
    if (wrong !== undefined)
      throw new PlimsollError(
        'usage',
        `--${option.name} cannot be ${JSON.stringify(wrong)}; it is one of ${option.choices.join(', ')}`,
        { hint: `${commandName(command)} --help explains them` },
      );
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

/** The candidate within an edit distance of 2, if any. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(word.slice(0, 40), candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change));
    }
    row = next;
  }
  return row[right.length]!;
}
