// SPDX-License-Identifier: Apache-2.0
// Durable state in one SQLite file: opening, migrations, transactions. Mechanism only; each domain
// owns its tables and hands in its migrations.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
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
}

/** How long a writer waits for another one. */
const busyTimeoutMs = 15_000;

const moveAway = 'move the file away; the next run makes a new one';

/**
 * Opens, creates and migrates a database file. Write-ahead logging: a reader in a transaction sees
 * one whole version while a writer works, and a killed writer leaves the last committed version.
 * @throws `store` when the file is damaged, of another kind, or of a newer program.
 */
export function openDatabase(file: string, options: OpenOptions): DatabaseSync {
  const isNew = !existsSync(file);
  return opened(file, moveAway, () => {
    if (isNew) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file);
    return closedOnError(database, () => {
      if (isNew) chmodSync(file, 0o600);
      const version = checkedVersion(database, file, options);
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON',
      );
      if (version < newestVersion(options)) migrate(database, options);
      return database;
    });
  });
}

/** A database that is read and never written. */
export interface ReadConnection {
  readonly database: DatabaseSync;
  /** @throws `store` when the file changed under a reader that could not lock it. */
  close(): void;
}

/**
 * Opens a file for reading. Write-ahead logging needs a writable folder even for that, so
 * where there is none (a read-only mount, another user's file) the file is taken as immutable
 * (https://sqlite.org/wal.html#read_only_databases): without locks, hence checked at the end.
 * @returns undefined where there is no file, or one that its maker did not come to fill.
 * @throws `store` as `openDatabase`, and when the version is older than this program's.
 */
export function openForReading(file: string, options: OpenOptions): ReadConnection | undefined {
  if (!existsSync(file)) return undefined;
  const isWritable = isWritableFolder(dirname(file));
  const log = `${file}-wal`;
  const isLocked = isWritable || sizeBytesOf(log) > 0;
  const before = fileVersion(file);
  const hint = isWritable
    ? moveAway
    : `copy it${isLocked ? ` and ${JSON.stringify(log)}` : ''} to a folder that can be written`;
  const database = opened(file, hint, () => {
    const connection = new DatabaseSync(isLocked ? file : immutableUrl(file), { readOnly: true });
    return closedOnError(connection, () => {
      const version = checkedVersion(connection, file, options);
      if (version > 0 && version < newestVersion(options))
        throw refused(file, `version ${version} is too old`, 'plimsoll db update renews it');
      if (version === 0) connection.close();
      return connection;
    });
  });
  if (!database.isOpen) return undefined;
  return {
    database,
    close() {
      if (database.isOpen) database.close();
      if (isLocked || fileVersion(file) === before) return;
      throw new PlimsollError(
        'store',
        `Cannot use what was read from ${JSON.stringify(file)}: somebody changed it meanwhile`,
        { hint: 'run the command again' },
      );
    },
  };
}

function immutableUrl(file: string): URL {
  const url = pathToFileURL(resolve(file));
  url.searchParams.set('immutable', '1');
  return url;
}

function isWritableFolder(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function sizeBytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function fileVersion(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

function opened(file: string, hint: string | undefined, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof PlimsollError) throw cause;
    const message = `Cannot open database ${JSON.stringify(file)}: ${reasonOf(cause)}`;
    throw new PlimsollError('store', message, { hint, cause });
  }
}

function closedOnError(database: DatabaseSync, prepare: () => DatabaseSync): DatabaseSync {
  try {
    return prepare();
  } catch (error) {
    database.close();
    throw error;
  }
}

function refused(file: string, why: string, hint?: string): PlimsollError {
  return new PlimsollError('store', `Cannot open database ${JSON.stringify(file)}: ${why}`, {
    hint,
  });
}

function newestVersion({ migrations }: OpenOptions): number {
  return migrations.at(-1)?.version ?? 0;
}

function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return Object.values(row)[0] ?? 0;
}

interface DatabaseIdentity {
  readonly applicationId: number;
  /** 0: never migrated. */
  readonly version: number;
  readonly isEmpty: boolean;
}

/** Read in one transaction: another process may be migrating the file. */
function identityOf(database: DatabaseSync): DatabaseIdentity {
  database.exec('BEGIN');
  const applicationId = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  database.exec('COMMIT');
  return { applicationId, version, isEmpty };
}

/** @throws `store` when the file is not ours or of a newer program. */
function checkedVersion(database: DatabaseSync, file: string, options: OpenOptions): number {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  const { applicationId, version, isEmpty } = identityOf(database);
  const newest = newestVersion(options);
  const isOurs = version > 0 ? applicationId === options.applicationId : isEmpty;
  if (!isOurs) throw refused(file, 'it holds something else', 'name another file');
  if (version > newest)
    throw refused(
      file,
      `it has version ${version}, this program knows ${newest}`,
      'a newer plimsoll wrote it: use that, or name another PLIMSOLL_HOME',
    );
  return version;
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

/**
 * Runs `work` in one write transaction: all of it happens, or nothing.
 * @throws `store` when SQLite fails (a full disk, a damaged file), and what `work` throws.
 */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw storeError(error, `Cannot write database ${JSON.stringify(database.location())}`);
  }
}

/** A `store` error in place of SQLite's own; anything else as it is. */
export function storeError(error: unknown, message: string): unknown {
  const isSqlite = error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  if (!isSqlite) return error;
  return new PlimsollError('store', `${message}: ${reasonOf(error)}`, { cause: error });
}
