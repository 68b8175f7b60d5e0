// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { formatBytes, openProgress } from './progress.ts';

const clear = '\r\u001b[2K';

/** A standard error that keeps what is written, and a clock that stands still. */
function fakeStream(context: TestContext, given: { isTTY?: boolean; columns?: number } = {}) {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => {
    written.push(String(text));
    return true;
  };
  return { written, write, isTTY: true, columns: 100, ...given };
}

const tick = (context: TestContext): void => context.mock.timers.tick(200);

test('a task is drawn on one line, and the line is gone when it is done', (context) => {
  const stream = fakeStream(context);
  const task = openProgress(stream, {}).start('layer 1', 'bytes', 2000);
  assert.deepEqual(stream.written, []);
  task.advance(500);
  tick(context);
  assert.match(stream.written.join(''), /^\r\u001b\[2Klayer 1: 500 B of 2\.0 kB \(25 %\), /);
  stream.written.length = 0;
  task.done();
  assert.deepEqual(stream.written, [clear]);
  tick(context);
  assert.deepEqual(stream.written, [clear]);
});

test('a task without a total, and tasks beside it', (context) => {
  const stream = fakeStream(context);
  const progress = openProgress(stream, {});
  progress.start('first', 'items', 3);
  progress.start('second', 'items').advance(7);
  tick(context);
  assert.equal(stream.written.at(-1), `${clear}second: 7, and 1 more`);
});

test('more than all is not more than 100 %, and of nothing there is no share', (context) => {
  const stream = fakeStream(context);
  const progress = openProgress(stream, {});
  progress.start('a', 'items', 3).advance(9);
  tick(context);
  assert.equal(stream.written.at(-1), `${clear}a: 9 of 3 (100 %)`);
  progress.start('b', 'items', 0);
  tick(context);
  assert.equal(stream.written.at(-1), `${clear}b: 0 of 0, and 1 more`);
});

test('a note stands on a line of its own', (context) => {
  const stream = fakeStream(context);
  const progress = openProgress(stream, {});
  progress.start('a', 'items');
  tick(context);
  stream.written.length = 0;
  progress.note('fetching');
  assert.deepEqual(stream.written, [clear, 'fetching\n']);
});

test('where nobody looks nothing moves, and notes are plain lines', (context) => {
  for (const [given, env] of [
    [{ isTTY: false }, {}],
    [{ isTTY: true }, { TERM: 'dumb' }],
  ] as const) {
    const stream = fakeStream(context, given);
    const progress = openProgress(stream, env);
    const task = progress.start('a', 'bytes', 10);
    task.advance(5);
    tick(context);
    progress.note('said');
    task.done('not modified');
    progress.close();
    assert.deepEqual(stream.written, ['said\n']);
    context.mock.timers.reset();
  }
});

test('a line is never wider than the terminal: it could not be cleared', (context) => {
  const stream = fakeStream(context, { columns: 50 });
  openProgress(stream, {}).start('x'.repeat(500), 'bytes');
  tick(context);
  assert.equal(stream.written.at(-1)!.slice(clear.length).length, 49);
});

test('foreign names cannot steer the terminal', (context) => {
  const stream = fakeStream(context);
  const progress = openProgress(stream, {});
  progress.start('\u001b[2J\r\n', 'items');
  tick(context);
  progress.note('\u001b]0;title\u0007');
  const text = stream.written.join('').replaceAll(clear, '');
  // oxlint knows that a control character is meant: it is what must not be there.
  assert.deepEqual(text.match(/\p{Cc}/gu), ['\n']);
});

test('closing ends all tasks', (context) => {
  const stream = fakeStream(context);
  const progress = openProgress(stream, {});
  progress.start('a', 'items');
  tick(context);
  progress.close();
  const count = stream.written.length;
  tick(context);
  assert.equal(stream.written.length, count);
  assert.equal(stream.written.at(-1), clear);
});

for (const [amount, want] of [
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345, '12 kB'],
  [9_949_999, '9.9 MB'],
  [1e9, '1.0 GB'],
  [5e15, '5000 TB'],
] as const)
  test(`${amount} bytes`, () => assert.equal(formatBytes(amount), want));
