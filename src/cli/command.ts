// SPDX-License-Identifier: Apache-2.0
// What a subcommand declares: its options once, from which parsing, help and shell completion
// follow. One file per subcommand in commands/, loaded only when it is named.
import type { Terminal } from './terminal.ts';

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of its value in help texts, `FILE`; without one the option is a switch. */
  readonly value?: string;
  readonly description: string;
  /** The only values it takes; completed by the shell. */
  readonly choices?: readonly string[];
  readonly multiple?: boolean;
}

export interface Positional {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly multiple?: boolean;
  /** What the shell should offer. */
  readonly complete?: 'file' | 'folder' | 'none';
}

export interface Example {
  readonly command: string;
  readonly says: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  /** The value of an option; of several, the last. */
  value(name: string): string | undefined;
  /** All values; commas separate several in one. */
  values(name: string): readonly string[];
}

export interface Command {
  /** Words after `plimsoll`: `['db', 'update']`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** Paragraphs below the usage line. */
  readonly description: readonly string[];
  readonly positionals: readonly Positional[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** @returns the exit code: 0 clean, 1 over the bar, 2 cannot tell. Errors are thrown. */
  run(args: Arguments, terminal: Terminal): Promise<number>;
}
