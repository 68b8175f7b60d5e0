// SPDX-License-Identifier: Apache-2.0
// The whole update against a server on loopback that stands in for all publishers, well-behaved and
// not.
import { createServer, type AddressInfo } from 'node:net';
import { attemptsMax } from '../network/retry.ts';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startFeedServer, type FeedServer } from '../../testing/feed-server.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { buildZip } from '../../testing/zip-archive.ts';
import { createHttpClient } from '../network/http-client.ts';
import { AdvisoryStore } from '../vulnerability/store/advisory-store.ts';
import { updateDatabase, type UpdateOptions, type UpdateResult } from './update-database.ts';

const bucket = 'osv-vulnerabilities.storage.googleapis.com';
const now = Date.parse('2026-11-21T12:00:00Z');

interface Osv {
  readonly id: string;
  readonly modified: string;
  readonly affected: readonly object[];
  readonly withdrawn?: string;
}

function osv(id: string, modified: string, name: string, fixed: string, ecosystem = 'npm'): Osv {
  const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }];
  return { id, modified, affected: [{ package: { ecosystem, name }, ranges }] };
}

/** Also what keeps an archive from fitting into one packet. */
function noise(count: number): readonly Osv[] {
  return Array.from({ length: count }, (_, index) => {
    const name = Math.sin(index + 1)
      .toString(36)
      .slice(2);
    return osv(`NOISE-${index}`, '2026-01-01T00:00:00Z', `noise-${name}`, `1.${index}`);
  });
}

function publish(server: FeedServer, base: string, records: readonly Osv[]): void {
  const folder = `${bucket}/${base}`;
  const members = records.map((record) => ({
    name: `${record.id}.json`,
    content: JSON.stringify(record),
  }));
  server.files.set(`${folder}/all.zip`, { body: buildZip(members) });
  const lines = records.map(({ id, modified }) => `${modified},${id}\n`);
  server.files.set(`${folder}/modified_id.csv`, { body: lines.join('') });
  for (const { name, content } of members) server.files.set(`${folder}/${name}`, { body: content });
}

interface Bench {
  readonly server: FeedServer;
  readonly home: string;
  readonly file: string;
  update(options?: Partial<UpdateOptions>): Promise<UpdateResult>;
  /** Of the npm package, as `id fixed`. */
  lookup(name: string, ecosystem?: string): readonly string[];
}

async function startBench(t: TestContext): Promise<Bench> {
  const server = await startFeedServer();
  const http = createHttpClient({ delay: async () => {} });
  const home = temporaryFolder(t);
  const file = join(home, 'advisories.db');
  t.after(async () => {
    http.close();
    await server.close();
  });
  const kev = { dateReleased: '2026-11-20T10:00:00Z', catalogVersion: '1', vulnerabilities: [] };
  const entry = { cveID: 'CVE-2026-0001', dateAdded: '2026-11-01', dueDate: '2026-11-20' };
  server.files.set('www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json', {
    body: JSON.stringify({ ...kev, vulnerabilities: [entry] }),
  });
  server.files.set('epss.empiricalsecurity.com/epss_scores-current.csv.gz', {
    body: gzipSync(
      '#model_version:v2026.01.01,score_date:2026-11-20T12:55:00Z\ncve,epss,percentile\nCVE-2026-0001,0.5,0.9\n',
    ),
  });
  return {
    server,
    home,
    file,
    update: (options = {}) =>
      updateDatabase({
        file,
        stateFolder: home,
        env: { PLIMSOLL_FEED_MIRROR: server.url },
        http,
        ecosystems: ['npm'],
        now: () => now,
        pauseMs: 1,
        ...options,
      }),
    lookup(name, ecosystem = 'npm') {
      const reader = AdvisoryStore.reader(file)!;
      const found = reader.lookup(ecosystem, name).map(({ advisory }) => {
        const events = advisory.affected.flatMap(({ ranges }) => ranges.flatMap((r) => r.events));
        const fixed = events.flatMap((event) => ('fixed' in event ? [event.fixed] : []));
        return [advisory.id, ...fixed].join(' ');
      });
      reader.close();
      return found;
    },
  };
}

function outcomes({ sources }: UpdateResult): Readonly<Record<string, string>> {
  return Object.fromEntries(sources.map(({ feed, key, outcome }) => [`${feed} ${key}`, outcome]));
}

test('the first update fetches what the ecosystems need, the second one nothing', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [
    osv('GHSA-1', '2026-11-01T00:00:00Z', 'left-pad', '1.3.0'),
    // An entry of another ecosystem comes with that one's archive.
    {
      ...osv('GHSA-2', '2026-11-02T00:00:00Z', 'right-pad', '2.0.0'),
      affected: [
        { package: { ecosystem: 'npm', name: 'right-pad' }, versions: ['1.0.0'] },
        { package: { ecosystem: 'PyPI', name: 'right-pad' }, versions: ['1.0.0'] },
      ],
    },
  ]);
  const first = await bench.update();
  assert.deepEqual(outcomes(first), {
    'epss all': 'updated',
    'kev all': 'updated',
    'osv npm': 'updated',
  });
  assert.ok(first.complete);
  assert.deepEqual(bench.lookup('left-pad'), ['GHSA-1 1.3.0']);
  assert.deepEqual(bench.lookup('right-pad', 'PyPI'), []);
  const reader = AdvisoryStore.reader(bench.file)!;
  assert.deepEqual(reader.enrichment('CVE-2026-0001'), {
    cve: 'CVE-2026-0001',
    epss: { probability: 0.5, percentile: 0.9, date: '2026-11-20T12:55:00Z' },
    kev: { added: '2026-11-01', due: '2026-11-20', ransomware: false },
  });
  assert.deepEqual(reader.sources('npm'), [
    {
      feed: 'osv',
      asOf: '2026-11-02T00:00:00.000Z',
      fetched: '2026-11-21T12:00:00.000Z',
      advisories: 2,
    },
  ]);
  reader.close();
  assert.deepEqual(readdirSync(join(bench.home, 'downloads')), []);

  bench.server.requests.length = 0;
  const second = await bench.update({ now: () => now + 3600_000 });
  assert.deepEqual(new Set(Object.values(outcomes(second))), new Set(['current']));
  assert.ok(bench.server.requests.every((request) => request.endsWith(' -> 304')));
  assert.equal(second.sources[0]!.source!.checked, '2026-11-21T13:00:00.000Z');
  assert.equal(second.sources[0]!.source!.fetched, '2026-11-21T12:00:00.000Z');
});

test('later updates fetch the records that changed, came, and vanished', async (t) => {
  const bench = await startBench(t);
  const more = noise(50);
  publish(bench.server, 'npm', [
    osv('GHSA-1', '2026-11-01T00:00:00.123456Z', 'left-pad', '1.3.0'),
    osv('GHSA-2', '2026-11-01T00:00:00Z', 'right-pad', '2.0.0'),
    osv('GHSA-3', '2026-11-01T00:00:00Z', 'gone', '2.0.0'),
    ...more,
  ]);
  await bench.update();
  publish(bench.server, 'npm', [
    osv('GHSA-1', '2026-11-01T00:00:00Z', 'left-pad', '1.3.0'),
    osv('GHSA-2', '2026-11-05T00:00:00Z', 'right-pad', '2.0.1'),
    osv('GHSA-4', '2026-11-06T00:00:00Z', 'right-pad', '3.0.0'),
    {
      ...osv('GHSA-5', '2026-11-06T00:00:00Z', 'left-pad', '9'),
      withdrawn: '2026-11-06T00:00:00Z',
    },
    ...more,
  ]);
  bench.server.requests.length = 0;
  const result = await bench.update();
  assert.equal(outcomes(result)['osv npm'], 'updated');
  assert.deepEqual(bench.server.requests.filter((one) => one.includes('/npm/')).sort(), [
    `${bucket}/npm/GHSA-2.json -> 200`,
    `${bucket}/npm/GHSA-4.json -> 200`,
    `${bucket}/npm/GHSA-5.json -> 200`,
    `${bucket}/npm/modified_id.csv -> 200`,
  ]);
  assert.deepEqual(bench.lookup('left-pad'), ['GHSA-1 1.3.0']);
  assert.deepEqual(bench.lookup('right-pad'), ['GHSA-2 2.0.1', 'GHSA-4 3.0.0']);
  assert.deepEqual(bench.lookup('gone'), []);
  // The withdrawn record is known: the next update does not ask for it again.
  bench.server.requests.length = 0;
  assert.equal(outcomes(await bench.update())['osv npm'], 'current');
});

test('after thirty days of deltas the archive is read again', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [osv('GHSA-1', '2026-11-01T00:00:00Z', 'left-pad', '1.3.0')]);
  await bench.update();
  bench.server.requests.length = 0;
  const later = now + 31 * 24 * 3600_000;
  assert.equal(outcomes(await bench.update({ now: () => later }))['osv npm'], 'updated');
  assert.ok(bench.server.requests.includes(`${bucket}/npm/all.zip -> 200`));
});

test('a broken connection is taken up where it broke', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [...noise(500), osv('X', '2026-11-01T00:00:00Z', 'left-pad', '1')]);
  const archive = bench.server.files.get(`${bucket}/npm/all.zip`)!;
  const breaks = { afterBytes: 20_000, times: 3 };
  bench.server.files.set(`${bucket}/npm/all.zip`, { ...archive, breaks });
  const result = await bench.update();
  assert.equal(outcomes(result)['osv npm'], 'updated');
  const asked = bench.server.requests.filter((one) => one.includes('all.zip'));
  assert.equal(asked.filter((one) => / bytes=[1-9]\d+- -> 206$/.test(one)).length, 3);
  assert.equal(asked.length, 4);
  assert.deepEqual(bench.lookup('left-pad'), ['X 1']);
});

test('a process that was killed while downloading is taken up by the next one', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [...noise(500), osv('X', '2026-11-01T00:00:00Z', 'left-pad', '1')]);
  const archive = bench.server.files.get(`${bucket}/npm/all.zip`)!;
  const broken = { ...archive, breaks: { afterBytes: 20_000, times: 1 } };
  bench.server.files.set(`${bucket}/npm/all.zip`, broken);
  const stop = new AbortController();
  const progress = {
    start: () => ({
      advance: (amount: number) => (amount > 1000 ? stop.abort() : undefined),
      done: () => {},
    }),
    note: () => {},
  };
  await assert.rejects(bench.update({ signal: stop.signal, progress }), { code: 'aborted' });
  assert.equal(readdirSync(join(bench.home, 'downloads')).length, 2);
  bench.server.requests.length = 0;
  assert.equal(outcomes(await bench.update())['osv npm'], 'updated');
  assert.ok(bench.server.requests.some((one) => /all\.zip bytes=[1-9]\d+- -> 206$/.test(one)));
});

test('a part of an older version is not continued with a newer one', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [...noise(500), osv('X', '2026-11-01T00:00:00Z', 'left-pad', '1')]);
  const name = `${bucket}/npm/all.zip`;
  const archive = bench.server.files.get(name)!;
  bench.server.files.set(name, { ...archive, breaks: { afterBytes: 20_000, times: 99 } });
  const breaking = bench.update();
  // Each attempt brings something, so that it goes on until the file is whole; the version changes.
  publish(bench.server, 'npm', [...noise(400), osv('Y', '2026-11-02T00:00:00Z', 'left-pad', '2')]);
  assert.equal(outcomes(await breaking)['osv npm'], 'updated');
  assert.deepEqual(bench.lookup('left-pad'), ['Y 2']);
});

for (const [what, spoil] of [
  ['a truncated archive', (body: Buffer) => ({ body: body.subarray(0, body.length - 100) })],
  ['an archive with a flipped bit', flipped],
  [
    'a length that is too long',
    (body: Buffer) => ({ body: body.subarray(0, 900), lengthLie: 500 }),
  ],
  ['a length that is too short', (body: Buffer) => ({ body: body.subarray(0, 900) })],
  ['a page that is no archive', () => ({ body: '<html>please log in</html>' })],
  ['an empty archive', () => ({ body: buildZip([]) })],
  ['an archive of something else', () => ({ body: buildZip([{ name: 'x.txt', content: 'x' }]) })],
  ['a server error', () => ({ body: '', status: 500 })],
  ['a refusal', () => ({ body: '', status: 403 })],
] as const)
  test(`${what} leaves the old version, and the other sources get their new one`, async (t) => {
    const bench = await startBench(t);
    publish(bench.server, 'npm', [
      osv('old', '2026-11-01T00:00:00Z', 'left-pad', '1'),
      ...noise(40),
    ]);
    await bench.update();
    publish(bench.server, 'npm', [
      osv('new', '2026-11-02T00:00:00Z', 'left-pad', '2'),
      ...noise(40),
    ]);
    const name = `${bucket}/npm/all.zip`;
    const whole = bench.server.files.get(name)!;
    bench.server.files.set(name, spoil(whole.body as Buffer));
    const result = await bench.update({ full: true });
    assert.deepEqual(outcomes(result), {
      'epss all': 'updated',
      'kev all': 'updated',
      'osv npm': 'failed',
    });
    assert.ok(!result.complete);
    assert.deepEqual(bench.lookup('left-pad'), ['old 1']);
    // What cannot be read is not continued: the next update gets the good file.
    bench.server.files.set(name, whole);
    assert.equal(outcomes(await bench.update({ full: true }))['osv npm'], 'updated');
    assert.deepEqual(bench.lookup('left-pad'), ['new 2']);
  });

function flipped(body: Buffer): { readonly body: Buffer } {
  const copy = Buffer.from(body);
  copy[60]! ^= 0x10;
  return { body: copy };
}

test('a server that drips is given up', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', noise(100));
  const name = `${bucket}/npm/all.zip`;
  const drip = { bytes: 50, everyMs: 5 };
  bench.server.files.set(name, { ...bench.server.files.get(name)!, etag: '', drip });
  const result = await bench.update({ pace: { windowMs: 50, bytesMin: 100_000 } });
  assert.equal(outcomes(result)['osv npm'], 'failed');
  assert.match(result.sources.at(-1)!.error!.message, /too slow$/);
});

test('older data than the store has is refused, unless it is meant', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [osv('new', '2026-11-02T00:00:00Z', 'left-pad', '2')]);
  await bench.update();
  publish(bench.server, 'npm', [osv('old', '2026-10-01T00:00:00Z', 'left-pad', '1')]);
  for (const full of [true, false]) {
    const result = await bench.update({ full });
    assert.equal(outcomes(result)['osv npm'], 'older');
    assert.match(result.sources.at(-1)!.error!.hint!, /--allow-older/);
    assert.deepEqual(bench.lookup('left-pad'), ['new 2']);
  }
  // A record that is put back to an older state while others are new is not taken either.
  publish(bench.server, 'npm', [
    osv('new', '2026-09-01T00:00:00Z', 'left-pad', '0'),
    osv('other', '2026-11-03T00:00:00Z', 'right-pad', '1'),
  ]);
  assert.equal(outcomes(await bench.update())['osv npm'], 'updated');
  assert.deepEqual(bench.lookup('left-pad'), ['new 2']);
  assert.deepEqual(bench.lookup('right-pad'), ['other 1']);
  publish(bench.server, 'npm', [osv('old', '2026-10-01T00:00:00Z', 'left-pad', '1')]);
  const meant = await bench.update({ full: true, allowOlder: true });
  assert.equal(outcomes(meant)['osv npm'], 'updated');
  assert.deepEqual(bench.lookup('left-pad'), ['old 1']);
});

test('Debian and Alpine have sources of their own; what a branch lacks is told', async (t) => {
  const bench = await startBench(t);
  const { files } = bench.server;
  publish(bench.server, 'Debian', [
    osv('DEBIAN-CVE-2026-1', '2026-11-01T00:00:00Z', 'acl', '2', 'Debian:12'),
  ]);
  publish(bench.server, 'Alpine', [
    osv('ALPINE-CVE-2026-1', '2026-11-01T00:00:00Z', 'acl', '2-r0', 'Alpine:v3.19'),
  ]);
  const open = {
    status: 'open',
    urgency: 'not yet assigned',
    nodsa: 'Minor issue',
    nodsa_reason: '',
  };
  const resolved = { status: 'resolved', fixed_version: '0', urgency: 'unimportant' };
  files.set('security-tracker.debian.org/tracker/data/json', {
    body: JSON.stringify({
      acl: { 'CVE-2026-2': { releases: { bookworm: open, trixie: resolved, sid: open } } },
    }),
    lastModified: 'Fri, 20 Nov 2026 10:00:00 GMT',
  });
  const secdb = { distroversion: 'v3.19', reponame: 'main', packages: [] as unknown[] };
  secdb.packages.push({
    pkg: { name: 'acl', secfixes: { '2.3-r0': ['CVE-2026-3'], 0: ['CVE-2026-4'] } },
  });
  files.set('secdb.alpinelinux.org/v3.19/main.json', { body: JSON.stringify(secdb) });
  // A mirror that serves one branch in another's place.
  files.set('secdb.alpinelinux.org/v3.18/main.json', { body: JSON.stringify(secdb) });
  const result = await bench.update({ ecosystems: ['Debian:12', 'Alpine:v3.19', 'Alpine:v3.18'] });
  assert.deepEqual(outcomes(result), {
    'alpine-secdb v3.18/community': 'absent',
    'alpine-secdb v3.18/main': 'failed',
    'alpine-secdb v3.19/community': 'absent',
    'alpine-secdb v3.19/main': 'updated',
    'debian-tracker all': 'updated',
    'epss all': 'updated',
    'kev all': 'updated',
    'osv Alpine': 'updated',
    'osv Debian': 'updated',
  });
  assert.deepEqual(bench.lookup('acl', 'Debian:12'), ['CVE-2026-2', 'DEBIAN-CVE-2026-1 2']);
  assert.deepEqual(bench.lookup('acl', 'Alpine:v3.19').toSorted(), [
    'ALPINE-CVE-2026-1 2-r0',
    'CVE-2026-3 2.3-r0',
    'CVE-2026-4',
  ]);
  assert.deepEqual(bench.lookup('acl', 'Alpine:v3.18'), []);
  const reader = AdvisoryStore.reader(bench.file)!;
  const [tracker] = reader.lookup('Debian:12', 'acl');
  assert.equal(tracker!.advisory.affected[0]!.status, 'deferred');
  assert.equal(tracker!.advisory.affected[0]!.note, 'no-dsa: Minor issue');
  assert.equal(reader.lookup('Debian:13', 'acl')[0]!.advisory.affected[0]!.status, 'not-affected');
  reader.close();
});

test('two updates at once do the work one after the other', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [osv('GHSA-1', '2026-11-01T00:00:00Z', 'left-pad', '1')]);
  const notes: string[] = [];
  const progress = {
    start: () => ({ advance: () => {}, done: () => {} }),
    note: (message: string) => void notes.push(message),
  };
  const results = await Promise.all([bench.update(), bench.update({ progress })]);
  const npm = results.map((one) => outcomes(one)['osv npm']);
  assert.deepEqual(new Set(npm), new Set(['current', 'updated']));
  assert.equal(notes.length, 1);
});

test('without a network nothing is lost', async (t) => {
  const bench = await startBench(t);
  publish(bench.server, 'npm', [osv('GHSA-1', '2026-11-01T00:00:00Z', 'left-pad', '1')]);
  await bench.update();
  await bench.server.close();
  const result = await bench.update();
  assert.deepEqual(new Set(Object.values(outcomes(result))), new Set(['failed']));
  assert.equal(result.sources[0]!.error!.code, 'network');
  assert.deepEqual(bench.lookup('left-pad'), ['GHSA-1 1']);
});

test('a server that never answers is asked for one file, not for all', async (t) => {
  const bench = await startBench(t);
  let connections = 0;
  const silent = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const env = { PLIMSOLL_FEED_MIRROR: `http://127.0.0.1:${port}` };
  const result = await bench.update({ env, ecosystems: ['npm', 'Debian:12', 'Alpine:v3.19'] });
  assert.ok(result.sources.length > 5);
  assert.deepEqual(new Set(Object.values(outcomes(result))), new Set(['failed']));
  assert.equal(connections, attemptsMax);
});
