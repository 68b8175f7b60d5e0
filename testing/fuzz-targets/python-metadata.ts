// SPDX-License-Identifier: Apache-2.0
import { parsePythonMetadata } from '../../src/formats/python-metadata/metadata.ts';
import { parseFileList, parseRecord } from '../../src/formats/python-metadata/record.ts';

export const name = 'python-metadata';

export function seeds(): Uint8Array[] {
  return [
    'Metadata-Version: 2.1\nName: a\nVersion: 1.0\nLicense: MIT\n  more\nClassifier: License :: OSI Approved :: MIT License\n\nText\n',
    'a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"b, ""c"".py",,\n',
  ].map((text) => Buffer.from(text));
}

export function run(bytes: Uint8Array): void {
  parsePythonMetadata(bytes);
  parseRecord(bytes);
  parseFileList(bytes);
}
