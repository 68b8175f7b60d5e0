// SPDX-License-Identifier: Apache-2.0
// Whether a licence as a package states it is an SPDX expression,
// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/. Both SBOM formats keep the two
// apart: `Apache-2.0 OR MIT` is one, `Apache 2.0` and `GPLv3+` are only names.
import parse from 'spdx-expression-parse';

/** The parser is recursive; real expressions with every exception stay far below. */
const expressionLengthMax = 1000;

/** True when every identifier in it is on SPDX's list or a `LicenseRef-`. */
export function isLicenseExpression(text: string): boolean {
  if (text.length > expressionLengthMax || text.trim() !== text) return false;
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The `LicenseRef-` identifiers in an expression, which an SPDX document must define. */
export function licenseReferences(expression: string): readonly string[] {
  return [...new Set(expression.match(/LicenseRef-[A-Za-z0-9.-]+/g))];
}
