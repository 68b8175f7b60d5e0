// SPDX-License-Identifier: Apache-2.0
// Small YAML files of foreign publishers (https://yaml.org/spec/1.2.2/) as plain values.
import { parse } from 'yaml';
import { reasonOf } from '../../model/errors.ts';
import type { IssueSink } from '../../model/issue.ts';
import { nestsTooDeep, yamlNestingMax } from './yaml-nesting.ts';

/** A YAML tree costs some 100 times its text; published records have at most 100 kB. */
export const yamlSizeBytesMax = 2 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @returns undefined, with a fatal issue, when the bytes are no YAML. */
export function readYamlRecord(bytes: Uint8Array, where: string, issues: IssueSink): unknown {
  try {
    return parseYaml(utf8.decode(bytes));
  } catch (error) {
    const message = `Cannot read YAML: ${reasonOf(error).slice(0, 200)}`;
    issues.add({ code: 'bad-advisory', message, fatal: true, where });
    return undefined;
  }
}

/**
 * Every scalar is text (the failsafe schema): an unquoted version `1.10` is no number. Aliases, which
 * no publisher uses and which multiply what a text expands to, are refused.
 * @throws Error when it is no YAML, or nests too deep.
 */
export function parseYaml(text: string): unknown {
  if (nestsTooDeep(text)) throw new Error(`it nests more than ${yamlNestingMax} deep`);
  return parse(text, {
    schema: 'failsafe',
    maxAliasCount: 0,
    logLevel: 'error',
    uniqueKeys: false,
  }) as unknown;
}
