// SPDX-License-Identifier: Apache-2.0
// Fuzzes the parsers of foreign bytes: testing/fuzz-targets/*.ts, each with its seed inputs, for a
// bounded time. A target may throw PlimsollError and nothing else; it must not take long either.
// Each input runs in a worker, so that one that hangs is found out and named.
//
//   npm run fuzz                               two seconds for each target
//   npm run fuzz -- tar --seconds 60           one target for a minute
//   npm run fuzz -- tar --seed 7 --input 1234  one input again
//
// Each run draws its own seed, unless --seed or PLIMSOLL_FUZZ_SEED gives one.
//
// The canary is a target that fails on purpose: when it is not caught, the fuzzer is broken.
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { PlimsollError } from '../src/model/errors.ts';
import { mutate, Random } from '../testing/mutate.ts';

interface FuzzTarget {
  readonly name: string;
  /** Good inputs that mutations start from; at least one. */
  seeds(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  run(bytes: Uint8Array): unknown;
}

interface Work {
  readonly file: string;
  readonly seed: number;
  readonly firstInput: number;
  readonly lastInput: number;
  readonly seconds: number;
}

type Message =
  | { readonly kind: 'input'; readonly number: number }
  | { readonly kind: 'failed'; readonly number: number; readonly reason: string }
  | { readonly kind: 'done'; readonly inputs: number };

const root = join(import.meta.dirname, '..');
const canaryFile = join(root, 'testing', 'fuzz-canary.ts');
/** Inputs are up to a mebibyte: a parser that needs longer for one has no limit where it needs one. */
const hangMs = 20_000;
/** An input is told to the watcher each time this many have run. */
const reportEvery = 64;

async function runInWorker(work: Work): Promise<void> {
  const port = parentPort!;
  const target = (await import(work.file)) as FuzzTarget;
  const seeds = await target.seeds();
  if (seeds.length === 0) throw new Error('no seed inputs');
  const until = performance.now() + work.seconds * 1000;
  let number = work.firstInput;
  for (; number <= work.lastInput && performance.now() < until; number++) {
    if (number % reportEvery === 0) port.postMessage({ kind: 'input', number });
    const input = inputOf(seeds, work.seed, number);
    try {
      await target.run(input);
    } catch (error) {
      if (error instanceof PlimsollError) continue;
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      port.postMessage({ kind: 'failed', number, reason });
      return;
    }
  }
  port.postMessage({ kind: 'done', inputs: number - work.firstInput });
}

/** The seeds themselves come first; every other input depends on the seed and its number alone. */
function inputOf(seeds: readonly Uint8Array[], seed: number, number: number): Uint8Array {
  if (number < seeds.length) return seeds[number]!;
  const random = new Random(Math.imul(seed, 0x9e37_79b1) ^ number);
  return mutate(random.pick(seeds), random, seeds);
}

/** What went wrong with a target, or undefined and how many inputs it took. */
async function fuzz(work: Work): Promise<{ readonly failure?: string; readonly inputs: number }> {
  const worker = new Worker(import.meta.filename, {
    workerData: work,
    // A parser whose memory grows with what its input claims fails here, not on a user's machine.
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  let last = work.firstInput;
  let timer: NodeJS.Timeout | undefined;
  const result = await new Promise<{ failure?: string; inputs: number }>((resolve) => {
    const watch = (): void => {
      clearTimeout(timer);
      const failure = `hangs: an input from ${last} to ${last + reportEvery - 1} takes too long`;
      timer = setTimeout(() => resolve({ failure, inputs: last }), hangMs);
    };
    watch();
    worker.on('message', (message: Message) => {
      watch();
      if (message.kind === 'input') last = message.number;
      else if (message.kind === 'done') resolve({ inputs: message.inputs });
      else resolve({ failure: `input ${message.number}: ${message.reason}`, inputs: last });
    });
    worker.on('error', (error) =>
      resolve({ failure: `inputs from ${last}: ${String(error)}`, inputs: last }),
    );
  });
  clearTimeout(timer);
  await worker.terminate();
  return result;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '2' },
      seed: { type: 'string' },
      input: { type: 'string' },
    },
  });
  const seed = Number(
    values.seed ?? process.env['PLIMSOLL_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31),
  );
  const inputs = values.input === undefined ? undefined : Number(values.input);
  const files = globSync('testing/fuzz-targets/*.ts', { cwd: root })
    .filter((file) => positionals.length === 0 || positionals.includes(basename(file, '.ts')))
    .sort();
  if (files.length === 0) throw new Error(`no fuzz target is called ${positionals.join(' ')}`);
  const work = {
    seed,
    firstInput: inputs ?? 0,
    lastInput: inputs ?? Number.MAX_SAFE_INTEGER,
    seconds: Number(values.seconds),
  };
  console.log(`seed ${seed}`);
  const canary = await fuzz({ ...work, file: canaryFile, firstInput: 0, lastInput: 100_000 });
  if (canary.failure === undefined) fail('canary', seed, 'the canary lives: the fuzzer is broken');
  for (const file of files) {
    const name = basename(file, '.ts');
    const result = await fuzz({ ...work, file: join(root, file) });
    if (result.failure === undefined) console.log(`ok    ${name}: ${result.inputs} inputs`);
    else fail(name, seed, result.failure);
  }
}

function fail(name: string, seed: number, failure: string): void {
  console.log(`FAIL  ${name} --seed ${seed}: ${failure}`);
  process.exitCode = 1;
}

await (isMainThread ? main() : runInWorker(workerData as Work));
