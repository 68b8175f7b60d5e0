// SPDX-License-Identifier: Apache-2.0
// rpm's SQLite database, `rpmdb.sqlite` (Fedora from 33, RHEL from 9): one table with a header per
// package. https://github.com/rpm-software-management/rpm/blob/master/lib/backend/sqlite.c
import { DatabaseSync } from 'node:sqlite';
import { reasonOf } from '../../model/errors.ts';
import type { ByteSource } from '../byte-source/byte-source.ts';

const magic = 'SQLite format 3\0';
/** File format versions for writing and reading: 1 is a rollback journal, 2 a write-ahead log. */
const formatVersionOffset = 18;
/** As in header.ts: a header of more is refused there. */
const blobSizeBytesMax = 72 * 1024 * 1024;
/** Names and types of rpm's own table; anything else (a view, computed columns) is not run. */
const tableText =
  /^CREATE TABLE '?"?Packages"?'? ?\( ?hnum INTEGER PRIMARY KEY(?: AUTOINCREMENT)?, ?blob BLOB(?: NOT NULL)? ?\)$/i;

export function isSqlite(start: Uint8Array): boolean {
  return Buffer.from(start).toString('latin1', 0, magic.length) === magic;
}

/** Header of each package. The whole database is held in memory, twice. */
export function* readSqlite(
  file: ByteSource,
  report: (message: string) => void,
): Generator<Uint8Array> {
  const database = new DatabaseSync(':memory:', {
    allowExtension: false,
    limits: {
      length: blobSizeBytesMax,
      sqlLength: 64 * 1024,
      column: 64,
      attach: 0,
      triggerDepth: 1,
    },
  });
  // A hostile tree can show one page under many parents: bytes beyond the file's own are repeats.
  let budget = file.sizeBytes;
  try {
    database.deserialize(readWithoutLog(file));
    database.exec(
      'PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON',
    );
    const table = database
      .prepare("SELECT type, sql FROM sqlite_schema WHERE name = 'Packages' COLLATE NOCASE")
      .get();
    const text = String(table?.['sql'] ?? '')
      .replace(/\s+/g, ' ')
      .trim();
    if (table?.['type'] !== 'table' || !tableText.test(text))
      return report('Cannot read the rpm database: it has no table "Packages" as rpm makes it');
    for (const row of database.prepare('SELECT blob FROM main.Packages').iterate()) {
      const blob = row['blob'];
      if (!(blob instanceof Uint8Array)) continue;
      budget -= blob.length;
      if (budget < 0) return report('Cannot read the rpm database: its pages repeat');
      yield blob;
    }
  } catch (error) {
    report(`Cannot read the rpm database: ${reasonOf(error)}`);
  } finally {
    database.close();
  }
}

/**
 * A database in memory cannot have a write-ahead log; the marks in the file's header would make
 * SQLite refuse it. What a log beside it holds is not seen: the ecosystem reports that.
 */
function readWithoutLog(file: ByteSource): Uint8Array {
  const bytes = Uint8Array.from(file.read(0, file.sizeBytes));
  bytes[formatVersionOffset] = 1;
  bytes[formatVersionOffset + 1] = 1;
  return bytes;
}
