// SPDX-License-Identifier: Apache-2.0
// Advisories for the bench: made up, in the number and shape of a distribution's and a registry's.
import { advisoryStoreFile, AdvisoryStore } from '../src/vulnerability/store/advisory-store.ts';
import type { Advisory } from '../src/model/advisory.ts';

export const ecosystem = 'Debian:12';

const packagesOther = 20_000;
const perPackage = 6;

/** Some advisories for each of `names`, among those for 20,000 other packages; their number. */
export function fillAdvisories(stateFolder: string, names: readonly string[]): number {
  const others = Array.from({ length: packagesOther }, (_, number) => `package-${number}`);
  const packages = [...names, ...others];
  const store = AdvisoryStore.open(advisoryStoreFile(stateFolder));
  const update = store.begin(Date.now());
  try {
    for (const [number, name] of packages.entries())
      for (let at = 0; at < perPackage; at++)
        update.add(advisory(name, number * perPackage + at, at));
    const fetched = new Date().toISOString();
    store.replace({ feed: 'osv', key: 'Debian' }, update, { feedVersion: 1, fetched });
  } finally {
    update.close();
    store.close();
  }
  return packages.length * perPackage;
}

/** Half of them are mended long ago, half are not mended by any version yet. */
function advisory(name: string, number: number, at: number): Advisory {
  const cve = `CVE-2020-${100_000 + number}`;
  const fixed = at % 2 === 0 ? [{ fixed: `0:0.${at}.${number % 100}-1` }] : [];
  return {
    id: `DEBIAN-${cve}`,
    aliases: [],
    upstream: [cve],
    related: [],
    details: `In ${name} a length is taken from the input and believed. `.repeat(6),
    published: '2020-06-01T00:00:00Z',
    modified: '2024-06-01T00:00:00Z',
    severities: [],
    references: [`https://security-tracker.debian.org/tracker/${cve}`],
    affected: [
      {
        ecosystem,
        name,
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, ...fixed] }],
        versions: [],
        status: 'affected',
      },
    ],
  };
}
