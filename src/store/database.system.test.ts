// SPDX-License-Identifier: Apache-2.0
// Reading where nothing can be locked: on a read-only mount, whose file others can write.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { noMounts, withReadOnly } from '../../testing/mount-namespace.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openDatabase } from './database.ts';

const options = {
  applicationId: 0x506c_7e57,
  migrations: [{ version: 1, sql: 'CREATE TABLE fruit (name TEXT) STRICT' }],
};

/** Reads in a process that cannot write; between reading and closing `meanwhile` happens. */
async function readWithout(context: TestContext, meanwhile: (file: string) => void) {
  const file = join(temporaryFolder(context), 'fruit.db');
  openDatabase(file, options).close();
  const script = `import { openForReading } from ${JSON.stringify(join(import.meta.dirname, 'database.ts'))};
    const connection = openForReading(${JSON.stringify(file)}, ${JSON.stringify(options)});
    process.stdout.write(String(connection.database.prepare('SELECT count(*) AS n FROM fruit').get().n));
    process.stdin.on('data', () => {
      try {
        connection.close();
        process.stdout.write(' closed');
      } catch (error) {
        process.stdout.write(' ' + error.code + ' ' + error.message);
      }
      process.exit();
    });`;
  const [program, ...words] = [...withReadOnly(dirname(file)), process.execPath];
  const child = spawn(program, [...words, '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child.stdout, 'data');
  meanwhile(file);
  child.stdin.end('go');
  await once(child, 'close');
  return output;
}

test('a reader without locks reads', { skip: noMounts }, async (context) => {
  assert.equal(await readWithout(context, () => {}), '0 closed');
});

test('a reader without locks notices a writer', { skip: noMounts }, async (context) => {
  const output = await readWithout(context, (file) => {
    const database = openDatabase(file, options);
    database.exec("INSERT INTO fruit VALUES ('pear')");
    database.close();
  });
  assert.match(
    output,
    /^0 store Cannot use what was read from ".*": somebody changed it meanwhile$/,
  );
});
