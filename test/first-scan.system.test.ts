// SPDX-License-Identifier: Apache-2.0
// The first scan on a machine with nothing: it fetches the advisories for what it found from the
// publishers (here a mirror on loopback), says so, and needs no network afterwards.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dataFolder, noData } from '../testing/data.ts';
import { startFeedServer, type FeedServer } from '../testing/feed-server.ts';
import { plimsoll, type RunResult } from '../testing/plimsoll.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const alpine = `rootfs:${join(dataFolder, 'rootfs/alpine-minirootfs-3.20.3-aarch64.tar.gz')}`;
const cve = 'CVE-2030-1234';
let server: FeedServer;

/** secdb's own form; EPSS and KEV know the same vulnerability. OSV has nothing for Alpine here. */
function publish(): void {
  const packages = [{ pkg: { name: 'musl', secfixes: { '99.0-r0': [cve] } } }];
  server.files.set('secdb.alpinelinux.org/v3.20/main.json', {
    body: JSON.stringify({ distroversion: 'v3.20', reponame: 'main', packages }),
  });
  server.files.set('www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json', {
    body: JSON.stringify({
      catalogVersion: '1',
      dateReleased: '2030-01-02T00:00:00Z',
      vulnerabilities: [{ cveID: cve, dateAdded: '2030-01-01', dueDate: '2030-02-01' }],
    }),
  });
  server.files.set('epss.empiricalsecurity.com/epss_scores-current.csv.gz', {
    body: gzipSync(
      `#model_version:v1,score_date:2030-01-02T00:00:00Z\ncve,epss,percentile\n${cve},0.5,0.9\n`,
    ),
  });
}

before(async () => {
  server = await startFeedServer();
  publish();
});
after(() => server.close());

function scan(home: string, ...options: readonly string[]): Promise<RunResult> {
  return plimsoll(['scan', ...options, alpine], {
    online: true,
    env: { PLIMSOLL_HOME: home, PLIMSOLL_FEED_MIRROR: server.url },
  });
}

interface Document {
  readonly findings: readonly { id: string; kev?: object; epss?: { probability: number } }[];
}

test(
  'the first scan fetches what it lacks, the second asks nobody',
  { skip: noData },
  async (t) => {
    const home = temporaryFolder(t);
    const first = await scan(home, '--json');
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /fetching advisories for Alpine:v3\.20/);
    const { findings } = JSON.parse(first.stdout) as Document;
    assert.ok(findings.length > 0);
    for (const finding of findings) {
      assert.equal(finding.id, cve);
      assert.ok(finding.kev);
      assert.equal(finding.epss?.probability, 0.5);
    }
    const asked = server.requests.length;
    assert.ok(asked > 0);
    const second = await scan(home, '--json', '--fail-on', 'kev');
    assert.equal(server.requests.length, asked);
    assert.equal(second.stderr, '');
    assert.equal(second.status, 1);
  },
);

test(
  '--no-fetch and --offline ask nobody, and say what is missing',
  { skip: noData },
  async (t) => {
    const asked = server.requests.length;
    for (const option of ['--no-fetch', '--offline']) {
      const result = await scan(temporaryFolder(t), option, '--fail-on', 'critical');
      assert.equal(result.status, 2, result.stdout);
      assert.match(result.stdout, /No advisory data for Alpine:v3\.20/);
    }
    assert.equal(server.requests.length, asked);
  },
);

test('what cannot be fetched is said, and a later scan fetches it', { skip: noData }, async (t) => {
  const home = temporaryFolder(t);
  const main = server.files.get('secdb.alpinelinux.org/v3.20/main.json')!;
  server.files.set('secdb.alpinelinux.org/v3.20/main.json', { ...main, status: 403 });
  const failed = await scan(home, '--fail-on', 'critical');
  assert.equal(failed.status, 2);
  assert.match(failed.stdout, /could not be fetched/);
  publish();
  const mended = await scan(home, '--fail-on', 'kev');
  assert.equal(mended.status, 1, mended.stdout + mended.stderr);
});

test('db update and db status tell each source', { skip: noData }, async (t) => {
  const env = { PLIMSOLL_HOME: temporaryFolder(t), PLIMSOLL_FEED_MIRROR: server.url };
  const updated = await plimsoll(['db', 'update', '--json', 'Alpine:v3.20'], { online: true, env });
  const { sources } = JSON.parse(updated.stdout) as {
    sources: { feed: string; outcome: string }[];
  };
  const outcomes = Object.fromEntries(sources.map(({ feed, outcome }) => [feed, outcome]));
  assert.equal(outcomes['kev'], 'updated');
  assert.equal(outcomes['epss'], 'updated');
  const status = await plimsoll(['db', 'status'], { env });
  assert.match(status.stdout, /alpine-secdb +v3\.20\/main +1 /);
});
