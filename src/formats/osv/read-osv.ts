// SPDX-License-Identifier: Apache-2.0
// Bytes of one OSV record, JSON or YAML (PyPA, OSS-Fuzz), as a model advisory.
import type { Advisory } from '../../model/advisory.ts';
import { reasonOf } from '../../model/errors.ts';
import type { IssueSink } from '../../model/issue.ts';
import { parseJson } from '../json/parse-json.ts';
import { parseYaml } from '../yaml/yaml-record.ts';
import { decodeOsv } from './decode-osv.ts';

/** The largest published records (kernel notices) stay under 10 MB. */
export const osvSizeBytesMax = 32 * 1024 * 1024;
/** The largest published YAML record has 1,132 versions, 20 kB; a YAML tree costs some 100 times its text. */
export const osvYamlSizeBytesMax = 1024 * 1024;

/** @returns undefined, with a fatal issue, when the text is no OSV record. */
export function readOsvJson(
  text: string | Uint8Array,
  where: string,
  issues: IssueSink,
): Advisory | undefined {
  return read(text, osvSizeBytesMax, where, issues, (string) => parseJson(string));
}

/** @returns undefined, with a fatal issue, when the text is no OSV record. */
export function readOsvYaml(
  text: string | Uint8Array,
  where: string,
  issues: IssueSink,
): Advisory | undefined {
  return read(text, osvYamlSizeBytesMax, where, issues, parseYaml);
}

function read(
  text: string | Uint8Array,
  sizeMax: number,
  where: string,
  issues: IssueSink,
  decode: (text: string) => unknown,
): Advisory | undefined {
  const refuse = (code: string, why: string): undefined => {
    issues.add({ code, message: `Cannot read OSV record: ${why}`, fatal: true, where });
    return undefined;
  };
  if (text.length > sizeMax) return refuse('advisory-too-large', `more than ${sizeMax} bytes`);
  try {
    const string = typeof text === 'string' ? text : utf8.decode(text);
    return decodeOsv(decode(string), where, issues);
  } catch (error) {
    return refuse('bad-advisory', reasonOf(error).slice(0, 200));
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
