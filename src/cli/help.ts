// SPDX-License-Identifier: Apache-2.0
// Help texts, made from what the commands declare.
import { commandName, commonOptions } from './parse-arguments.ts';
import { commands, type CommandEntry } from './commands.ts';
import type { Command, Option } from './command.ts';

const exitCodes = `Exit codes, the same for every command:
  0  clean
  1  over the bar that --fail-on sets
  2  cannot tell: something that the bar needs to know is missing
  3  error`;

function column(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(34, Math.max(...rows.map(([name]) => name.length)));
  return rows
    .map(([name, text]) => {
      const indent = ' '.repeat(left + 4);
      const lines = wrap(text, Math.max(30, width - left - 4));
      const head = name.length > left ? `  ${name}\n${indent}` : `  ${name.padEnd(left)}  `;
      return head + lines.join(`\n${indent}`);
    })
    .join('\n');
}

export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function optionName(option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

function optionText(option: Option): string {
  return option.choices === undefined
    ? option.description
    : `${option.description}: ${option.choices.join(', ')}`;
}

export function usageLine(command: Command): string {
  const words = command.positionals.map((positional) => {
    const name = positional.multiple ? `${positional.name}...` : positional.name;
    return positional.required ? name : `[${name}]`;
  });
  return [commandName(command), '[OPTIONS]', ...words].join(' ');
}

/** The help of one command. */
export function commandHelp(command: Command, width: number): string {
  const sections = [
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    `Usage: ${usageLine(command)}`,
    ...command.description.map((text) =>
      text.includes('\n') ? text : wrap(text, Math.min(width, 100)).join('\n'),
    ),
  ];
  if (command.positionals.length > 0)
    sections.push(
      `Arguments:\n${column(
        command.positionals.map((positional) => [positional.name, positional.description]),
        width,
      )}`,
    );
  const options = [...command.options, ...commonOptions];
  sections.push(
    `Options:\n${column(
      options.map((option) => [optionName(option), optionText(option)]),
      width,
    )}`,
  );
  if (command.examples.length > 0)
    sections.push(
      `Examples:\n${command.examples
        .map((example) => `  # ${example.says}\n  ${example.command}`)
        .join('\n')}`,
    );
  sections.push(exitCodes);
  return `${sections.join('\n\n')}\n`;
}

const about = `Container security from build to run: where an image comes from, what is in it, what is wrong
with it, and what it may do.`;

const examples = `Examples:
  # what is installed on this machine, what is wrong with it, what no package manager knows
  plimsoll scan rootfs:/
  # an image from the local engine, a registry, a saved archive
  plimsoll scan docker:web:1.4
  plimsoll scan registry:docker.io/library/alpine:3.19
  plimsoll scan docker-archive:web.tar
  # in CI: fail on what is critical, high or known to be exploited
  plimsoll scan --fail-on high,kev web:1.4`;

/** The help of the program, or of a group such as `db`. */
export function overview(group: readonly string[], width: number): string {
  const listed = commands.filter((entry) => group.every((word, at) => entry.path[at] === word));
  const rows = listed.map((entry: CommandEntry) => [entry.path.join(' '), entry.summary] as const);
  const name = ['plimsoll', ...group].join(' ');
  const isProgram = group.length === 0;
  const sections = [
    ...(isProgram ? [about] : []),
    `Usage: ${name} COMMAND [OPTIONS] ...`,
    `Commands:\n${column(rows, width)}`,
    `  ${name} COMMAND --help explains one of them${isProgram ? '; plimsoll --version tells the version' : ''}.`,
    ...(isProgram ? [examples, exitCodes] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}
