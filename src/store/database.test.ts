// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { isCode, PlimsollError } from '../model/errors.ts';
import { openDatabase, openForReading, transaction, type OpenOptions } from './database.ts';

const applicationId = 0x506c_7e57;
const first = { version: 1, sql: 'CREATE TABLE fruit (name TEXT) STRICT' };
const second = { version: 2, sql: "ALTER TABLE fruit ADD COLUMN colour TEXT DEFAULT 'green'" };
const oldOptions: OpenOptions = { applicationId, migrations: [first] };
const options: OpenOptions = { applicationId, migrations: [first, second] };

function newFile(context: TestContext): string {
  return join(temporaryFolder(context), 'made/on/the/way/fruit.db');
}

/** A file that the given version of the program wrote: one row. */
function made(context: TestContext, by: OpenOptions = options): string {
  const file = newFile(context);
  const database = openDatabase(file, by);
  database.exec("INSERT INTO fruit (name) VALUES ('pear')");
  database.close();
  return file;
}

function rows(file: string, by: OpenOptions = options): readonly Record<string, unknown>[] {
  const database = openDatabase(file, by);
  try {
    return database
      .prepare('SELECT * FROM fruit')
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

function isRefused(pattern: RegExp): (error: unknown) => boolean {
  return (error) => isCode(error, 'store') && pattern.test(error.message);
}

/** Runs a script that has `file`, `options` and the module's functions, in another process. */
function inAnotherProcess(file: string, script: string): NodeJS.Signals | null {
  const module = JSON.stringify(join(import.meta.dirname, 'database.ts'));
  const text = `import { openDatabase, transaction } from ${module};
    const file = ${JSON.stringify(file)};
    const options = ${JSON.stringify(options)};
    ${script}`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', text]);
  return result.signal;
}

test('a new file is made for its owner alone', (context) => {
  const file = newFile(context);
  openDatabase(file, options).close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(rows(file), []);
});

test('an older version is migrated and keeps its rows', (context) => {
  const file = made(context, oldOptions);
  assert.deepEqual(rows(file, oldOptions), [{ name: 'pear' }]);
  assert.deepEqual(rows(file), [{ name: 'pear', colour: 'green' }]);
});

test('a migration that fails leaves the old version', (context) => {
  const file = made(context, oldOptions);
  const broken = {
    ...options,
    migrations: [first, { version: 2, sql: `${second.sql}; NONSENSE` }],
  };
  assert.throws(() => openDatabase(file, broken), isRefused(/NONSENSE/));
  assert.deepEqual(rows(file, oldOptions), [{ name: 'pear' }]);
});

test('a file of a newer program is refused, and its hint says why', (context) => {
  const file = made(context);
  assert.throws(
    () => openDatabase(file, oldOptions),
    (error) =>
      isRefused(/it has version 2, this program knows 1/)(error) &&
      /newer plimsoll/.test((error as PlimsollError).hint ?? ''),
  );
  assert.throws(() => openForReading(file, oldOptions), isRefused(/version 2/));
});

test('a file of another program is refused and left as it is', (context) => {
  const folder = temporaryFolder(context);
  const makers: Readonly<Record<string, string>> = {
    'another number': 'PRAGMA application_id = 1; PRAGMA user_version = 1; CREATE TABLE a (b)',
    'no number and no version': 'CREATE TABLE a (b)',
  };
  for (const [name, sql] of Object.entries(makers)) {
    const file = join(folder, `${name}.db`);
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
    const before = readFileSync(file);
    assert.throws(() => openDatabase(file, options), isRefused(/something else/), name);
    assert.throws(() => openForReading(file, options), isRefused(/something else/), name);
    assert.deepEqual(readFileSync(file), before, name);
  }
});

test('a damaged file is refused with what to do', (context) => {
  const damages: Readonly<Record<string, (file: string) => void>> = {
    'no database': (file) => writeFileSync(file, 'no database '.repeat(1000)),
    'a header and nothing else': (file) => truncateSync(file, 100),
    'a lost end': (file) => truncateSync(file, 4096),
  };
  for (const [name, damage] of Object.entries(damages)) {
    const file = made(context);
    damage(file);
    const isStoreError = (error: unknown): boolean => isCode(error, 'store');
    assert.throws(() => rowsForReading(file), isStoreError, name);
  }
});

function rowsForReading(file: string): void {
  const connection = openForReading(file, options)!;
  try {
    transaction(connection.database, () => connection.database.exec('SELECT * FROM fruit'));
  } finally {
    connection.close();
  }
}

test('a writer that is killed leaves the last whole version', (context) => {
  const file = made(context);
  const signal = inAnotherProcess(
    file,
    `const database = openDatabase(file, options);
     transaction(database, () => database.exec("INSERT INTO fruit (name) VALUES ('fig')"));
     transaction(database, () => {
       database.exec("DELETE FROM fruit");
       process.kill(process.pid, 'SIGKILL');
     });`,
  );
  assert.equal(signal, 'SIGKILL');
  assert.deepEqual(
    rows(file).map(({ name }) => name),
    ['pear', 'fig'],
  );
});

test('a program that is killed while it makes the file leaves none, for readers', (context) => {
  const file = newFile(context);
  const signal = inAnotherProcess(
    file,
    `const migrations = Array.from({ length: 2 }, (_, at) => ({
       version: at + 1,
       get sql() {
         if (at === 1) process.kill(process.pid, 'SIGKILL');
         return options.migrations[at].sql;
       },
     }));
     openDatabase(file, { ...options, migrations });`,
  );
  assert.equal(signal, 'SIGKILL');
  assert.ok(existsSync(file));
  assert.equal(openForReading(file, options), undefined);
  assert.deepEqual(rows(file), []);
});

test('a transaction that fails changes nothing', (context) => {
  const database = openDatabase(made(context), options);
  context.after(() => database.close());
  const count = (): unknown => database.prepare('SELECT count(*) AS n FROM fruit').get()!['n'];
  const failing = (): never =>
    transaction(database, () => {
      database.exec("INSERT INTO fruit (name) VALUES ('fig')");
      throw new RangeError('of the work');
    });
  assert.throws(failing, RangeError);
  assert.equal(count(), 1);
  const wrong = (): void => transaction(database, () => database.exec('INSERT INTO nowhere'));
  assert.throws(wrong, isRefused(/^Cannot write database ".*fruit\.db": /));
  assert.equal(transaction(database, count), 1);
});

test('a reader sees one version while a writer commits the next', (context) => {
  const file = made(context);
  const reader = openForReading(file, options)!;
  const writer = openDatabase(file, options);
  context.after(() => writer.close());
  const count = (): unknown =>
    reader.database.prepare('SELECT count(*) AS n FROM fruit').get()!['n'];
  reader.database.exec('BEGIN');
  assert.equal(count(), 1);
  transaction(writer, () => writer.exec("INSERT INTO fruit (name) VALUES ('fig')"));
  assert.equal(count(), 1);
  reader.database.exec('COMMIT');
  assert.equal(count(), 2);
  reader.close();
});

test('reading makes no file and writes to none', (context) => {
  const absent = newFile(context);
  assert.equal(openForReading(absent, options), undefined);
  assert.ok(!existsSync(absent));
  const reader = openForReading(made(context), options)!;
  assert.throws(() => reader.database.exec('DELETE FROM fruit'), /readonly/);
  reader.close();
  const old = made(context, oldOptions);
  assert.throws(() => openForReading(old, options), isRefused(/version 1 is too old/));
});
