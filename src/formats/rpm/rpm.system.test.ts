// SPDX-License-Identifier: Apache-2.0
// The oracle is `rpm -qa` on the same database (SQLite, and Berkeley DB with rpm's read-only backend).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import {
  askRpm,
  headersOf,
  makeBerkeleyHash,
  makeNdb,
  makeRpmDatabase,
  noRpm,
  randomAccess,
} from '../../../testing/rpm-database.ts';
import { IssueList } from '../../model/issue.ts';
import { readRpmDatabase } from './database.ts';
import type { RpmRecord } from './record.ts';

function read(bytes: Uint8Array): { records: RpmRecord[]; issues: readonly string[] } {
  const issues = new IssueList();
  const records = readRpmDatabase(randomAccess(bytes), '/db', issues) ?? [];
  return { records, issues: issues.toArray().map((issue) => issue.message) };
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-'));

after(() => rmSync(folder, { recursive: true, force: true }));

let made: { path: string; headers: readonly Uint8Array[] } | undefined;

/** The packages are built once for all tests. */
function fixture(): { path: string; headers: readonly Uint8Array[] } {
  if (made === undefined) {
    const path = makeRpmDatabase(folder);
    made = { path, headers: headersOf(join(path, 'rpmdb.sqlite')) };
  }
  return made;
}

const packageFormat =
  '%{NAME}\t%{EPOCH}\t%{VERSION}\t%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t%{LICENSE}\t%{VENDOR}\t%{MODULARITYLABEL}\n';

const none = (value: string | number | undefined): string | number => value ?? '(none)';

function answer(record: RpmRecord): string {
  return [
    record.name,
    none(record.epoch),
    record.version,
    record.release,
    none(record.architecture),
    none(record.sourceRpm),
    none(record.license),
    none(record.vendor),
    none(record.modularityLabel),
  ].join('\t');
}

// Folders and ghosts are asked for too, to be left out by what rpm says of them.
const fileFormat =
  '[%{=NAME}\t%{FILENAMES}\t%{FILEDIGESTS}\t%{FILEMODES:perms}\t%{FILEFLAGS:fflags}\n]';

function fileAnswers(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => line.split('\t'))
    .filter(([, , , mode, flags]) => !mode!.startsWith('d') && !flags!.includes('g'))
    .map(([name, path, digest]) => `${name}\t${path}\t${digest}`);
}

function fileLines(records: readonly RpmRecord[]): readonly string[] {
  return records
    .flatMap(({ name, files }) =>
      files.map((file) => `${name}\t${file.path}\t${file.digest ?? ''}`),
    )
    .sort();
}

test('SQLite: packages and files are what rpm says', { skip: noRpm }, () => {
  const { path } = fixture();
  const { records, issues } = read(readFileSync(join(path, 'rpmdb.sqlite')));
  assert.deepEqual(issues, []);
  assert.equal(records.length, 3);
  assert.deepEqual(records.map(answer).sort(), askRpm(path, 'sqlite', packageFormat));
  const files = fileAnswers(askRpm(path, 'sqlite', fileFormat));
  assert.equal(files.length, 304);
  assert.deepEqual(fileLines(records), files);
  assert.deepEqual(new Set(records.map((record) => record.digestAlgorithm)), new Set(['sha256']));
});

for (const [byteOrder, pageSizeBytes] of [
  ['little', 4096],
  ['big', 4096],
  ['little', 512],
  ['big', 65536],
] as const) {
  test(
    `Berkeley DB, ${byteOrder}-endian, pages of ${pageSizeBytes}: as rpm says`,
    { skip: noRpm },
    () => {
      const { path, headers } = fixture();
      const target = join(folder, `bdb-${byteOrder}-${pageSizeBytes}`);
      mkdirSync(target);
      makeBerkeleyHash(join(target, 'Packages'), headers, byteOrder, pageSizeBytes);
      const { records, issues } = read(readFileSync(join(target, 'Packages')));
      assert.deepEqual(issues, []);
      assert.deepEqual(records.map(answer).sort(), askRpm(target, 'bdb_ro', packageFormat));
      assert.deepEqual(fileLines(records), fileAnswers(askRpm(path, 'sqlite', fileFormat)));
    },
  );
}

test(
  'ndb: the same headers give the same records, over several slot pages',
  { skip: noRpm },
  () => {
    const { path, headers } = fixture();
    const many = Array.from({ length: 200 }, () => headers).flat();
    const { records, issues } = read(makeNdb(many));
    assert.deepEqual(issues, []);
    assert.equal(records.length, 600);
    assert.deepEqual(records.slice(0, 3).map(answer).sort(), askRpm(path, 'sqlite', packageFormat));
  },
);

test('a flipped byte or a cut end never throws and never hangs', { skip: noRpm }, () => {
  const { path, headers } = fixture();
  makeBerkeleyHash(join(folder, 'mutate'), headers, 'little', 1024);
  const originals = [
    readFileSync(join(path, 'rpmdb.sqlite')),
    readFileSync(join(folder, 'mutate')),
    makeNdb(headers),
  ];
  // Half of the flips go where the structures are: the start of the file.
  const place = fc.oneof(fc.nat({ max: 4095 }), fc.nat({ max: 1 << 20 }));
  const flips = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      fc.constantFrom(...originals),
      flips,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (original, changes, cut) => {
        const end = cut < 0.5 ? original.length : Math.floor(original.length * cut);
        const bytes = Buffer.from(original.subarray(0, end));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        assert.ok(read(bytes).records.length <= 3);
      },
    ),
    { numRuns: 300 },
  );
});

test('an overflow chain that goes round is an issue', { skip: noRpm }, () => {
  const { headers } = fixture();
  const file = join(folder, 'cycle');
  makeBerkeleyHash(file, headers, 'little', 512);
  const bytes = readFileSync(file);
  let cycles = 0;
  for (let page = 1; page < bytes.length / 512; page++)
    if (bytes[page * 512 + 25] === 7) {
      bytes.writeUInt32LE(page, page * 512 + 16);
      cycles++;
    }
  assert.ok(cycles > 100);
  const { records, issues } = read(bytes);
  assert.equal(records.length, 0);
  assert.ok(issues.length > 0);
});

test(
  'an ndb whose slots share one blob is read once over, not once per slot',
  { skip: noRpm },
  () => {
    const bytes = makeNdb(Array.from({ length: 250 }, () => fixture().headers[0]!));
    for (let slot = 1; slot < 250; slot++) bytes.copy(bytes, 32 + slot * 16, 32, 48);
    const cut = bytes.subarray(0, 4096 + 16 * bytes.readUInt32LE(32 + 12));
    const { issues } = read(cut);
    assert.match(issues.join(), /overlap/);
  },
);
