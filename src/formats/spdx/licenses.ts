// SPDX-License-Identifier: Apache-2.0
// Licences in an SPDX document: an expression stands as it is; any other text becomes a
// `LicenseRef-` that the document defines, once, with the text (SPDX 2.3 clause 10).
import { isLicenseExpression, licenseReferences } from '../sbom/license.ts';

const prefix = 'LicenseRef-plimsoll-';

export class Licenses {
  /** Reference -> the text that it stands for. */
  readonly #definitions = new Map<string, string>();
  readonly #references = new Map<string, string>();

  /** The licence as a declared licence of a package. */
  expression(license: string): string {
    // A text with our own numbers in it would take on the meaning of another package's.
    if (isLicenseExpression(license) && !license.includes(prefix)) {
      // Somebody's own references: what they stand for is not in the metadata.
      for (const reference of licenseReferences(license))
        if (!this.#definitions.has(reference)) this.#definitions.set(reference, reference);
      return license;
    }
    const known = this.#references.get(license);
    if (known !== undefined) return known;
    const reference = `${prefix}${this.#references.size + 1}`;
    this.#references.set(license, reference);
    this.#definitions.set(reference, license);
    return reference;
  }

  *definitions(): Iterable<object> {
    for (const [licenseId, text] of this.#definitions)
      yield {
        licenseId,
        name: text.replace(/\s+/g, ' ').trim() || 'NOASSERTION',
        extractedText: text,
      };
  }
}
