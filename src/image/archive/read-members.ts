// SPDX-License-Identifier: Apache-2.0
// Goes through the members of an archive that carries an image (a saved image, a layout in a tar,
// an engine's stream), one at a time, by pulling: the consumer reads a member's content or leaves
// it, and content that is left is skipped, in a file without reading it. Layers themselves go
// through the tar parser; carriers are small and plain, so only names, kinds and sizes count here.
import { cleanPath } from '../../formats/tar/clean-path.ts';
import { readPaxRecords, type PaxFields } from '../../formats/tar/pax-records.ts';
import { blockBytes } from '../../formats/tar/tar-entry.ts';
import {
  field,
  isChecksumRight,
  isZeroBlock,
  readNumber,
  readPrefix,
  readText,
} from '../../formats/tar/tar-header.ts';
import { defaultTarLimits } from '../../formats/tar/tar-limits.ts';
import { PlimsollError } from '../../model/errors.ts';
import { decodePath } from '../../model/path-bytes.ts';
import type { SequentialBytes } from './sequential-bytes.ts';

export interface ArchiveMember {
  /** Cleaned: no `./`, no slash at the end. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';
  readonly sizeBytes: number;
  /** As stored. */
  readonly linkTarget?: string;
  /** Where its content begins. */
  readonly offset: number;
  /** The content, once, and only before the next member is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** `docker save` of an engine with ten thousand layers has some 30,000 members. */
export const membersMax = 200_000;

const kinds: Readonly<Record<string, ArchiveMember['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'directory',
};

/** @throws `invalid` where the archive is damaged, `limit` where it has too many members. */
export async function* readMembers(bytes: SequentialBytes): AsyncGenerator<ArchiveMember> {
  const global: PaxFields = {};
  let next: PaxFields = {};
  for (let count = 0; ;) {
    const header = await bytes.take(blockBytes);
    // Some writers leave the end marker out.
    if (header.length === 0 || isEnd(header)) return;
    if (header.length < blockBytes || !isChecksumRight(header, 0)) throw damaged(bytes);
    const type = String.fromCharCode(header[field.type[0]]!);
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      await readSpecial(bytes, header, type, type === 'g' ? global : next);
      continue;
    }
    if (++count > membersMax)
      throw new PlimsollError(
        'limit',
        `Cannot read archive: it has more than ${membersMax} members`,
      );
    const member = memberOf(bytes, header, type, { ...global, ...next });
    next = {};
    const end = member.offset + member.sizeBytes;
    yield member;
    await bytes.skip(end - bytes.offset);
    // The padding of the last member may be missing: whatever follows is looked at next.
    await bytes.take(padded(member.sizeBytes) - member.sizeBytes);
  }
}

function isEnd(header: Uint8Array): boolean {
  return header.length === blockBytes && isZeroBlock(header, 0);
}

function damaged(bytes: SequentialBytes): PlimsollError {
  return new PlimsollError(
    'invalid',
    `Cannot read archive: there is no tar header at byte ${Math.max(0, bytes.offset - blockBytes)}`,
  );
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes;
}

async function readSpecial(
  bytes: SequentialBytes,
  header: Uint8Array,
  type: string,
  fields: PaxFields,
): Promise<void> {
  const sizeBytes = readNumber(header, 0, field.size);
  if (!(sizeBytes >= 0 && sizeBytes <= defaultTarLimits.specialBytesMax)) throw damaged(bytes);
  const start = bytes.offset;
  const content = await bytes.take(sizeBytes);
  if (content.length < sizeBytes) throw damaged(bytes);
  if (type === 'L' || type === 'K') {
    const end = content.indexOf(0);
    const name = Uint8Array.from(end === -1 ? content : content.subarray(0, end));
    if (type === 'L') fields.path = name;
    else fields.linkPath = name;
  } else if (!readPaxRecords(Uint8Array.from(content), fields, defaultTarLimits)) {
    throw damaged(bytes);
  }
  await bytes.skip(start + padded(sizeBytes) - bytes.offset);
}

function memberOf(
  bytes: SequentialBytes,
  header: Uint8Array,
  type: string,
  pax: PaxFields,
): ArchiveMember {
  const sizeBytes = pax.sizeBytes ?? readNumber(header, 0, field.size);
  const offset = bytes.offset;
  if (!Number.isSafeInteger(sizeBytes + offset + blockBytes) || sizeBytes < 0) throw damaged(bytes);
  const kind = kinds[type] ?? 'other';
  const stored = kind === 'file' || kind === 'other' ? sizeBytes : 0;
  const link = pax.linkPath ?? readText(header, 0, field.linkName);
  return {
    path: decodePath(cleanPath(pax.path ?? fullName(header)) ?? new Uint8Array(0)),
    kind,
    sizeBytes: stored,
    ...(kind === 'symlink' || kind === 'hardlink' ? { linkTarget: decodePath(link) } : {}),
    offset,
    content: bytes.chunks(stored),
  };
}

function fullName(header: Uint8Array): Uint8Array {
  const prefix = readPrefix(header, 0);
  const name = readText(header, 0, field.name);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}
