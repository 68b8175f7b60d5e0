// SPDX-License-Identifier: Apache-2.0
import { sourceOfBytes } from '../../src/formats/byte-source/byte-source.ts';
import { readZipDirectory, readZipEntry } from '../../src/formats/zip/zip.ts';
import { PlimsollError } from '../../src/model/errors.ts';
import { IssueList } from '../../src/model/issue.ts';
import { buildZip } from '../zip-archive.ts';

export const name = 'zip';

export function seeds(): Uint8Array[] {
  const inputs = [
    { name: 'a.txt', content: 'text '.repeat(50) },
    { name: 'b', content: 'stored', stored: true },
  ];
  return [
    buildZip(inputs),
    buildZip(inputs, { zip64: true, comment: 'x' }),
    buildZip(inputs, { prefix: Buffer.from('#!/bin/sh\n') }),
  ];
}

export function run(bytes: Uint8Array): void {
  const source = sourceOfBytes(bytes);
  for (const entry of readZipDirectory(source, new IssueList()).entries) {
    try {
      readZipEntry(source, entry, 1 << 20);
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
    }
  }
}
