// SPDX-License-Identifier: Apache-2.0
// Durable state in one SQLite file: opening, migrations, transactions. Mechanism only; each domain
// owns its tables and hands in its migrations.
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PlimsollError, reasonOf } from '../model/errors.ts';

export interface Migration {
  /** Counted from 1 without gaps; stored in `user_version`. */
  readonly version: number;
  readonly sql: string;
}

export interface OpenOptions {
  /** Marks whose file it is, `PRAGMA application_id`; a file of another kind is refused. */
  readonly applicationId: number;
  readonly migrations: readonly Migration[];
  readonly readOnly?: boolean;
}

/** How long a writer waits for another one. */
const busyTimeoutMs = 15_000;

/**
 * Opens (and, unless read-only, creates and migrates) a database file. Write-ahead logging: a
 * reader in a transaction sees one whole version while a writer works, and a killed writer leaves
 * the last committed version.
 * @throws `store` when the file is damaged, of another kind, or of a newer program.
 */
export function openDatabase(file: string, options: OpenOptions): DatabaseSync {
  const isNew = !existsSync(file);
  if (isNew && options.readOnly)
    throw new PlimsollError(
      'not-found',
      `Cannot open database ${JSON.stringify(file)}: no such file`,
    );
  try {
    if (isNew) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { readOnly: options.readOnly ?? false });
    try {
      if (isNew) chmodSync(file, 0o600);
      prepare(database, file, options);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof PlimsollError) throw error;
    throw new PlimsollError(
      'store',
      `Cannot open database ${JSON.stringify(file)}: ${reasonOf(error)}`,
      {
        hint: 'move the file away; the next run makes a new one',
        cause: error,
      },
    );
  }
}

function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return Object.values(row)[0] ?? 0;
}

function prepare(database: DatabaseSync, file: string, options: OpenOptions): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  const applicationId = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  const newest = options.migrations.at(-1)?.version ?? 0;
  if (version > 0 && applicationId !== options.applicationId)
    throw new PlimsollError(
      'store',
      `Cannot open database ${JSON.stringify(file)}: it holds something else`,
    );
  if (version > newest)
    throw new PlimsollError(
      'store',
      `Cannot open database ${JSON.stringify(file)}: it has version ${version}, this program knows ${newest}`,
      { hint: 'a newer plimsoll wrote it: use that, or name another PLIMSOLL_HOME' },
    );
  if (options.readOnly) {
    if (version < newest)
      throw new PlimsollError(
        'store',
        `Cannot open database ${JSON.stringify(file)}: version ${version} is too old`,
      );
    return;
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  if (version < newest) migrate(database, options);
}

function migrate(database: DatabaseSync, options: OpenOptions): void {
  transaction(database, () => {
    // Read again inside the transaction: another process may have migrated meanwhile.
    const version = pragma(database, 'user_version');
    for (const migration of options.migrations)
      if (migration.version > version) database.exec(migration.sql);
    database.exec(`PRAGMA application_id = ${options.applicationId}`);
    database.exec(`PRAGMA user_version = ${options.migrations.at(-1)!.version}`);
  });
}

/** Runs `work` in one write transaction: all of it happens, or nothing. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
