// SPDX-License-Identifier: Apache-2.0
// rpm's own database form, `Packages.db` (SUSE): pages of slots that point to blobs, little-endian
// whatever the machine. There is no specification beside its source, lib/backend/ndb/rpmpkg.c in
// https://github.com/rpm-software-management/rpm.
import type { ByteSource } from '../byte-source/byte-source.ts';

const headerMagic = 0x506d7052; // "RpmP"
const slotMagic = 0x746f6c53; // "Slot"
const blobMagic = 0x53626c42; // "BlbS"
const version = 0;
const pageSizeBytes = 4096;
const slotSizeBytes = 16;
const blockSizeBytes = 16;
const blobHeadSizeBytes = 16;
/** The header takes the place of the first two slots. */
const firstSlotOffset = 32;
/** 25 million slots would need 97,000 pages; a full distribution's 60,000 need 240. */
const slotPagesMax = 4096;
/** As in header.ts: a header of more is refused there. */
const blobSizeBytesMax = 72 * 1024 * 1024;

export function isNdb(start: Uint8Array): boolean {
  const bytes = Buffer.from(start);
  return bytes.length >= 8 && bytes.readUInt32LE(0) === headerMagic;
}

/** Header of each package in the order of the slots. */
export function* readNdb(
  file: ByteSource,
  report: (message: string) => void,
): Generator<Uint8Array> {
  const header = Buffer.from(file.read(0, firstSlotOffset));
  if (header.length < firstSlotOffset || header.readUInt32LE(4) !== version)
    return report('Cannot read the ndb database: unknown version');
  const pages = header.readUInt32LE(12);
  if (pages > slotPagesMax)
    return report(`Cannot read the ndb database: it has ${pages} pages of slots`);
  // Slots that share a blob would multiply the work: each byte is read once at most.
  let budget = file.sizeBytes;
  for (let page = 0; page < pages; page++) {
    const slots = Buffer.from(file.read(page * pageSizeBytes, pageSizeBytes));
    if (slots.length < pageSizeBytes)
      return report(`Cannot read the ndb database: it ends in slot page ${page} of ${pages}`);
    for (let at = page === 0 ? firstSlotOffset : 0; at < pageSizeBytes; at += slotSizeBytes) {
      if (slots.readUInt32LE(at) !== slotMagic)
        return report(`Cannot read the ndb database: no slot at byte ${page * pageSizeBytes + at}`);
      const block = slots.readUInt32LE(at + 8);
      if (block === 0) continue;
      const blob = readBlob(file, slots.readUInt32LE(at + 4), block, slots.readUInt32LE(at + 12));
      budget -= blob?.length ?? 0;
      if (budget < 0) return report('Cannot read the ndb database: its blobs overlap');
      if (blob === undefined)
        report(`Cannot read the ndb database: no blob at byte ${block * blockSizeBytes}`);
      else yield blob;
    }
  }
}

function readBlob(
  file: ByteSource,
  packageIndex: number,
  block: number,
  blocks: number,
): Uint8Array | undefined {
  const offset = block * blockSizeBytes;
  const head = Buffer.from(file.read(offset, blobHeadSizeBytes));
  if (head.length < blobHeadSizeBytes || head.readUInt32LE(0) !== blobMagic) return undefined;
  const length = head.readUInt32LE(12);
  if (head.readUInt32LE(4) !== packageIndex) return undefined;
  if (length > blobSizeBytesMax || length + blobHeadSizeBytes > blocks * blockSizeBytes)
    return undefined;
  const blob = file.read(offset + blobHeadSizeBytes, length);
  return blob.length === length ? blob : undefined;
}
