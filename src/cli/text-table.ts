// SPDX-License-Identifier: Apache-2.0
// Rows in aligned columns, for the small tables of commands.
import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../formats/terminal/width.ts';

/** Two blanks between columns; the last is not padded. Cells may hold SGR colours. */
export function columns(rows: readonly (readonly string[])[]): string {
  const width = (cell: string): number => displayWidth(stripVTControlCharacters(cell));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, width(cell))));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) =>
            at === row.length - 1 ? cell : cell + ' '.repeat(widths[at]! - width(cell)),
          )
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
