// SPDX-License-Identifier: Apache-2.0
// HTML that is safe by construction: a template whose insertions are escaped unless they are markup
// made the same way. No foreign text can become an element, an attribute or a direction override.
import { escapeForTerminal } from '../../formats/terminal/escape.ts';

export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  static of(strings: TemplateStringsArray, insertions: readonly Insertion[]): Markup {
    let text = strings[0]!;
    for (const [at, insertion] of insertions.entries())
      text += rendered(insertion) + strings[at + 1]!;
    return new Markup(text);
  }

  /** A text of the program itself, as it is: nothing foreign may be in it. */
  static constant(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

export type Insertion = Markup | string | number | undefined | readonly Insertion[];

/**
 * Markup from a template. Texts are escaped for element content and quoted attribute values, the
 * only two places where a template may insert them; undefined is nothing, lists are joined. (Not
 * called `html`: the formatter would close the elements of a fragment.)
 */
export function markup(strings: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  return Markup.of(strings, insertions);
}

function rendered(insertion: Insertion): string {
  if (insertion === undefined) return '';
  if (insertion instanceof Markup) return insertion.toString();
  if (typeof insertion === 'object') return insertion.map(rendered).join('');
  return escapeHtml(String(insertion));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Invisible and reordering characters become visible escapes, as on a terminal. */
export function escapeHtml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A link when it is a web address, else its text. */
export function link(address: string): Markup {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return markup`${address}`;
  return markup`<a href="${new URL(address).href}" rel="noopener noreferrer">${address}</a>`;
}
