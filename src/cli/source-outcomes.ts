// SPDX-License-Identifier: Apache-2.0
// Shows what became of each source of advisories, for `db update` and `db import`.
import type { SourceOutcome } from '../flows/update-database.ts';
import { escapeForTerminal } from '../formats/terminal/escape.ts';
import { painter } from '../formats/terminal/style.ts';
import { columns } from './text-table.ts';

const words: Readonly<Record<SourceOutcome['outcome'], string>> = {
  updated: 'updated',
  current: 'up to date',
  older: 'older than stored, left alone',
  absent: 'not there',
  failed: 'failed',
};

export function outcomeTable(outcomes: readonly SourceOutcome[], color: boolean): string {
  const paint = painter(color);
  const rows = outcomes.map((one) => {
    const said = words[one.outcome];
    const damaged = one.issues?.length ?? 0;
    return [
      one.feed,
      escapeForTerminal(one.key),
      one.source === undefined ? '' : String(one.source.advisories || one.source.enrichments),
      escapeForTerminal(one.source?.asOf?.slice(0, 10) ?? ''),
      [
        one.outcome === 'failed' ? paint('red', said) : said,
        one.error === undefined ? '' : escapeForTerminal(one.error.message),
        damaged === 0 ? '' : `${damaged} records could not be used`,
      ]
        .filter((part) => part !== '')
        .join(': '),
    ];
  });
  const head = ['FEED', 'SOURCE', 'RECORDS', 'AS OF', ''].map((name) => paint('bold', name));
  return columns([head, ...rows]);
}

/** The same for scripts: errors as their code, message and hint. */
export function outcomeJson(outcomes: readonly SourceOutcome[]): readonly object[] {
  return outcomes.map(({ error, ...rest }) =>
    error === undefined
      ? rest
      : { ...rest, error: { code: error.code, message: error.message, hint: error.hint } },
  );
}
