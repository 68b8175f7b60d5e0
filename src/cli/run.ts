// SPDX-License-Identifier: Apache-2.0
// From words to an exit code: dispatch, the process's streams and signals, errors for people.
import { PlimsollError, reasonOf } from '../model/errors.ts';
import { exitCodes } from '../model/exit-codes.ts';
import { escapeForTerminal } from '../formats/terminal/escape.ts';
import type { Command } from './command.ts';
import { commands, type CommandEntry } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { nearest, parseArguments } from './parse-arguments.ts';
import { openProgress } from './progress.ts';
import { wantsColor, widthOf, type Terminal } from './terminal.ts';

/** Runs one command line in this process and sets its exit code. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const abort = new AbortController();
  const interrupted = watchSignals(abort);
  const terminal = processTerminal(abort.signal);
  endQuietlyOnClosedPipe();
  try {
    process.exitCode = await dispatch(words, terminal);
  } catch (error) {
    terminal.progress.close();
    if (interrupted.by !== undefined) dieBy(interrupted.by);
    process.stderr.write(formatError(error, wantsColor(process.env, process.stderr)));
    process.exitCode = exitCodes.error;
  }
  terminal.progress.close();
}

type ProcessTerminal = Terminal & { readonly progress: Terminal['progress'] & { close(): void } };

function processTerminal(signal: AbortSignal): ProcessTerminal {
  const progress = openProgress(process.stderr, process.env);
  return {
    env: process.env,
    write: writeOut,
    note: (text) => progress.note(text),
    color: wantsColor(process.env, process.stdout),
    width: widthOf(process.env, process.stdout),
    progress,
    signal,
    now: new Date(),
  };
}

async function writeOut(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

/** `plimsoll scan ... | head` is no error: when nobody reads any more, there is nothing to do. */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.clean);
    throw error;
  });
}

/** The first signal asks the work to stop and clean up; a second one ends the process at once. */
function watchSignals(abort: AbortController): { by?: NodeJS.Signals } {
  const interrupted: { by?: NodeJS.Signals } = {};
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      interrupted.by = name;
      abort.abort(new PlimsollError('aborted', `stopped by ${name}`));
    });
  return interrupted;
}

/** Ends as the signal would have, so that shells and CI see what happened. */
function dieBy(name: NodeJS.Signals): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

/** Finds and runs the command; answers `help`, `--help` and a group's name itself. */
export async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const names = asked.filter((word) => !word.startsWith('-'));
  const entry = findCommand(names);
  if (entry === undefined) return await showOverview(asked, names, terminal);
  const command: Command = await entry.load();
  const rest = withoutPath(asked, entry);
  const beforeSeparator = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (beforeSeparator.includes('--help') || beforeSeparator.includes('-h')) {
    await terminal.write(commandHelp(command, terminal.width));
    return exitCodes.clean;
  }
  return await command.run(parseArguments(command, rest), terminal);
}

function findCommand(names: readonly string[]): CommandEntry | undefined {
  return commands.find((entry) => entry.path.every((word, at) => names[at] === word));
}

/** The words without the command's own, wherever switches stand between them. */
function withoutPath(words: readonly string[], entry: CommandEntry): readonly string[] {
  const left = [...entry.path];
  return words.filter((word) => {
    if (left[0] !== word) return true;
    left.shift();
    return false;
  });
}

async function showOverview(
  words: readonly string[],
  names: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const isGroup = names.length === 0 || commands.some((entry) => entry.path[0] === names[0]);
  const wantsHelp = words.length === 0 || words.includes('--help') || words.includes('-h');
  if (isGroup && names.length <= 1 && (wantsHelp || names.length === 1)) {
    await terminal.write(overview(names, terminal.width));
    return wantsHelp ? exitCodes.clean : exitCodes.error;
  }
  if (words.some((word) => word === '--version' || word === '-V'))
    return await dispatchVersion(terminal);
  const wrong = names.join(' ') || (words[0] ?? '');
  const near = nearest(
    wrong,
    commands.map((entry) => entry.path.join(' ')),
  );
  throw new PlimsollError('usage', `unknown command ${JSON.stringify(wrong)}`, {
    hint:
      near === undefined ? 'plimsoll --help lists the commands' : `did you mean plimsoll ${near}?`,
  });
}

async function dispatchVersion(terminal: Terminal): Promise<number> {
  const { version } = await import('../model/version.ts');
  await terminal.write(`plimsoll ${version}\n`);
  return exitCodes.clean;
}

/** `error:` with the message, `hint:` with the next step; a stack only for our own mistakes. */
export function formatError(error: unknown, color: boolean): string {
  const red = color ? '\u001b[31m' : '';
  const cyan = color ? '\u001b[36m' : '';
  const reset = color ? '\u001b[0m' : '';
  const text = (value: string): string => escapeForTerminal(value);
  if (error instanceof PlimsollError) {
    const hint = error.hint === undefined ? '' : `${cyan}hint:${reset} ${text(error.hint)}\n`;
    return `${red}error:${reset} ${text(error.message)}\n${hint}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : reasonOf(error);
  return `${red}error:${reset} internal: ${stack.split('\n').map(text).join('\n')}\n${cyan}hint:${reset} this is a mistake in plimsoll; please report it with the lines above\n`;
}
