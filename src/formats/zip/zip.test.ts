// SPDX-License-Identifier: Apache-2.0
// Foreign writer: Python's zipfile. Own writer (testing/zip-archive.ts) for what no library writes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { canRun } from '../../../testing/require.ts';
import { buildZip, type ZipOptions } from '../../../testing/zip-archive.ts';
import { PlimsollError } from '../../model/errors.ts';
import { IssueList, type Issue } from '../../model/issue.ts';
import { sourceOfBytes } from '../byte-source/byte-source.ts';
import { readZipDirectory, readZipEntry, zipLimits } from './zip.ts';

const text = 'abc\n'.repeat(100);
const inputs = [
  { name: 'META-INF/', content: '', stored: true },
  { name: 'deflated.txt', content: text },
  { name: 'stored-\u00fc.txt', content: text, stored: true },
];

function readAll(bytes: Uint8Array): {
  contents: Record<string, string>;
  issues: readonly Issue[];
} {
  const source = sourceOfBytes(bytes);
  const issues = new IssueList();
  const contents: Record<string, string> = {};
  for (const entry of readZipDirectory(source, issues).entries)
    contents[entry.name] = Buffer.from(readZipEntry(source, entry, 1 << 20)).toString();
  return { contents, issues: issues.toArray() };
}

const forms: Readonly<Record<string, ZipOptions>> = {
  plain: {},
  'with a comment': { comment: 'PK\x05\x06 is no end record here' },
  'with 64 bit records': { zip64: true },
  'behind a start script': { prefix: Buffer.from('#!/bin/sh\nexec java -jar "$0"\n') },
  'behind a start script, with 64 bit records': { zip64: true, prefix: Buffer.from('#!/bin/sh\n') },
};
for (const [name, options] of Object.entries(forms)) {
  test(`an archive ${name} is read`, () => {
    assert.deepEqual(readAll(buildZip(inputs, options)), {
      contents: { 'META-INF/': '', 'deflated.txt': text, 'stored-\u00fc.txt': text },
      issues: [],
    });
  });
}

const python = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("a.txt", "x" * 5000, zipfile.ZIP_DEFLATED)
    z.writestr("b/c.bin", bytes(range(256)) * 3, zipfile.ZIP_STORED)
    with z.open("big.txt", "w", force_zip64=True) as f: f.write(b"wide")
    z.writestr("bz", "y" * 300, zipfile.ZIP_BZIP2)
    z.comment = b"made elsewhere"
`;
test(
  "what Python's zipfile writes is read",
  { skip: canRun('python3') ? false : 'python3 is not here' },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-zip-'));
    try {
      const path = join(folder, 'x.zip');
      assert.equal(spawnSync('python3', ['-c', python, path]).status, 0);
      const source = sourceOfBytes(readFileSync(path));
      const { entries } = readZipDirectory(source, new IssueList());
      assert.deepEqual(
        entries.map(({ name, sizeBytes }) => [name, sizeBytes]),
        [
          ['a.txt', 5000],
          ['b/c.bin', 768],
          ['big.txt', 4],
          ['bz', 300],
        ],
      );
      assert.equal(
        Buffer.from(readZipEntry(source, entries[0]!, 5000)).toString(),
        'x'.repeat(5000),
      );
      assert.equal(readZipEntry(source, entries[1]!, 768)[767], 255);
      assert.equal(Buffer.from(readZipEntry(source, entries[2]!, 9)).toString(), 'wide');
      assert.throws(() => readZipEntry(source, entries[3]!, 300), { code: 'unsupported' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('of two entries with one name the last counts, and it is said', () => {
  const { contents, issues } = readAll(
    buildZip([
      { name: 'a', content: 'first' },
      { name: 'a', content: 'second' },
    ]),
  );
  assert.deepEqual(contents, { a: 'second' });
  assert.deepEqual(
    issues.map(({ code, fatal }) => ({ code, fatal })),
    [{ code: 'zip-duplicate-names', fatal: false }],
  );
});

function readFirst(bytes: Uint8Array, sizeBytesMax = 1 << 20): Uint8Array {
  const source = sourceOfBytes(bytes);
  return readZipEntry(source, readZipDirectory(source, new IssueList()).entries[0]!, sizeBytesMax);
}

test('entries that lie or cannot be read are errors of their own', () => {
  const zeros = Buffer.alloc(1 << 20);
  for (const [name, bytes, code] of [
    ['encrypted', buildZip([{ name: 'a', content: 'x', encrypted: true }]), 'unsupported'],
    ['another method', buildZip([{ name: 'a', content: 'x', method: 12 }]), 'unsupported'],
    ['longer than allowed', buildZip([{ name: 'a', content: Buffer.alloc(2 << 20) }]), 'limit'],
    // A bomb that claims to be small: no more than the claim is unpacked.
    ['longer than claimed', buildZip([{ name: 'a', content: zeros, claimedBytes: 10 }]), 'invalid'],
    ['shorter than claimed', buildZip([{ name: 'a', content: 'x', claimedBytes: 10 }]), 'invalid'],
    [
      'stored, sizes differ',
      buildZip([{ name: 'a', content: 'x', stored: true, claimedBytes: 9 }]),
      'invalid',
    ],
  ] as const)
    assert.throws(() => readFirst(bytes), { code }, name);
  const flipped = buildZip([{ name: 'a', content: 'checked', stored: true }]);
  flipped[32]! ^= 1;
  assert.throws(() => readFirst(flipped), { code: 'invalid' }, 'checksum');
});

test('a directory that is damaged gives what comes before the damage', () => {
  const { contents, issues } = readAll(buildZip(inputs, { claimedEntries: 9 }));
  assert.equal(Object.keys(contents).length, 3);
  assert.deepEqual(
    issues.map(({ code, fatal }) => ({ code, fatal })),
    [{ code: 'zip-directory-damaged', fatal: true }],
  );
});

test('what is no archive, or one beyond the limits, is refused', () => {
  const read = (bytes: Uint8Array, limits = zipLimits): unknown =>
    readZipDirectory(sourceOfBytes(bytes), new IssueList(), limits);
  assert.throws(() => read(Buffer.alloc(0)), { code: 'invalid' });
  assert.throws(() => read(Buffer.alloc(100_000)), { code: 'invalid' });
  const bytes = buildZip(inputs);
  assert.throws(() => read(bytes.subarray(0, -1)), { code: 'invalid' });
  assert.throws(() => read(bytes, { ...zipLimits, entriesMax: 2 }), { code: 'limit' });
  assert.throws(() => read(bytes, { ...zipLimits, directoryBytesMax: 40 }), { code: 'limit' });
  assert.throws(() => read(buildZip(inputs, { zip64: true, claimedEntries: 2 ** 40 })), {
    code: 'limit',
  });
});

test('flipped and cut bytes give contents or our own error', () => {
  const seeds = Object.values(forms).map((options) => buildZip(inputs, options));
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      (seed, flips) => {
        const bytes = Buffer.from(seed);
        // The directory is at the end: most flips there.
        for (const [at, value] of flips) bytes[bytes.length - 1 - (at % bytes.length)] = value;
        try {
          readAll(bytes);
        } catch (error) {
          assert.ok(error instanceof PlimsollError, String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
