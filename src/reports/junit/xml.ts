// SPDX-License-Identifier: Apache-2.0
// XML that is well-formed by construction (https://www.w3.org/TR/xml/): elements as values, their
// texts escaped. What XML cannot hold (controls, lone surrogates, U+FFFE) and what deceives readers
// becomes a visible escape, as on a terminal.
import { escapeForTerminal } from '../../formats/terminal/escape.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** For element content and for attribute values in double quotes. */
export function escapeXml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"]/g, (character) => entities[character]!);
}

/** Undefined attributes are left out. Names are the program's own. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** `<name a="1"`, to be closed by the caller. */
export function startTag(name: string, attributes: Attributes): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeXml(String(value))}"`],
  );
  return `<${name}${given.join('')}`;
}

/** An element with lines of text, or empty. */
export function element(
  name: string,
  attributes: Attributes,
  lines: readonly string[] = [],
): string {
  const start = startTag(name, attributes);
  return lines.length === 0
    ? `${start}/>`
    : `${start}>${lines.map(escapeXml).join('\n')}</${name}>`;
}
