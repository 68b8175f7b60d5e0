// SPDX-License-Identifier: Apache-2.0
// Builds the starter set from the data kit. Only facts are taken over (ids, packages, ranges,
// vectors, dates, the place of the record); titles are our own.
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { jsonElements } from '../../src/formats/json/json-elements.ts';
import { decodeKev } from '../../src/formats/kev/kev.ts';
import { decodeOsv } from '../../src/formats/osv/decode-osv.ts';
import { decodePhpAdvisory } from '../../src/formats/php-advisories/php-advisories.ts';
import { decodeRubysec } from '../../src/formats/rubysec/rubysec.ts';
import { compareText } from '../../src/model/compare-text.ts';
import type { Advisory, Enrichment } from '../../src/model/advisory.ts';
import { githubFacts, type GithubFacts } from './github.ts';
import { selection, type Selected } from './selection.ts';
import { cvesOf, severitiesFromKit } from './severities.ts';
import { strict } from './strict.ts';

export interface KitFolders {
  /** Unpacked `advisories` and `debian12`. */
  readonly advisories: string;
  readonly debian12: string;
  /** File with CISA's severities. */
  readonly vulnrichment: string;
}

export interface StarterSet {
  /** Newest date of any record. */
  readonly asOf: string;
  readonly advisories: readonly Advisory[];
  readonly enrichments: readonly Enrichment[];
}

export async function buildStarterSet(kit: KitFolders): Promise<StarterSet> {
  const maven = await elementsById(
    join(kit.advisories, 'ghsa-subset', 'maven-356-from-osv.json'),
    (record) => record['id'] as string,
  );
  const debian = await elementsById(
    join(kit.debian12, 'bookworm-changelog-osv.json'),
    (record) => (record['upstream'] as readonly string[])[0]!,
  );
  const readers: Readonly<Record<Selected['from'], (record: string) => readonly Advisory[]>> = {
    ghsa: (id) => [osv(maven.get(id)?.[0], id)],
    debian: (cve) => (debian.get(cve) ?? []).map((record) => osv(record, cve)),
    pypa: (path) => [osv(yaml(join(kit.advisories, 'pypa', 'vulns', path)), path)],
    golang: (id) => [osv(json(join(kit.advisories, 'golang', 'data', 'osv', `${id}.json`)), id)],
    rustsec: (id) => [osv(json(join(kit.advisories, 'rustsec-osv', 'crates', `${id}.json`)), id)],
    alma: (path) => [osv(json(join(kit.advisories, 'alma', 'advisories', `${path}.json`)), path)],
    rubysec: (path) => [
      required(decodeRubysec(yaml(join(kit.advisories, 'rubysec', 'gems', path)), path, strict)),
    ],
    php: (path) => [
      required(decodePhpAdvisory(yaml(join(kit.advisories, 'php', path)), path, strict)),
    ],
  };
  const fromKit = selection.flatMap((selected) => {
    const records = readers[selected.from](selected.record);
    if (records.length === 0) throw new Error(`${selected.from} has no ${selected.record}`);
    return records.map((record) => factsOf(record, selected));
  });
  const advisories = [...fromKit, ...githubFacts.map(fromGithub)];
  const dates = advisories.flatMap(({ modified }) => modified ?? []).filter((date) => date > '1');
  return {
    asOf: dates.sort().at(-1)!,
    advisories,
    enrichments: await enrichmentsOf(kit, advisories),
  };
}

function factsOf(record: Advisory, { from, title, packages }: Selected): Advisory {
  const wanted = record.affected.filter(({ name }) => packages?.includes(name) ?? true);
  const missing = (packages ?? []).filter((name) => !wanted.some((entry) => entry.name === name));
  if (wanted.length === 0 || missing.length > 0)
    throw new Error(`${record.id} lacks ${missing.join(', ')}`);
  const affected = wanted.map((entry) => {
    const ranges = entry.ranges.filter(({ type }) => type !== 'GIT');
    // The ranges say the same, in less.
    return { ...entry, ranges, versions: ranges.length === 0 ? entry.versions : [] };
  });
  const { published, modified, severityLevel } = record;
  return {
    id: record.id,
    // Bitnami has an id per product.
    aliases: record.aliases.filter((alias) => !alias.startsWith('BIT-')),
    upstream: record.upstream,
    related: record.related,
    summary: title,
    ...(published === undefined ? {} : { published }),
    ...(modified === undefined ? {} : { modified }),
    severities: record.severities,
    ...(severityLevel === undefined ? {} : { severityLevel }),
    references: [placeOf(from, record)],
    affected,
  };
}

/** Where people find the record. */
function placeOf(from: Selected['from'], record: Advisory): string {
  const { id } = record;
  if (from === 'ghsa') return `https://github.com/advisories/${id}`;
  if (from === 'pypa') return `https://osv.dev/vulnerability/${id}`;
  if (from === 'golang') return `https://pkg.go.dev/vuln/${id}`;
  if (from === 'rustsec') return `https://rustsec.org/advisories/${id}.html`;
  if (from === 'debian') return `https://security-tracker.debian.org/tracker/${record.upstream[0]}`;
  if (from === 'alma') {
    const release = record.affected[0]!.ecosystem.split(':')[1];
    return `https://errata.almalinux.org/${release}/${id.replace(':', '-')}.html`;
  }
  return record.references[0]!;
}

function fromGithub(facts: GithubFacts): Advisory {
  const { id, cve, title, published, modified, vector, severity, ecosystem } = facts;
  return {
    id,
    aliases: cve === undefined ? [] : [cve],
    upstream: [],
    related: [],
    summary: title,
    published,
    modified,
    severities: vector === undefined ? [] : [{ type: 'CVSS_V3', score: vector }],
    severityLevel: severity === 'CRITICAL' ? 'critical' : 'high',
    references: [`https://github.com/advisories/${id}`],
    affected: Object.entries(facts.affected).map(([name, ranges]) => ({
      ecosystem,
      name,
      ranges: ranges.map((range) => {
        const [introduced, fixed] = range.split(' ') as [string, string | undefined];
        const events = [{ introduced }, ...(fixed === undefined ? [] : [{ fixed }])];
        return { type: 'ECOSYSTEM' as const, events };
      }),
      versions: [],
      status: 'affected' as const,
    })),
  };
}

/** What the kit knows of the set's CVEs: exploitation, and severities that their records lack. */
async function enrichmentsOf(
  kit: KitFolders,
  advisories: readonly Advisory[],
): Promise<readonly Enrichment[]> {
  const found = new Map<string, Enrichment>(await knownExploited(kit, advisories));
  for (const [cve, severities] of severitiesFromKit(kit, advisories))
    found.set(cve, { ...found.get(cve), cve, severities });
  return [...found.values()].sort((left, right) => compareText(left.cve, right.cve));
}

/** KEV's facts about the set's CVEs. */
async function knownExploited(
  kit: KitFolders,
  advisories: readonly Advisory[],
): Promise<ReadonlyMap<string, Enrichment>> {
  const cves = new Set(advisories.flatMap(cvesOf));
  const file = join(kit.advisories, 'kev', 'known_exploited_vulnerabilities.json');
  const options = { descend: ['vulnerabilities'], elementBytesMax: 1 << 20 };
  const found = new Map<string, Enrichment>();
  for await (const { within, value } of jsonElements(createReadStream(file), options)) {
    const entry = within === 'vulnerabilities' ? decodeKev(value) : undefined;
    if (entry !== undefined && cves.has(entry.cve)) found.set(entry.cve, entry);
  }
  return found;
}

type JsonRecord = Readonly<Record<string, unknown>>;

async function elementsById(
  file: string,
  idOf: (record: JsonRecord) => string,
): Promise<ReadonlyMap<string, readonly JsonRecord[]>> {
  const options = { descend: ['vulns'], elementBytesMax: 1 << 24 };
  const found: JsonRecord[] = [];
  for await (const { value } of jsonElements(createReadStream(file), options))
    found.push(value as JsonRecord);
  return Map.groupBy(found, idOf);
}

function osv(value: unknown, where: string): Advisory {
  return required(decodeOsv(value, where, strict));
}

function required(advisory: Advisory | undefined): Advisory {
  if (advisory === undefined) throw new Error('the selection names a record that is none');
  return advisory;
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function yaml(file: string): unknown {
  return parse(readFileSync(file, 'utf8'), { schema: 'failsafe' });
}

/** One advisory per line, so that changes can be read. */
export function starterText({ asOf, advisories, enrichments }: StarterSet): string {
  const lines = (list: readonly unknown[]): string =>
    list.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  return `{\n  "asOf": ${JSON.stringify(asOf)},\n  "advisories": [\n${lines(advisories)}\n  ],\n  "enrichments": [\n${lines(enrichments)}\n  ]\n}\n`;
}
