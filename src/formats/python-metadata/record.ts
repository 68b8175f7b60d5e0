// SPDX-License-Identifier: Apache-2.0
// Lists of the files that a Python distribution installed: `RECORD` (CSV with hashes),
// `installed-files.txt` and `top_level.txt` of older tools.
// https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file

export type RecordedFile = {
  /** Relative to the folder that holds the metadata folder, or absolute; not cleaned. */
  readonly path: string;
  readonly algorithm?: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly hex?: string;
};

/** The largest distributions (botocore, torch) install some 30,000 files. */
const filesMax = 200_000;
const pathLengthMax = 4096;

const digestBytes = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;

/** Rows `path,algorithm=hash,size`; the hash is base64 for URLs, without its padding. */
export function parseRecord(bytes: Uint8Array): readonly RecordedFile[] {
  const files: RecordedFile[] = [];
  for (const line of linesOf(bytes)) {
    const { field: path, rest } = firstField(line);
    if (!isPath(path)) continue;
    files.push({ path, ...hashOf(rest.split(',', 1)[0]!) });
    if (files.length >= filesMax) break;
  }
  return files;
}

/** A field in quotes may hold commas; a quote in it is doubled. */
function firstField(line: string): { field: string; rest: string } {
  if (!line.startsWith('"')) {
    const comma = line.indexOf(',');
    return comma < 0
      ? { field: line, rest: '' }
      : { field: line.slice(0, comma), rest: line.slice(comma + 1) };
  }
  let at = 1;
  while (at < line.length && !(line[at] === '"' && line[at + 1] !== '"'))
    at += line[at] === '"' ? 2 : 1;
  return { field: line.slice(1, at).replaceAll('""', '"'), rest: line.slice(at + 2) };
}

function hashOf(text: string): Pick<RecordedFile, 'algorithm' | 'hex'> {
  const match = /^(md5|sha1|sha256|sha384|sha512)=([\w+/-]{1,100})={0,2}$/.exec(text);
  if (match === null) return {};
  const algorithm = match[1] as keyof typeof digestBytes;
  const bytes = Buffer.from(match[2]!, 'base64url');
  return bytes.length === digestBytes[algorithm] ? { algorithm, hex: bytes.toString('hex') } : {};
}

/** One path or name per line: `installed-files.txt`, `top_level.txt`. */
export function parseFileList(bytes: Uint8Array): readonly string[] {
  const files: string[] = [];
  for (const line of linesOf(bytes)) {
    if (isPath(line)) files.push(line);
    if (files.length >= filesMax) break;
  }
  return files;
}

function isPath(text: string): boolean {
  return text !== '' && text.length <= pathLengthMax && !text.includes('\0');
}

function* linesOf(bytes: Uint8Array): Iterable<string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf(0x0a, at);
    const end = newline < 0 ? text.length : newline;
    yield text.toString('utf8', at, text[end - 1] === 0x0d && end > at ? end - 1 : end).trim();
    at = end + 1;
  }
}
