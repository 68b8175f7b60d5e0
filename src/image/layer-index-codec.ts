// SPDX-License-Identifier: Apache-2.0
// A layer's index as bytes, for the cache: a line of JSON with the lengths, then the columns one
// after the other, little-endian as every machine that Node.js runs on. Read back with suspicion:
// a file on disk may be damaged.
import { PlimsollError } from '../model/errors.ts';
import type { Column } from './column.ts';
import { type LayerColumns, LayerIndex, recordKinds } from './layer-index.ts';

/** Raised with the form or the meaning of the index: older ones are then made anew. */
export const layerIndexVersion = 2;

/** In their order in the file. */
const columnTypes = {
  parent: Int32Array,
  nameEnd: Uint32Array,
  sizeLow: Uint32Array,
  link: Uint32Array,
  mode: Uint16Array,
  owner: Uint16Array,
  sizeHigh: Uint16Array,
  flags: Uint8Array,
} as const satisfies Record<keyof LayerColumns, new (length: number) => Column>;
type ColumnName = keyof typeof columnTypes;
const columnNames = Object.keys(columnTypes) as ColumnName[];

interface Header {
  readonly count: number;
  readonly markers: number;
  readonly lengths: Readonly<Record<ColumnName | 'names' | 'links', number>>;
  readonly owners: readonly number[];
  /** Record, and base64. */
  readonly capabilities: readonly (readonly [number, string])[];
}

export function encodeLayerIndex(index: LayerIndex): Buffer {
  const { columns, names, links } = index;
  const lengths = { names: names.length, links: links.length } as Record<string, number>;
  for (const name of columnNames) lengths[name] = columns[name].length;
  const header = {
    count: index.count,
    markers: index.markers,
    lengths,
    owners: [...index.owners],
    capabilities: [...index.capabilities].map(([record, value]) => [
      record,
      Buffer.from(value).toString('base64'),
    ]),
  };
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(header)}\n`),
    ...columnNames.map((name) => bytesOf(columns[name])),
    names,
    links,
  ]);
}

/** @throws `invalid` when the bytes are not those of an index. */
export function decodeLayerIndex(bytes: Uint8Array): LayerIndex {
  try {
    const newline = bytes.indexOf(0x0a);
    const text = Buffer.from(bytes.subarray(0, newline)).toString();
    const header = JSON.parse(text) as Header;
    let at = newline + 1;
    const take = (byteLength: number): ArrayBufferLike => {
      // Not the method of Buffer, which does not copy.
      const part = Uint8Array.prototype.slice.call(bytes, at, at + byteLength);
      if (part.length !== byteLength) throw new Error('too short');
      at += byteLength;
      return part.buffer;
    };
    const columns: Partial<Record<ColumnName, Column>> = {};
    for (const name of columnNames) {
      const type = columnTypes[name];
      columns[name] = new (type as new (buffer: ArrayBufferLike) => Column)(
        take(header.lengths[name] * type.BYTES_PER_ELEMENT),
      );
    }
    const index = new LayerIndex({
      count: header.count,
      markers: header.markers,
      columns: columns as unknown as LayerColumns,
      names: new Uint8Array(take(header.lengths.names)),
      links: new Uint8Array(take(header.lengths.links)),
      owners: Uint32Array.from(header.owners),
      capabilities: new Map(
        header.capabilities.map(([record, value]) => [record, Buffer.from(value, 'base64')]),
      ),
    });
    if (at !== bytes.length || !isSound(index)) throw new Error('out of bounds');
    return index;
  } catch (error) {
    throw new PlimsollError('invalid', 'Cannot read layer index', { cause: error });
  }
}

function bytesOf(column: Column): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** No number leads outside of its arena, every record comes after its folder, names are names. */
function isSound(index: LayerIndex): boolean {
  const { columns, count, names, links } = index;
  for (const name of columnNames) {
    const { length } = columns[name];
    if (length !== count && length !== 0) return false;
  }
  if (columns.parent.length !== count || count < 1 || columns.parent[0] !== -1) return false;
  // The root has no name: where one stands, the next record's is empty.
  if ((columns.nameEnd[0] ?? 0) !== 0) return false;
  let end = 0;
  for (let record = 1; record < count; record++) {
    const parent = columns.parent[record]!;
    const nameEnd = columns.nameEnd[record] ?? 0;
    if (parent < 0 || parent >= record || nameEnd <= end || nameEnd > names.length) return false;
    if (nameEnd - end <= 2 && names.subarray(end, nameEnd).every((byte) => byte === 0x2e))
      return false;
    end = nameEnd;
    if (index.kindNumber(record) >= recordKinds.length) return false;
    const link = columns.link[record] ?? 0;
    if (link !== 0 && link + 1 + (links[link - 1]! | (links[link]! << 8)) > links.length)
      return false;
  }
  const root = index.kind(0);
  return (root === 'implied' || root === 'directory') && !names.includes(0x2f);
}
