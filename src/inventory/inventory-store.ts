// SPDX-License-Identifier: Apache-2.0
// Inventories of images that were read before, by what they were made of: a second scan of an image
// reads neither its layers nor what is known of each of them.
//
// A row answers for its image alone: its key is over the digests of all layers, compressed and not
// (only bytes that were once seen to decompress to a diffID may stand for it), and over the program
// that took it. What the day decides is compared with today.
// A convenience, as the cache of layers is: whatever is wrong with it, the layers are looked at.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { LayerDescriptor } from '../model/image.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Issue } from '../model/issue.ts';
import { openDatabase, transaction } from '../store/database.ts';
import { codeFingerprint } from './code-fingerprint.ts';
import { isLifecycleCurrent } from './distribution-lifecycle.ts';

/** "Plim" and the table's number. */
const applicationId = 0x506c_0003;

const migrations = [
  {
    version: 1,
    sql: `
      CREATE TABLE inventory (
        key TEXT PRIMARY KEY, used_at INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
      CREATE INDEX inventory_by_use ON inventory (used_at);
    `,
  },
] as const;

/** Some thousand images: one of 300 packages takes 30 kB. */
const sizeBytesMaxDefault = 128 << 20;
/** Larger inventories are taken anew: unpacking them costs as much. */
const unpackedBytesMax = 64 << 20;
/** Use is noted no more often than this: each note is a write, for nothing but the order of eviction. */
const useNotedMs = 3_600_000;

/** An inventory without what each scan says itself: how the image was named, and its documents. */
export type InventoryContent = Omit<Inventory, 'source' | 'image'>;

export interface InventoryStoreOptions {
  /** Of all rows; the least recently used go first. */
  readonly sizeBytesMax?: number;
}

/**
 * What the inventory of these layers is stored under; undefined where the medium does not tell
 * what they hold (a directory, a bare tarball), so that nothing can be known. `issues` are those
 * of opening the image: they come first in an inventory's own list, which has room for so many.
 */
export function inventoryKey(
  layers: readonly LayerDescriptor[],
  issues: readonly Issue[],
  program: string = codeFingerprint(),
): string | undefined {
  if (layers.length === 0) return undefined;
  if (layers.some(({ diffId }) => diffId === undefined)) return undefined;
  const made = JSON.stringify([
    program,
    layers.map(({ diffId, digest }) => [diffId, digest ?? null]),
    issues,
  ]);
  return createHash('sha256').update(made).digest('hex');
}

export class InventoryStore {
  readonly #database: DatabaseSync;
  readonly #sizeBytesMax: number;

  /** @throws `store` when the file is of another kind, damaged, or of a newer program. */
  constructor(file: string, options: InventoryStoreOptions = {}) {
    this.#database = openDatabase(file, { applicationId, migrations });
    this.#sizeBytesMax = options.sizeBytesMax ?? sizeBytesMaxDefault;
  }

  /** The store in the state folder. */
  static open(stateFolder: string): InventoryStore {
    return new InventoryStore(join(stateFolder, 'inventories.sqlite'));
  }

  close(): void {
    this.#database.close();
  }

  /** Undefined where it is unknown, damaged, or no longer true on that day. */
  get(key: string, now: Date): InventoryContent | undefined {
    const row = this.#row(key);
    if (row === undefined) return undefined;
    const content = unpack(row.data);
    if (content === undefined) return undefined;
    const { distribution, gaps } = content;
    if (distribution !== undefined && !isLifecycleCurrent(distribution, gaps, now))
      return undefined;
    if (Math.abs(now.getTime() - row.usedAt) > useNotedMs) this.#noteUse(key, now);
    return content;
  }

  /** False where it could not be kept: it is too large, or the file cannot be written. */
  put(key: string, content: InventoryContent, now: Date): boolean {
    // An inventory as it was taken has them.
    const bytes = Buffer.from(JSON.stringify({ ...content, source: undefined, image: undefined }));
    if (bytes.length > unpackedBytesMax) return false;
    try {
      transaction(this.#database, () => {
        this.#database
          .prepare('INSERT OR REPLACE INTO inventory (key, used_at, data) VALUES (?, ?, ?)')
          .run(key, now.getTime(), pack(bytes));
        this.#evict(key);
      });
      return true;
    } catch {
      return false;
    }
  }

  #row(key: string): { readonly usedAt: number; readonly data: Uint8Array } | undefined {
    try {
      const row = this.#database
        .prepare('SELECT used_at, data FROM inventory WHERE key = ?')
        .get(key);
      return row && { usedAt: row['used_at'] as number, data: row['data'] as Uint8Array };
    } catch {
      return undefined;
    }
  }

  #noteUse(key: string, now: Date): void {
    try {
      this.#database
        .prepare('UPDATE inventory SET used_at = ? WHERE key = ?')
        .run(now.getTime(), key);
    } catch {
      // Another process writes, or nobody may: then its turn to go comes earlier.
    }
  }

  /** Removes the inventories that were used longest ago, never the one just put in. */
  #evict(kept: string): void {
    const sizes = this.#database
      .prepare('SELECT key, length(data) AS size FROM inventory ORDER BY used_at DESC')
      .all() as { key: string; size: number }[];
    const remove = this.#database.prepare('DELETE FROM inventory WHERE key = ?');
    let total = 0;
    for (const { key, size } of sizes) {
      total += size;
      if (total > this.#sizeBytesMax && key !== kept) remove.run(key);
    }
  }
}

function pack(bytes: Uint8Array): Uint8Array {
  // The checksum tells damage on the disk.
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

function unpack(data: Uint8Array): InventoryContent | undefined {
  try {
    const bytes = zstdDecompressSync(data, { maxOutputLength: unpackedBytesMax });
    return JSON.parse(bytes.toString()) as InventoryContent;
  } catch {
    return undefined;
  }
}
