// SPDX-License-Identifier: Apache-2.0
// `plimsoll completion SHELL`: a completion script made from the table of commands.
import type { Command, Option } from '../command.ts';
import { commands } from '../commands.ts';
import { commonOptions } from '../parse-arguments.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

interface Completed {
  readonly path: string;
  readonly summary: string;
  readonly options: readonly Option[];
}

export const command: Command = {
  path: ['completion'],
  summary: 'write a completion script for a shell',
  description: ['Prints a script that completes commands, options and their values.'],
  positionals: [
    { name: 'SHELL', description: shells.join(', '), required: true, complete: 'none' },
  ],
  options: [],
  examples: [
    { command: 'source <(plimsoll completion bash)', says: 'in ~/.bashrc' },
    { command: 'plimsoll completion zsh > "${fpath[1]}/_plimsoll"', says: 'for zsh' },
    {
      command: 'plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish',
      says: 'for fish',
    },
  ],
  async run(args, terminal) {
    const shell = shells.find((name) => name === args.positionals[0]);
    if (shell === undefined) {
      const { PlimsollError } = await import('../../model/errors.ts');
      throw new PlimsollError(
        'usage',
        `no completion for shell ${JSON.stringify(args.positionals[0])}`,
        {
          hint: `it is one of ${shells.join(', ')}`,
        },
      );
    }
    await terminal.write(scripts[shell](await completed()));
    return 0;
  },
};

async function completed(): Promise<readonly Completed[]> {
  return await Promise.all(
    commands.map(async (entry) => ({
      path: entry.path.join(' '),
      summary: entry.summary,
      options: [...(await entry.load()).options, ...commonOptions],
    })),
  );
}

/** Distinct words that may follow the given ones: `db` gives `update import status`. */
function nextWords(list: readonly Completed[], prefix: string): readonly string[] {
  const start = prefix === '' ? '' : `${prefix} `;
  const words = list
    .filter((item) => item.path.startsWith(start))
    .map((item) => item.path.slice(start.length).split(' ')[0]!);
  return [...new Set(words)];
}

function groups(list: readonly Completed[]): readonly string[] {
  return [...new Set(list.map((item) => item.path.split(' ').slice(0, -1).join(' ')))];
}

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const scripts: Readonly<Record<(typeof shells)[number], (list: readonly Completed[]) => string>> = {
  bash: (list) => `# bash completion for plimsoll
_plimsoll() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || words+="\${words:+ }$word"
  done
  case "$previous" in
${choiceRows(list, (name, values) => `    --${name}) COMPREPLY=($(compgen -W ${single(values.join(' '))} -- "$current")); return ;;`)}
  esac
  case "$words" in
${groups(list)
  .map(
    (group) =>
      `    ${single(group)}) COMPREPLY=($(compgen -W ${single(nextWords(list, group).join(' '))} -- "$current")); return ;;`,
  )
  .join('\n')}
  esac
  if [[ $current == -* ]]; then
    case "$words" in
${list
  .map(
    (item) =>
      `      ${single(item.path)}*) COMPREPLY=($(compgen -W ${single(item.options.map((option) => `--${option.name}`).join(' '))} -- "$current")) ;;`,
  )
  .join('\n')}
    esac
    return
  fi
  COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _plimsoll plimsoll
`,
  zsh: (list) => `#compdef plimsoll
autoload -U +X bashcompinit && bashcompinit
${scripts.bash(list)}`,
  fish: (list) => `# fish completion for plimsoll
complete -c plimsoll -f
${groups(list)
  .map((group) => {
    const condition =
      group === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${group}`;
    return nextWords(list, group)
      .map(
        (word) =>
          `complete -c plimsoll -n ${single(condition)} -a ${word} -d ${single(summaryOf(list, group, word))}`,
      )
      .join('\n');
  })
  .join('\n')}
${list
  .map((item) => {
    const last = item.path.split(' ').at(-1)!;
    const condition = `__fish_seen_subcommand_from ${last}`;
    const files = `complete -c plimsoll -n ${single(condition)} -F`;
    return [files, ...item.options.map((option) => fishOption(condition, option))].join('\n');
  })
  .join('\n')}
`,
};

function summaryOf(list: readonly Completed[], group: string, word: string): string {
  const path = group === '' ? word : `${group} ${word}`;
  return list.find((item) => item.path === path)?.summary ?? `commands about ${word}`;
}

function fishOption(condition: string, option: Option): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  const value = option.value === undefined ? '' : ' -r';
  const choices = option.choices === undefined ? '' : ` -f -a ${single(option.choices.join(' '))}`;
  return `complete -c plimsoll -n ${single(condition)} -l ${option.name}${short}${value}${choices} -d ${single(option.description)}`;
}

function choiceRows(
  list: readonly Completed[],
  row: (name: string, values: readonly string[]) => string,
): string {
  const choices = new Map<string, readonly string[]>();
  for (const option of list.flatMap((item) => item.options))
    if (option.choices !== undefined) {
      const known = choices.get(option.name) ?? [];
      choices.set(option.name, [...new Set([...known, ...option.choices])]);
    }
  return [...choices].map(([name, values]) => row(name, values)).join('\n');
}
