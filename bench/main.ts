// SPDX-License-Identifier: Apache-2.0
// `npm run bench [IMAGE.tar.gz]`: figures of one run beside the bars of the design, as a table in
// Markdown. Whole commands are measured as users run them. Figures are printed, never asserted:
// the machine decides them, and what else runs on it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fillAdvisories } from './advisories.ts';
import { layoutOf, manyEntries, serverImage } from './images.ts';

const root = join(import.meta.dirname, '..');
/** As ./plimsoll starts it. */
const node = [
  process.execPath,
  '--initial-old-space-size=64',
  '--disable-warning=ExperimentalWarning',
];
const plimsoll = join(root, 'plimsoll');
const commandLine = 'src/cli/main.ts';
/** Alternating, and the best of them: other work on the machine slows single runs down. */
const rounds = 5;
const roundsOfShort = 10;

type Row = readonly [work: string, measured: string, bar: string];

interface Run {
  readonly wallMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Bench {
  readonly #env: NodeJS.ProcessEnv;
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
    this.#env = {
      ...process.env,
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/v8'),
      PLIMSOLL_HOME: home,
      PLIMSOLL_OFFLINE: '1',
    };
  }

  run(command: readonly string[]): Run {
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), {
      encoding: 'utf8',
      env: this.#env,
      maxBuffer: 1 << 30,
    });
    const wallMs = performance.now() - started;
    if (status === 0) return { wallMs, stdout, stderr };
    throw new Error(`${command.join(' ')}: ${stderr}`);
  }

  /** Milliseconds by name, the best of several runs that alternate. */
  best<Name extends string>(
    commands: Readonly<Record<Name, readonly string[]>>,
    times: number,
  ): Record<Name, number> {
    const names = Object.keys(commands) as Name[];
    const best = Object.fromEntries(names.map((name) => [name, Infinity])) as Record<Name, number>;
    for (let round = 0; round < times; round++)
      for (const name of names) best[name] = Math.min(best[name], this.run(commands[name]).wallMs);
    return best;
  }

  /** Memory and processor time of one program of ours with these words. */
  usage(
    program: string,
    ...words: readonly string[]
  ): {
    readonly residentMegabytes: number;
    readonly cpuMs: number;
  } {
    const { stderr } = this.run([
      ...node,
      join(root, 'bench/resident.ts'),
      join(root, program),
      ...words,
    ]);
    return JSON.parse(stderr.trimEnd().split('\n').at(-1)!) as {
      residentMegabytes: number;
      cpuMs: number;
    };
  }

  part(mode: 'lookups' | 'ownership'): Record<string, number> {
    const { stdout } = this.run([...node, join(root, 'bench/parts.ts'), mode, this.#home]);
    return JSON.parse(stdout) as Record<string, number>;
  }
}

/** Names of an image's packages; the layers are known afterwards. */
function packagesOf(bench: Bench, layout: string): readonly string[] {
  const { stdout } = bench.run([plimsoll, 'scan', '--json', `oci:${layout}`]);
  const { packages } = JSON.parse(stdout) as {
    packages: readonly { readonly name: string; readonly source?: { readonly name: string } }[];
  };
  return [...new Set(packages.map(({ name, source }) => source?.name ?? name))];
}

async function rows(bench: Bench, home: string, image: string): Promise<readonly Row[]> {
  const layout = `oci:${await layoutOf(image)}`;
  const entries = `rootfs:${await manyEntries()}`;
  const names = packagesOf(bench, layout.slice('oci:'.length));
  const advisories = fillAdvisories(home, names);
  const floor = [...node, join(root, 'bench/floor.ts'), image];
  const first = bench.best(
    {
      floor: [...floor, '2'],
      floorOneHash: [...floor, '1'],
      scan: [plimsoll, 'scan', '--json', '--no-cache', layout],
    },
    rounds,
  );
  const short = bench.best(
    { again: [plimsoll, 'scan', '--json', layout], version: [plimsoll, '--version'] },
    roundsOfShort,
  );
  const usage = bench.usage(commandLine, 'scan', '--json', '--no-cache', layout);
  const usageOfFloor = bench.usage('bench/floor.ts', image, '2');
  const usageAgain = bench.usage(commandLine, 'scan', '--json', layout);
  const usageOfEntries = bench.usage(commandLine, 'scan', '--json', '--no-cache', entries);
  const { lookups, cold, warm } = bench.part('lookups');
  const { files, ownership } = bench.part('ownership');
  const ratio = (base: number): string => `${(first.scan / base).toFixed(2)}x`;
  return [
    ['floor: gunzip, sha256 of digest and diffID', ms(first.floor), ''],
    ['floor with one hash', ms(first.floorOneHash), ''],
    ['scan an image, nothing cached', `${ms(first.scan)}, ${ratio(first.floor)}`, '1.3x'],
    ['over the floor with one hash', ratio(first.floorOneHash), ''],
    [
      'processor time of all threads, and of the floor',
      `${ms(usage.cpuMs)}, ${ms(usageOfFloor.cpuMs)}`,
      '',
    ],
    ['resident memory', `${usage.residentMegabytes} MB`, '300 MB'],
    ['resident memory, three million entries', `${usageOfEntries.residentMegabytes} MB`, '300 MB'],
    ['scan again, layers known', `${ms(short.again)}, ${ms(usageAgain.cpuMs)} CPU`, '150 ms'],
    [
      `${lookups} packages looked up in ${advisories} advisories`,
      `${ms(warm!)} warm, ${ms(cold!)} cold`,
      '4 ms warm, 25 ms cold',
    ],
    [`owners of ${files} files`, ms(ownership!), '150 ms'],
    ['`plimsoll --version`', ms(short.version), '80 ms'],
  ];
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function machine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = loadavg()[0]!.toFixed(1);
  return `${processors.length} x ${processors[0]?.model.trim() ?? process.arch}, ${memory}, Node.js ${process.version}, load ${load}`;
}

function print(table: readonly Row[]): void {
  const all: readonly Row[] = [['work', 'measured', 'bar'], ...table];
  const width = (column: 0 | 1 | 2): number => Math.max(...all.map((row) => row[column].length));
  const widths = [width(0), width(1), width(2)];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  console.log(line(all[0]!));
  console.log(line(widths.map((length) => '-'.repeat(length))));
  for (const row of table) console.log(line(row));
}

const given = process.argv[2];
const { file, what } = given === undefined ? serverImage() : { file: given, what: given };
const home = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  const load = machine();
  const table = await rows(new Bench(home), home, file);
  console.log(`${new Date().toISOString().slice(0, 10)}; ${load}.`);
  console.log(`Image: ${what}, one layer of ${Math.round(statSync(file).size / 1e6)} MB.\n`);
  print(table);
} finally {
  rmSync(home, { recursive: true });
}
