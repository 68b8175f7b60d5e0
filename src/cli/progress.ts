// SPDX-License-Identifier: Apache-2.0
// Draws progress on a terminal's standard error: one line that is redrawn a few times a second.
// Where standard error is no terminal nothing moves; notes are plain lines.
import type { WriteStream } from 'node:tty';
import { escapeForTerminal } from '../formats/terminal/escape.ts';
import type { Progress, ProgressTask } from '../model/progress.ts';
import { widthOf } from './terminal.ts';

const redrawMs = 120;
const clearLine = '\r\u001b[2K';

interface Task {
  readonly label: string;
  readonly unit: 'bytes' | 'items';
  readonly total: number | undefined;
  readonly started: number;
  amount: number;
}

export type ClosableProgress = Progress & { close(): void };

type ErrorStream = Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

export function openProgress(
  stream: ErrorStream,
  env: Readonly<Record<string, string | undefined>>,
): ClosableProgress {
  const tasks = new Set<Task>();
  const moves = stream.isTTY === true && env['TERM'] !== 'dumb';
  let timer: NodeJS.Timeout | undefined;
  let drawn = false;

  const clear = (): void => {
    if (drawn) stream.write(clearLine);
    drawn = false;
  };
  const draw = (): void => {
    const newest = [...tasks].at(-1);
    if (newest === undefined) return;
    const line = taskLine(newest, performance.now(), tasks.size - 1);
    stream.write(clearLine + line.slice(0, widthOf(env, stream) - 1));
    drawn = true;
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    clear();
  };
  return {
    start(label, unit, total): ProgressTask {
      const task: Task = {
        label: escapeForTerminal(label),
        unit,
        total,
        amount: 0,
        started: performance.now(),
      };
      tasks.add(task);
      if (moves && timer === undefined) {
        timer = setInterval(draw, redrawMs);
        timer.unref();
      }
      return {
        advance: (amount) => {
          task.amount += amount;
        },
        done: () => {
          tasks.delete(task);
          if (tasks.size === 0) stop();
        },
      };
    },
    note(message) {
      clear();
      stream.write(`${escapeForTerminal(message)}\n`);
    },
    close() {
      tasks.clear();
      stop();
    },
  };
}

function taskLine(task: Task, now: number, others: number): string {
  const seconds = Math.max(0.001, (now - task.started) / 1000);
  const done = task.unit === 'bytes' ? formatBytes(task.amount) : String(task.amount);
  const total =
    task.total === undefined
      ? ''
      : ` of ${task.unit === 'bytes' ? formatBytes(task.total) : task.total}`;
  const percent =
    task.total === undefined || task.total === 0
      ? ''
      : ` (${Math.min(100, Math.floor((100 * task.amount) / task.total))} %)`;
  const rate = task.unit === 'bytes' ? `, ${formatBytes(task.amount / seconds)}/s` : '';
  const more = others > 0 ? `, and ${others} more` : '';
  return `${task.label}: ${done}${total}${percent}${rate}${more}`;
}

/** Decimal units, as disks and registries count: `12.3 MB`. */
export function formatBytes(amount: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = amount;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  return `${at === 0 ? Math.round(value) : value.toFixed(value < 10 ? 1 : 0)} ${units[at]}`;
}
