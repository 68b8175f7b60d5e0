// SPDX-License-Identifier: Apache-2.0
// The command line as people and scripts meet it: help, errors, completion, exit codes, colours.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commands } from '../src/cli/commands.ts';
import { version } from '../src/model/version.ts';
import { dataFolder, noData } from '../testing/data.ts';
import { plimsoll } from '../testing/plimsoll.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

// A rolling release: it has no end of life that would keep a result from being clean.
const alpine = join(dataFolder, 'rootfs/alpine-minirootfs-edge-20240923-x86_64.tar.gz');

test('the version is told', async () => {
  for (const words of [['--version'], ['-V'], ['scan', '--version']]) {
    const { stdout, status } = await plimsoll(words);
    if (words.length === 1) assert.equal(stdout, `plimsoll ${version}\n`);
    assert.equal(status, words.length === 1 ? 0 : 3);
  }
});

test('every command has help with its options, examples and the exit codes', async () => {
  for (const { path, summary } of commands) {
    const { stdout, status } = await plimsoll([...path, '--help']);
    assert.equal(status, 0);
    assert.ok(stdout.toLowerCase().startsWith(summary.slice(0, 20)), path.join(' '));
    for (const part of ['Usage: plimsoll', 'Options:', 'Examples:', 'Exit codes'])
      assert.ok(stdout.includes(part), `${path.join(' ')} lacks ${part}`);
    const asked = await plimsoll(['help', ...path]);
    assert.equal(asked.stdout, stdout);
  }
});

test('the overview lists every command', async () => {
  for (const words of [[], ['--help'], ['help']]) {
    const { stdout } = await plimsoll(words);
    for (const { path, summary } of commands) {
      assert.ok(stdout.includes(path.join(' ')));
      assert.ok(stdout.includes(summary));
    }
  }
  assert.match((await plimsoll(['db', '--help'])).stdout, /db update/);
});

test('what is wrong is said with what to do, on standard error, with exit code 3', async () => {
  const cases: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
    [['scna'], /unknown command "scna"/, /did you mean plimsoll scan\?/],
    [['scan'], /needs SOURCE/, /--help/],
    [['scan', '--jsn', 'x'], /unknown option "--jsn"; did you mean --json\?/, /--help/],
    [
      ['scan', '--format', 'pdf', 'x'],
      /--format cannot be "pdf"; it is one of table, json/,
      /--help/,
    ],
    [['scan', '--json', '--format', 'sarif', 'x'], /exclude each other/, /^/],
    [['scan', '--fail-on', 'terrible', 'rootfs:/nowhere'], /"terrible"/, /critical, high/],
    [['scan', '--platform', 'a b', 'rootfs:/'], /platform "a b"/, /os\/architecture/],
    [['scan', '--max-age', 'soon', 'rootfs:/'], /--max-age cannot be "soon"/, /36h/],
    [['scan', 'rootfs:/no/such/path'], /"\/no\/such\/path"/, /^/],
    [['scan', './no-such-file'], /no such file/, /^/],
    [['scan', 'sbom:/no/such/file'], /"\/no\/such\/file"/, /^/],
    [['db', 'import', '/no/such/file'], /no such file/, /^/],
    [['db', 'update', 'npm'], /not allowed|forbids|offline/i, /^/],
    [['completion', 'tcsh'], /"tcsh"/, /bash, zsh, fish/],
  ];
  for (const [words, message, hint] of cases) {
    const { status, stdout, stderr } = await plimsoll(words);
    assert.equal(status, 3, `${words.join(' ')}: ${stdout}${stderr}`);
    assert.equal(stdout, '', words.join(' '));
    assert.match(stderr, /^error: /m, words.join(' '));
    assert.match(stderr, message, words.join(' '));
    assert.match(stderr, hint, words.join(' '));
    assert.ok(!stderr.includes('internal:'), stderr);
  }
});

test('completion scripts are accepted by bash and complete commands, options and values', async () => {
  const { stdout } = await plimsoll(['completion', 'bash']);
  const complete = (words: readonly string[]): string => {
    const script = `${stdout}
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _plimsoll; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const result = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
    return result.stdout;
  };
  assert.match(complete(['plimsoll', 'sc']), /^scan$/m);
  assert.match(complete(['plimsoll', 'db', 'i']), /^import$/m);
  assert.match(complete(['plimsoll', 'scan', '--fail']), /^--fail-on$/m);
  assert.match(complete(['plimsoll', 'scan', '--format', 'sar']), /^sarif$/m);
  for (const shell of ['zsh', 'fish'])
    assert.match((await plimsoll(['completion', shell])).stdout, /db|update/);
});

test('colours are for terminals, and NO_COLOR wins', { skip: noData }, async () => {
  const scan = ['scan', `rootfs:${alpine}`];
  const escape = '\u001b[';
  assert.ok(!(await plimsoll(scan)).stdout.includes(escape));
  assert.ok((await plimsoll(scan, { env: { FORCE_COLOR: '1' } })).stdout.includes(escape));
  const both = { FORCE_COLOR: '1', NO_COLOR: '1' };
  assert.ok(!(await plimsoll(scan, { env: both })).stdout.includes(escape));
});

test('progress is shown on a terminal only', { skip: noData }, async () => {
  assert.equal((await plimsoll(['scan', '--no-cache', `rootfs:${alpine}`])).stderr, '');
});

test('the table fits the width that is asked for', { skip: noData }, async () => {
  for (const columns of ['80', '120', '200']) {
    const { stdout } = await plimsoll(['scan', `rootfs:${alpine}`], { env: { COLUMNS: columns } });
    const longest = Math.max(...stdout.split('\n').map((line) => line.length));
    // A path that is one word is not broken: it must stay one when it is copied.
    const isPath = stdout
      .split('\n')
      .find((line) => line.length === longest)!
      .includes(alpine);
    assert.ok(isPath || longest <= Number(columns), `${longest} > ${columns}`);
  }
});

test(
  'output to a file appears in whole, and nothing else does',
  { skip: noData },
  async (context) => {
    const folder = temporaryFolder(context);
    const file = join(folder, 'out.json');
    const result = await plimsoll(['scan', '--json', '-o', file, `rootfs:${alpine}`]);
    assert.equal(result.status, 0, result.stderr);
    assert.equal(result.stdout, '');
    assert.equal(typeof JSON.parse(readFileSync(file, 'utf8')), 'object');
    assert.deepEqual(readdirSync(folder), ['out.json']);
  },
);

test('a reader that goes away ends the program quietly', { skip: noData }, () => {
  const run = `"$0" --disable-warning=ExperimentalWarning src/cli/main.ts scan --json "$1" | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`;
  const result = spawnSync('bash', ['-c', run, process.execPath, `rootfs:${alpine}`], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
    env: { ...process.env, PLIMSOLL_OFFLINE: '1' },
  });
  assert.equal(result.stderr, '');
  assert.equal(result.stdout.trim(), '0');
});

test('the exit code is the bar’s answer', { skip: noData }, async (context) => {
  const folder = temporaryFolder(context);
  const database = join(folder, 'advisories.db');
  const records = [
    {
      id: 'CVE-2030-0001',
      affected: 'musl',
      fixed: '99',
      score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    },
    { id: 'CVE-2030-0002', affected: 'busybox', fixed: undefined, score: undefined },
  ].map(({ id, affected, fixed, score }) => ({
    id,
    modified: '2030-01-01T00:00:00Z',
    ...(score === undefined ? {} : { severity: [{ type: 'CVSS_V3', score }] }),
    affected: [
      {
        package: { ecosystem: 'Alpine:edge', name: affected },
        ranges: [
          {
            type: 'ECOSYSTEM',
            events: [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])],
          },
        ],
      },
    ],
  }));
  const file = join(folder, 'records.json');
  writeFileSync(file, JSON.stringify(records));
  const imported = await plimsoll(['db', 'import', '--db', database, file]);
  assert.equal(imported.status, 0, imported.stderr);
  const ignore = join(folder, 'ignore.yaml');
  writeFileSync(ignore, '- id: CVE-2030-0001\n  reason: only in the test\n');
  const codes: readonly (readonly [readonly string[], number])[] = [
    [[], 0],
    [['--fail-on', 'critical'], 1],
    [['--fail-on', 'unknown'], 1],
    [['--fail-on', 'unknown', '--only-fixed'], 0],
    [['--fail-on', 'fixable'], 1],
    // The catalogue of exploited vulnerabilities is missing: that cannot be told.
    [['--fail-on', 'kev'], 2],
    [['--fail-on', 'critical', '--ignore-file', ignore], 0],
    [['--fail-on', 'low', '--max-age', '1d'], 1],
  ];
  for (const [options, code] of codes) {
    const { status, stdout, stderr } = await plimsoll([
      'scan',
      '--db',
      database,
      ...options,
      `rootfs:${alpine}`,
    ]);
    assert.equal(status, code, `${options.join(' ')}\n${stdout}${stderr}`);
  }
  const other = await plimsoll([
    'scan',
    '--db',
    database,
    '--fail-on',
    'critical',
    `rootfs:${join(dataFolder, 'rootfs/alpine-minirootfs-3.16.9-x86_64.tar.gz')}`,
  ]);
  assert.equal(other.status, 2);
  assert.match(other.stdout, /No advisory data for Alpine:v3\.16/);
});

test('a finding is explained', { skip: noData }, async () => {
  const folder = temporaryFolder({ after: (step) => process.on('exit', step) });
  const database = join(folder, 'advisories.db');
  const file = join(folder, 'record.json');
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99' }] };
  writeFileSync(
    file,
    JSON.stringify({
      id: 'ALPINE-CVE-2030-0001',
      upstream: ['CVE-2030-0001'],
      modified: '2030-01-01T00:00:00Z',
      affected: [{ package: { ecosystem: 'Alpine:edge', name: 'musl' }, ranges: [range] }],
    }),
  );
  await plimsoll(['db', 'import', '--db', database, file]);
  const scan = ['scan', '--db', database, `rootfs:${alpine}`, '--explain'];
  const { stdout, status } = await plimsoll([...scan, 'cve-2030-0001']);
  assert.equal(status, 0);
  for (const part of ['musl', '99', '/lib/apk/db/installed', 'ALPINE-CVE-2030-0001'])
    assert.ok(stdout.includes(part), `lacks ${part}: ${stdout}`);
  assert.equal((await plimsoll([...scan, 'CVE-1999-0001'])).status, 3);
});
