// SPDX-License-Identifier: Apache-2.0
// Writes tar archives: ustar where it suffices, PAX records where it does not, and, for tests of
// readers, the older forms as well (GNU long names, all four kinds of sparse files).
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
// https://www.gnu.org/software/tar/manual/html_node/Standard.html
import { PlimsollError } from '../../model/errors.ts';
import { blockBytes, type TarEntryKind } from './tar-entry.ts';

export interface SparseInput {
  readonly format: 'gnu' | 'pax-0.0' | 'pax-0.1' | 'pax-1.0';
  /** Expanded. */
  readonly sizeBytes: number;
  readonly fragments: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

export interface TarInput {
  readonly path: string | Uint8Array;
  /** Default: what `content`, `linkTarget` and a slash at the end of `path` say; else a file. */
  readonly kind?: TarEntryKind | 'global';
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modifiedSeconds?: number;
  readonly linkTarget?: string | Uint8Array;
  readonly xattrs?: Readonly<Record<string, string | Uint8Array>>;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly sparse?: SparseInput;
  /** Further PAX records of this entry, or those of a `global` one, as they are. */
  readonly pax?: readonly (readonly [key: string, value: string | Uint8Array])[];
  /** How names that ustar cannot hold are written. */
  readonly longNames?: 'pax' | 'gnu';
}

const typeFlags: Readonly<Record<TarEntryKind | 'global', string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  global: 'g',
};

/** The largest number that eleven octal digits hold; one more needs a PAX record. */
const octalSizeMax = 0o77777777777;
const octalIdMax = 0o7777777;

type PaxRecord = readonly [key: string, value: string | Uint8Array];

interface HeaderFields {
  readonly name: Uint8Array;
  readonly prefix: Uint8Array;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
  readonly linkTarget: Uint8Array;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly gnu: boolean;
}

/** One archive, end marker included. */
export function writeTar(entries: Iterable<TarInput>): Buffer {
  return Buffer.concat([...tarChunks(entries)]);
}

/** The same in pieces, for archives that should not be held in memory. */
export function* tarChunks(entries: Iterable<TarInput>): Generator<Uint8Array> {
  for (const entry of entries) yield* entryChunks(entry);
  yield new Uint8Array(2 * blockBytes);
}

function bytesOf(value: string | Uint8Array | undefined): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : (value ?? new Uint8Array(0));
}

function kindOf(entry: TarInput): TarEntryKind | 'global' {
  if (entry.kind !== undefined) return entry.kind;
  if (entry.linkTarget !== undefined) return 'symlink';
  const path = bytesOf(entry.path);
  return entry.content === undefined && path.at(-1) === 0x2f ? 'directory' : 'file';
}

function* entryChunks(entry: TarInput): Generator<Uint8Array> {
  const kind = kindOf(entry);
  const records: PaxRecord[] = [...(entry.pax ?? [])];
  if (kind === 'global') {
    yield* special('g', 'pax_global_header', paxBytes(records));
    return;
  }
  const body = bodyOf(entry, kind);
  records.push(...body.records);
  for (const [name, value] of Object.entries(entry.xattrs ?? {}))
    records.push([`SCHILY.xattr.${name}`, value]);

  const path = bytesOf(entry.path);
  const linkTarget = bytesOf(entry.linkTarget);
  const split = splitName(path);
  if (split === undefined) {
    if (entry.longNames === 'gnu') yield* special('L', '././@LongLink', withNul(path));
    else records.unshift(['path', path]);
  }
  if (linkTarget.length > 100) {
    if (entry.longNames === 'gnu') yield* special('K', '././@LongLink', withNul(linkTarget));
    else records.unshift(['linkpath', linkTarget]);
  }
  const uid = numberOrRecord(records, 'uid', entry.uid ?? 0, octalIdMax);
  const gid = numberOrRecord(records, 'gid', entry.gid ?? 0, octalIdMax);
  const sizeBytes = numberOrRecord(records, 'size', body.storedBytes, octalSizeMax);
  const modified = numberOrRecord(records, 'mtime', entry.modifiedSeconds ?? 0, octalSizeMax);
  if (records.length > 0) yield* special('x', 'PaxHeaders/entry', paxBytes(records));

  const header = encodeHeader({
    name: split?.name ?? path.subarray(0, 100),
    prefix: split?.prefix ?? new Uint8Array(0),
    type: body.type ?? typeFlags[kind],
    mode: entry.mode ?? (kind === 'directory' ? 0o755 : kind === 'symlink' ? 0o777 : 0o644),
    uid,
    gid,
    sizeBytes,
    modifiedSeconds: modified,
    linkTarget: linkTarget.subarray(0, 100),
    ...(entry.device === undefined ? {} : { device: entry.device }),
    gnu: body.type === 'S',
  });
  body.finishHeader?.(header);
  putChecksum(header);
  yield header;
  yield* body.chunks;
}

function numberOrRecord(records: PaxRecord[], key: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  records.push([key, String(value)]);
  return 0;
}

interface Body {
  readonly storedBytes: number;
  readonly chunks: readonly Uint8Array[];
  readonly records: readonly PaxRecord[];
  readonly type?: string;
  readonly finishHeader?: (header: Buffer) => void;
}

function bodyOf(entry: TarInput, kind: TarEntryKind): Body {
  if (entry.sparse !== undefined) return sparseBody(entry, entry.sparse);
  const content = kind === 'file' ? bytesOf(entry.content) : new Uint8Array(0);
  return { storedBytes: content.length, chunks: [content, padding(content.length)], records: [] };
}

/** https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html */
function sparseBody(entry: TarInput, sparse: SparseInput): Body {
  const data = Buffer.concat(sparse.fragments.map((fragment) => fragment.bytes));
  const size = String(sparse.sizeBytes);
  const chunks = [data, padding(data.length)];
  const storedBytes = data.length;
  if (sparse.format === 'gnu') return gnuSparseBody(sparse, data);
  if (sparse.format === 'pax-0.0') {
    const records: PaxRecord[] = [
      ['GNU.sparse.size', size],
      ['GNU.sparse.numblocks', String(sparse.fragments.length)],
    ];
    for (const { offset, bytes } of sparse.fragments)
      records.push(
        ['GNU.sparse.offset', String(offset)],
        ['GNU.sparse.numbytes', String(bytes.length)],
      );
    return { storedBytes, chunks, records };
  }
  const numbers = sparse.fragments.flatMap(({ offset, bytes }) => [offset, bytes.length]);
  if (sparse.format === 'pax-0.1') {
    const records: PaxRecord[] = [
      ['GNU.sparse.size', size],
      ['GNU.sparse.numblocks', String(sparse.fragments.length)],
      ['GNU.sparse.map', numbers.join(',')],
      ['GNU.sparse.name', entry.path],
    ];
    return { storedBytes, chunks, records };
  }
  const map = Buffer.from([sparse.fragments.length, ...numbers].map((n) => `${n}\n`).join(''));
  const mapBlocks = Buffer.concat([map, padding(map.length)]);
  const records: PaxRecord[] = [
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', entry.path],
    ['GNU.sparse.realsize', size],
  ];
  return { storedBytes: mapBlocks.length + data.length, chunks: [mapBlocks, ...chunks], records };
}

function gnuSparseBody(sparse: SparseInput, data: Uint8Array): Body {
  const put = (block: Buffer, at: number, index: number): void => {
    const fragment = sparse.fragments[index];
    if (fragment === undefined) return;
    block.write(octal(fragment.offset, 11), at, 'latin1');
    block.write(octal(fragment.bytes.length, 11), at + 12, 'latin1');
  };
  const extensions: Buffer[] = [];
  for (let first = 4; first < sparse.fragments.length; first += 21) {
    const block = Buffer.alloc(blockBytes);
    for (let index = 0; index < 21; index++) put(block, index * 24, first + index);
    if (first + 21 < sparse.fragments.length) block[504] = 1;
    extensions.push(block);
  }
  return {
    storedBytes: data.length,
    chunks: [...extensions, data, padding(data.length)],
    records: [],
    type: 'S',
    finishHeader: (header) => {
      for (let index = 0; index < 4; index++) put(header, 386 + index * 24, index);
      if (extensions.length > 0) header[482] = 1;
      header.write(octal(sparse.sizeBytes, 11), 483, 'latin1');
    },
  };
}

/** ustar keeps up to 100 bytes of a name, and up to 155 before a slash in `prefix`. */
function splitName(path: Uint8Array): { name: Uint8Array; prefix: Uint8Array } | undefined {
  if (path.length <= 100) return { name: path, prefix: new Uint8Array(0) };
  for (let at = Math.min(155, path.length - 2); at > 0 && path.length - at - 1 <= 100; at--)
    if (path[at] === 0x2f) return { name: path.subarray(at + 1), prefix: path.subarray(0, at) };
  return undefined;
}

function withNul(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.of(0)]);
}

function padding(length: number): Uint8Array {
  return new Uint8Array((blockBytes - (length % blockBytes)) % blockBytes);
}

/** `length key=value\n`, where the length counts its own digits. */
function paxBytes(records: readonly PaxRecord[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [key, value] of records) {
    const tail = Buffer.concat([Buffer.from(` ${key}=`), bytesOf(value), Buffer.of(0x0a)]);
    let length = tail.length + 1;
    while (String(length).length + tail.length !== length)
      length = String(length).length + tail.length;
    parts.push(Buffer.from(String(length)), tail);
  }
  return Buffer.concat(parts);
}

function* special(type: string, name: string, content: Uint8Array): Generator<Uint8Array> {
  const header = encodeHeader({
    name: Buffer.from(name),
    prefix: new Uint8Array(0),
    type,
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: content.length,
    modifiedSeconds: 0,
    linkTarget: new Uint8Array(0),
    gnu: type === 'L' || type === 'K',
  });
  putChecksum(header);
  yield header;
  yield content;
  yield padding(content.length);
}

function octal(value: number, digits: number): string {
  const text = value.toString(8).padStart(digits, '0');
  if (text.length > digits || value < 0)
    throw new PlimsollError('limit', `Cannot write tar: ${value} does not fit ${digits} digits`);
  return text;
}

function encodeHeader(fields: HeaderFields): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.set(fields.name, 0);
  header.write(octal(fields.mode & 0o7777, 7), 100, 'latin1');
  header.write(octal(fields.uid, 7), 108, 'latin1');
  header.write(octal(fields.gid, 7), 116, 'latin1');
  header.write(octal(fields.sizeBytes, 11), 124, 'latin1');
  header.write(octal(fields.modifiedSeconds, 11), 136, 'latin1');
  header.write(fields.type, 156, 'latin1');
  header.set(fields.linkTarget, 157);
  header.write(fields.gnu ? 'ustar  \0' : 'ustar\u000000', 257, 'latin1');
  if (fields.device !== undefined) {
    header.write(octal(fields.device.major, 7), 329, 'latin1');
    header.write(octal(fields.device.minor, 7), 337, 'latin1');
  }
  if (!fields.gnu) header.set(fields.prefix, 345);
  return header;
}

function putChecksum(header: Buffer): void {
  header.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
}
