// SPDX-License-Identifier: Apache-2.0
// Licences that a package's machine-readable copyright file names:
// https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
import { parseDeb822 } from './deb822.ts';

/** The largest in Debian (chromium's, with all that it bundles) is near 2 MB. */
export const copyrightSizeBytesMax = 4 * 1024 * 1024;
/** A package of a hundred licences says nothing by naming all of them. */
const licensesMax = 30;
/** A licence's short name; the text follows in continuation lines. */
const nameLengthMax = 100;

const wanted = new Set(['format', 'format-specification', 'license', 'files']);

/**
 * Short names as Debian writes them (`GPL-2+`, `Expat`), joined by `AND`, from the header and the
 * `Files` paragraphs. Undefined: free text, or nothing named.
 */
export function licenseOfCopyright(text: string): string | undefined {
  const names = new Set<string>();
  let first = true;
  for (const { fields } of parseDeb822(text, { wanted })) {
    if (first && !fields.has('format') && !fields.has('format-specification')) return undefined;
    const license = fields.get('license')?.split('\n', 1)[0]!.trim();
    // A paragraph of its own gives the text of a licence that others name.
    if (license && license.length <= nameLengthMax && (first || fields.has('files')))
      names.add(/ or | and |,/i.test(license) ? `(${license})` : license);
    first = false;
    if (names.size >= licensesMax) break;
  }
  return names.size === 0 ? undefined : [...names].join(' AND ');
}
