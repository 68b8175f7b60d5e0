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
const literal = /[A-Za-z0-9\-._~!$&'()*+,;=@]/;

/**
 * A path as a relative URI reference below ROOTPATH, its exact bytes percent-encoded. Dot segments
 * are resolved within the root: readers treat even their encoded form as steps upwards.
 */
export function artifactUri(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(encodeSegment(segment));
  }
  return kept.join('/') || '.';
}

function encodeSegment(segment: string): string {
  let encoded = '';
  for (const byte of encodePath(segment)) {
    const character = String.fromCharCode(byte);
    encoded += literal.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
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
