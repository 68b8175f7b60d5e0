// SPDX-License-Identifier: Apache-2.0
// Thousands of made-up pairs of versions, judged by the real tools: dpkg, rpm's library, the apk of
// an Alpine image, Maven's own class. PLIMSOLL_FUZZ_SEED chooses other pairs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareWithApk, noApk } from '../../../testing/apk.ts';
import { canRun, missing } from '../../../testing/require.ts';
import { compareApk } from './apk.ts';
import { compareDpkg } from './dpkg.ts';
import { compareMaven } from './maven.ts';
import { compareRpm } from './rpm.ts';
import type { VersionOrder } from './version-order.ts';

type Pair = readonly [string, string];

const seed = Number(process.env['PLIMSOLL_FUZZ_SEED'] ?? 20261125);

function text(parts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 8 })
    .map((list) => list.join(''))
    .filter((version) => !version.startsWith('-'));
}

/** Half of the pairs differ in one place only: there orders go wrong. */
function pairs(version: fc.Arbitrary<string>, count: number): readonly Pair[] {
  const near = fc
    .tuple(version, fc.nat(), version)
    .map(([base, at, other]): Pair => {
      const place = at % (base.length + 1);
      return [base, base.slice(0, place) + other[0]! + base.slice(place)];
    })
    .filter(([, right]) => !right.startsWith('-'));
  const far = fc.tuple(version, version);
  return fc.sample(fc.oneof(near, far), { numRuns: count, seed });
}

function compareAll(compare: VersionOrder, all: readonly Pair[], answers: readonly string[]): void {
  assert.equal(answers.length, all.length, 'the tool answers each pair');
  const seen = new Set(answers);
  assert.ok(
    ['<', '=', '>'].every((answer) => seen.has(answer)),
    'every answer occurs',
  );
  for (const [index, [left, right]] of all.entries()) {
    const order = compare(left, right);
    const ours = order === undefined ? '?' : order < 0 ? '<' : order > 0 ? '>' : '=';
    assert.equal(ours, answers[index], `${left} against ${right}, seed ${seed}`);
  }
}

/** Runs a program that reads `left<TAB>right` lines and answers each with <, =, > or ?. */
function ask(command: string, args: readonly string[], all: readonly Pair[]): readonly string[] {
  const input = all.map((pair) => `${pair.join('\t')}\n`).join('');
  const result = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  return result.stdout.trim().split('\n');
}

test('dpkg', { skip: missing('dpkg', canRun('dpkg')) }, () => {
  const parts = '0 1 00 10 9 . - ~ + a b Z : 1: 0: rc _ !'.split(' ');
  const all = pairs(text(parts), 3000);
  const script = `while IFS='\t' read -r a b; do
    dpkg --compare-versions "$a" lt "$b" 2>&-
    case $? in
      0) echo '<' ;;
      1) if dpkg --compare-versions "$a" eq "$b" 2>&-; then echo =; else echo '>'; fi ;;
      *) echo '?' ;;
    esac
  done`;
  compareAll(compareDpkg, all, ask('sh', ['-c', script], all));
});

test('rpm', { skip: missing('rpm', canRun('rpm')) }, () => {
  const parts = '0 1 00 10 9 . - ~ ^ + a b Z : 1: rc _ el8 fc'.split(' ');
  const all = pairs(text(parts), 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rpm-'));
  const file = join(folder, 'pairs');
  writeFileSync(file, all.map((pair) => `${pair.join('\t')}\n`).join(''));
  const script = `%{lua: for line in io.lines("${file}") do
    local a, b = line:match("^(.-)\\t(.*)$")
    print(({[-1] = "<", [0] = "=", [1] = ">"})[rpm.vercmp(a, b)] .. "\\n")
  end}`;
  try {
    compareAll(compareRpm, all, ask('rpm', ['--eval', script], []));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const apkVersion = fc
  .record({
    numbers: fc.array(fc.constantFrom('0', '1', '2', '10', '01', '00', '001', '010'), {
      minLength: 1,
      maxLength: 4,
    }),
    letter: fc.constantFrom('', '', 'a', 'b', 'z'),
    suffixes: fc.array(
      fc
        .tuple(
          fc.constantFrom('alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'),
          fc.constantFrom('', '1', '2', '10', '01'),
        )
        .map(([word, number]) => `_${word}${number}`),
      { maxLength: 2 },
    ),
    revision: fc.constantFrom('', '-r0', '-r1', '-r10'),
  })
  .map(
    (parts) => parts.numbers.join('.') + parts.letter + parts.suffixes.join('') + parts.revision,
  );

/** The same but for zeros before a number: equal in a revision, older in a component. */
const nearApk = apkVersion.map((version): Pair => [
  version,
  version.replace(/[0-9]+$/, (number) => `0${number}`),
]);

test('apk 2.14 of Alpine 3.19', { skip: noApk }, () => {
  const any = fc.oneof(fc.tuple(apkVersion, apkVersion), nearApk);
  const all = fc.sample(any, { numRuns: 1500, seed });
  compareAll(compareApk, all, compareWithApk(all));
});

const mavenJars = ['/usr/share/java/maven3-artifact.jar', '/usr/share/java/commons-lang3.jar'];
const noMaven =
  canRun('java') && mavenJars.every((jar) => existsSync(jar)) ? false : 'Maven is not here';

test('ComparableVersion of Maven', { skip: noMaven }, () => {
  const words = 'a b alpha beta ga final rc cr sp snapshot foo x release m milestone SNAPSHOT';
  const all = pairs(text(['0', '1', '00', '10', '9', '.', '-', ...words.split(' ')]), 2000);
  const answers: string[] = [];
  for (let at = 0; at < all.length; at += 500) {
    const class_ = 'org.apache.maven.artifact.versioning.ComparableVersion';
    const args = ['-cp', mavenJars.join(':'), class_, ...all.slice(at, at + 500).flat()];
    // It compares each argument with the next: every other line is one of our pairs.
    const lines = ask('java', args, []).filter((line) => line.startsWith('   '));
    for (let line = 0; line < lines.length; line += 2)
      answers.push(/ (<|==|>) /.exec(lines[line]!)![1]!.replace('==', '='));
  }
  compareAll(compareMaven, all, answers);
});
