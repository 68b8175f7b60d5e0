// SPDX-License-Identifier: Apache-2.0
// The package has no types of its own.
declare module 'spdx-expression-parse' {
  /** @throws Error when the text is no expression or names an unknown licence. */
  export default function parse(expression: string): object;
}
