// SPDX-License-Identifier: Apache-2.0
// Python's version order, https://packaging.python.org/en/latest/specifications/version-specifiers/.
import * as pep440 from '@renovatebot/pep440';
import { orderOf } from './version-order.ts';

/** Legacy versions (`0.1-bulbasaur`) have no order any more: undefined. */
export const comparePep440 = orderOf(parse, (left, right) => pep440.compare(left, right));

function parse(text: string): string | undefined {
  // The library reads numbers as doubles: beyond 15 digits two versions could look equal.
  if (/[0-9]{16}/.test(text)) return undefined;
  return pep440.valid(text) === null ? undefined : text;
}
