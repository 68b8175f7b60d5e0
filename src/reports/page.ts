// SPDX-License-Identifier: Apache-2.0
// Where reports for a terminal write: lines that fit the terminal. Foreign text is escaped here, then
// measured, then painted, in this order and in no other place.
import { escapeForTerminal, escapeProse } from '../formats/terminal/escape.ts';
import { painter, type Paint, type Style } from '../formats/terminal/style.ts';
import { displayWidth, pad, truncate, wrap } from '../formats/terminal/width.ts';
import type { ReportOptions } from './report.ts';

/** A piece of a line; `cells` makes a column of it, cut or filled up to that width. */
export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
  readonly cells?: number;
}

/** Narrower than this nothing can be read: the terminal breaks the lines then. */
const narrowestPage = 40;

/** Fits the longest label and a gap. */
const labelCells = 15;

export class Page {
  readonly options: ReportOptions;
  readonly width: number;
  readonly #paint: Paint;

  constructor(options: ReportOptions) {
    this.options = options;
    this.width = Math.max(narrowestPage, options.width);
    this.#paint = painter(options.color);
  }

  heading(text: string): string {
    return `\n${this.line({ text, style: 'bold' })}`;
  }

  /** One line, cut at its end where it does not fit. */
  line(...spans: readonly Span[]): string {
    let room = this.width;
    let line = '';
    let blanks = '';
    for (const { text, style, cells } of spans) {
      const escaped = escapeForTerminal(text);
      const shown = truncate(truncate(escaped, cells ?? room), room);
      if (shown === '' && cells === undefined) continue;
      line += blanks + (style === undefined ? shown : this.#paint(style, shown));
      const filled = cells === undefined ? shown : pad(shown, Math.min(cells, room));
      // Held back, so that no line ends in blanks.
      blanks = filled.slice(shown.length);
      room -= displayWidth(filled);
    }
    return `${line}\n`;
  }

  /** A label and its text, which goes on under itself. */
  field(label: string, text: string, style?: Style): string {
    const [first, ...rest] = wrap(escapeForTerminal(text), this.width - labelCells);
    const lines = [
      this.line({ text: label, style: 'dim', cells: labelCells }, { text: first!, style }),
      ...rest.map((line) => this.line({ text: '', cells: labelCells }, { text: line, style })),
    ];
    return lines.join('');
  }

  /** Running text under an indent; later lines hang two cells deeper. */
  paragraph(text: string, indent: number, style?: Style): string {
    return wrap(escapeProse(text), this.width - indent - 2)
      .map((line, at) => {
        const shown = style === undefined ? line : this.#paint(style, line);
        return `${' '.repeat(indent + (at === 0 ? 0 : 2))}${shown}\n`;
      })
      .join('');
  }
}
