// SPDX-License-Identifier: Apache-2.0
// What layers were found to hold, kept from scan to scan: a base image is read once. Rows are keyed
// by diffID, and facts also by the reader's id and version, so that a new reader alone reads a
// known layer again.
//
// A row is used only for a blob that was once seen to decompress to this diffID: otherwise an image
// whose manifest names other bytes than its configuration would pass for the known one.
// The cache is a convenience: whatever is wrong with it, the layer is read.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Digest } from '../model/digest.ts';
import { reasonOf } from '../model/errors.ts';
import type { Issue } from '../model/issue.ts';
import { openDatabase, transaction } from '../store/database.ts';
import type { FileReader } from './file-reader.ts';
import type { LayerIndex } from './layer-index.ts';
import { decodeLayerIndex, encodeLayerIndex, layerIndexVersion } from './layer-index-codec.ts';
import type { LayerFact } from './layer-reading.ts';
import type { LayerResult } from './read-layer.ts';

/** "Plim" and the table's number. */
const applicationId = 0x506c_0002;

const migrations = [
  {
    version: 1,
    sql: `
      CREATE TABLE layer (
        diff_id TEXT PRIMARY KEY, version INTEGER NOT NULL, used_at INTEGER NOT NULL,
        layer_index BLOB NOT NULL, issues BLOB NOT NULL) STRICT;
      CREATE INDEX layer_by_use ON layer (used_at);
      CREATE TABLE layer_blob (
        digest TEXT PRIMARY KEY,
        diff_id TEXT NOT NULL REFERENCES layer ON DELETE CASCADE) STRICT, WITHOUT ROWID;
      CREATE INDEX layer_blob_by_layer ON layer_blob (diff_id);
      CREATE TABLE layer_fact (
        diff_id TEXT NOT NULL REFERENCES layer ON DELETE CASCADE, reader TEXT NOT NULL,
        version INTEGER NOT NULL, facts BLOB NOT NULL, PRIMARY KEY (diff_id, reader)) STRICT;
    `,
  },
] as const;

/** Larger indexes are made anew each time: packing them would take more memory than reading. */
const recordsCachedMax = 1_000_000;
/** Nothing that was put in is larger when it is unpacked. */
const unpackedBytesMax = 256 << 20;

export interface LayerCacheOptions {
  /** Of all rows; the least recently used layers go first. */
  readonly sizeBytesMax?: number;
  readonly now?: () => number;
}

/** What is known of a layer, and the readers that have not seen it. */
export interface CachedLayer {
  readonly result: LayerResult;
  readonly missing: readonly FileReader[];
}

interface PackedFacts {
  readonly facts: readonly LayerFact[];
  readonly issues: readonly Issue[];
}

export class LayerCache {
  readonly #database: DatabaseSync;
  readonly #sizeBytesMax: number;
  readonly #now: () => number;
  /** Why the cache could not be used, the last time that it could not. */
  trouble: string | undefined;

  /** @throws `store` when the file is of another kind, damaged, or of a newer program. */
  constructor(file: string, options: LayerCacheOptions = {}) {
    this.#database = openDatabase(file, { applicationId, migrations });
    // 30,000 entries take about 400 kB.
    this.#sizeBytesMax = options.sizeBytesMax ?? 1 << 30;
    this.#now = options.now ?? Date.now;
  }

  /** The cache in the state folder. */
  static open(stateFolder: string): LayerCache {
    return new LayerCache(join(stateFolder, 'layers.sqlite'));
  }

  close(): void {
    this.#database.close();
  }

  /** `digest`: of the stored blob where the medium names one. */
  get(
    diffId: Digest,
    digest: Digest | undefined,
    readers: readonly FileReader[],
  ): CachedLayer | undefined {
    try {
      return this.#get(diffId, digest, readers);
    } catch (error) {
      this.trouble = reasonOf(error);
      return undefined;
    }
  }

  /** Keeps a complete result that these readers made; an incomplete one is never kept. */
  put(result: LayerResult, readers: readonly FileReader[]): void {
    if (!result.complete || result.diffId === undefined) return;
    if (result.index.count > recordsCachedMax) return;
    try {
      this.#put(result.diffId, result, readers);
    } catch (error) {
      this.trouble = reasonOf(error);
    }
  }

  #get(
    diffId: Digest,
    digest: Digest | undefined,
    readers: readonly FileReader[],
  ): CachedLayer | undefined {
    const database = this.#database;
    const row = database
      .prepare('SELECT version, layer_index, issues FROM layer WHERE diff_id = ?')
      .get(diffId);
    if (row === undefined || row['version'] !== layerIndexVersion) return undefined;
    if (digest !== undefined && digest !== diffId && !this.#isBlobOf(digest, diffId))
      return undefined;
    const index = decodeLayerIndex(unpack(row['layer_index']));
    const archiveIssues = unpackJson(row['issues']) as readonly Issue[];
    const facts = new Map<string, readonly LayerFact[]>();
    const readerIssues = new Map<string, readonly Issue[]>();
    const missing: FileReader[] = [];
    const select = database.prepare(
      'SELECT facts FROM layer_fact WHERE diff_id = ? AND reader = ? AND version = ?',
    );
    for (const reader of readers) {
      const known = this.#factsOf(index, select.get(diffId, reader.id, reader.version)?.['facts']);
      if (known === undefined) {
        missing.push(reader);
        continue;
      }
      facts.set(reader.id, known.facts);
      readerIssues.set(reader.id, known.issues);
    }
    database.prepare('UPDATE layer SET used_at = ? WHERE diff_id = ?').run(this.#now(), diffId);
    const issues = [...archiveIssues, ...[...readerIssues.values()].flat()];
    const known = { diffId, sizeBytes: 0, complete: true, linkedFiles: [] };
    const result = { ...known, index, facts, issues, archiveIssues, readerIssues };
    return { result, missing };
  }

  #isBlobOf(digest: Digest, diffId: Digest): boolean {
    const row = this.#database
      .prepare('SELECT 1 FROM layer_blob WHERE digest = ? AND diff_id = ?')
      .get(digest, diffId);
    return row !== undefined;
  }

  /** Undefined where they are unknown or damaged. */
  #factsOf(index: LayerIndex, packed: unknown): PackedFacts | undefined {
    if (packed === undefined) return undefined;
    try {
      const known = unpackJson(packed) as PackedFacts;
      const isSound = known.facts.every(({ record }) => record >= 0 && record < index.count);
      return isSound ? known : undefined;
    } catch {
      return undefined;
    }
  }

  #put(diffId: Digest, result: LayerResult, readers: readonly FileReader[]): void {
    const packedIndex = pack(encodeLayerIndex(result.index));
    const issues = packJson(result.archiveIssues);
    const database = this.#database;
    transaction(database, () => {
      database
        .prepare(
          `INSERT INTO layer (diff_id, version, used_at, layer_index, issues) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (diff_id) DO UPDATE SET version = excluded.version,
             used_at = excluded.used_at, layer_index = excluded.layer_index,
             issues = excluded.issues`,
        )
        .run(diffId, layerIndexVersion, this.#now(), packedIndex, issues);
      if (result.digest !== undefined)
        database
          .prepare('INSERT OR REPLACE INTO layer_blob (digest, diff_id) VALUES (?, ?)')
          .run(result.digest, diffId);
      const insert = database.prepare(
        'INSERT OR REPLACE INTO layer_fact (diff_id, reader, version, facts) VALUES (?, ?, ?, ?)',
      );
      for (const { id, version } of readers) {
        const facts = result.facts.get(id);
        if (facts === undefined) continue;
        const packed: PackedFacts = { facts, issues: result.readerIssues.get(id) ?? [] };
        insert.run(diffId, id, version, packJson(packed));
      }
      this.#evict(diffId);
    });
  }

  /** Removes the layers that were used longest ago, never the one just put in. */
  #evict(kept: Digest): void {
    const sizes = this.#database
      .prepare(
        `SELECT diff_id, length(layer_index) + length(issues) + coalesce(
           (SELECT sum(length(facts)) FROM layer_fact WHERE layer_fact.diff_id = layer.diff_id), 0)
           AS size FROM layer ORDER BY used_at DESC`,
      )
      .all() as { diff_id: string; size: number }[];
    const remove = this.#database.prepare('DELETE FROM layer WHERE diff_id = ?');
    let total = 0;
    for (const { diff_id: diffId, size } of sizes) {
      total += size;
      if (total > this.#sizeBytesMax && diffId !== kept) remove.run(diffId);
    }
  }
}

function pack(bytes: Uint8Array): Uint8Array {
  // The checksum tells damage on the disk.
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

function unpack(value: unknown): Uint8Array {
  return zstdDecompressSync(value as Uint8Array, { maxOutputLength: unpackedBytesMax });
}

function packJson(value: unknown): Uint8Array {
  return pack(Buffer.from(JSON.stringify(value)));
}

function unpackJson(value: unknown): unknown {
  return JSON.parse(Buffer.from(unpack(value)).toString()) as unknown;
}
