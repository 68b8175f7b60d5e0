// SPDX-License-Identifier: Apache-2.0
// Foreign text and paths in the forms that SARIF 2.1.0 asks for.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
import { encodePath } from '../../model/path-bytes.ts';

/**
 * A plain text message: braces are doubled (3.11.5), and nothing foreign may form an embedded link
 * `[text](address)` (3.11.6), or a package name could lead a reader wherever its author wants.
 * Empty messages are not allowed (3.11.8).
 */
export function messageText(text: string): string {
  const shown = text.replaceAll('](', '] (').replace(/[{}]/g, '$&$&');
  return shown.trim() === '' ? '-' : shown;
}

/** Bytes that may stand in a URI's path as they are: RFC 3986 section 3.3 without `:`. */
const literal = /[A-Za-z0-9\-._~!$&'()*+,;=@/]/;

/**
 * A path as a relative URI reference below ROOTPATH, its exact bytes percent-encoded. Dot segments
 * are encoded too: a reader that resolves them must not leave the root.
 */
export function artifactUri(path: string): string {
  const bytes = encodePath(path.replace(/^\/+/, ''));
  let uri = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    uri += literal.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  const kept = uri
    .split('/')
    .map((segment) => (/^\.{1,2}$/.test(segment) ? segment.replaceAll('.', '%2E') : segment));
  return kept.join('/') || '.';
}

/** The first reference that is a web address, normalised; undefined without one. */
export function webAddress(references: readonly string[]): string | undefined {
  for (const reference of references) {
    if (!/^https?:\/\//i.test(reference)) continue;
    try {
      return new URL(reference).href;
    } catch {
      // Not an address after all: the next one may be.
    }
  }
  return undefined;
}
