// SPDX-License-Identifier: Apache-2.0
// `npm run bench [IMAGE.tar.gz]`: figures of one run beside the bars of the design. Figures are
// printed, never asserted: the machine decides them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyEntries, serverImage } from './images.ts';

const root = join(import.meta.dirname, '..');
const node = ['--disable-warning=ExperimentalWarning'];

interface Row {
  readonly work: string;
  readonly measured: string;
  readonly bar: string;
}

/** A measurement in its own process. */
function measure(...args: readonly string[]): Record<string, number> {
  const script = join(root, 'bench', 'measure-image.ts');
  const result = spawnSync(process.execPath, [...node, script, ...args], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${args.join(' ')}: ${result.stderr}`);
  return JSON.parse(result.stdout) as Record<string, number>;
}

/** Milliseconds until `--version` has answered, the best of ten. */
function startUp(): number {
  let best = Infinity;
  for (let round = 0; round < 10; round++) {
    const started = performance.now();
    const result = spawnSync(process.execPath, [
      ...node,
      join(root, 'src/cli/main.ts'),
      '--version',
    ]);
    if (result.status !== 0) return Number.NaN;
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

async function rows(image: string, what: string, cache: string): Promise<readonly Row[]> {
  const measured = measure('ratios', image);
  const figure = (name: string): number => measured[name] ?? Number.NaN;
  const floor = figure('floor');
  const index = figure('index');
  const scan = figure('scan');
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const ratio = (value: number, base: number): string => `${(value / base).toFixed(2)}x`;
  const megabytes = Math.round(statSync(image).size / 1e6);
  const memory = (file: string): string => {
    const { residentMegabytes, entries: count } = measure('memory', file);
    return `${Math.round(residentMegabytes!)} MB (${count} entries)`;
  };
  return [
    {
      work: `${what}, ${megabytes} MB stored, ${figure('entries')} entries`,
      measured: '',
      bar: '',
    },
    { work: 'floor: gunzip, sha256 of digest and diffID', measured: ms(floor), bar: '' },
    { work: 'floor with one hash', measured: ms(figure('floorOneHash')), bar: '' },
    {
      work: 'layers read and merged, no reader',
      measured: `${ms(index)}, ${ratio(index, floor)}`,
      bar: '',
    },
    {
      work: 'layers read and merged, all readers',
      measured: `${ms(scan)}, ${ratio(scan, floor)}`,
      bar: '1.3x',
    },
    {
      work: '  over the floor with one hash',
      measured: ratio(scan, figure('floorOneHash')),
      bar: '',
    },
    { work: 'resident memory', measured: memory(image), bar: '300 MB' },
    {
      work: 'resident memory, three million entries',
      measured: memory(await manyEntries()),
      bar: '300 MB',
    },
    {
      work: 'known layers from the cache, merged',
      measured: ms(measure('again', image, cache)['known'] ?? Number.NaN),
      bar: '150 ms',
    },
    { work: 'plimsoll --version', measured: ms(startUp()), bar: '80 ms' },
  ];
}

const given = process.argv[2];
const { file, what } = given === undefined ? serverImage() : { file: given, what: given };
const cache = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  const table = await rows(file, what, cache);
  const widths = [0, 1].map((column) =>
    Math.max(...table.map(({ work, measured }) => [work, measured][column]!.length)),
  );
  for (const { work, measured, bar } of table)
    console.log(
      `${work.padEnd(widths[0]!)}  ${measured.padStart(widths[1]!)}  ${bar && `bar ${bar}`}`.trimEnd(),
    );
} finally {
  rmSync(cache, { recursive: true });
}
