// SPDX-License-Identifier: Apache-2.0
// Severities for the starter set's CVEs whose own records carry none, out of other records of the
// data kit: CISA's Vulnrichment, else Bitnami's (which pass NVD's vectors on), else OpenSSL's word.
import { existsSync, readFileSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { decodeOpensslVulnerability } from '../../src/formats/openssl-vulns/openssl-vulns.ts';
import { decodeOsv } from '../../src/formats/osv/decode-osv.ts';
import { decodeVulnrichment } from '../../src/formats/vulnrichment/vulnrichment.ts';
import type { Advisory, SeverityStatement } from '../../src/model/advisory.ts';
import type { KitFolders } from './build.ts';
import { strict } from './strict.ts';

export type Severities = ReadonlyMap<string, readonly SeverityStatement[]>;

/** CVEs of an advisory: its own names, and what it passes on. */
export function cvesOf({ id, aliases, upstream, related }: Advisory): readonly string[] {
  return [id, ...aliases, ...upstream, ...related].filter((name) => name.startsWith('CVE-'));
}

/** By CVE; of those that no record of the kit grades there is none. */
export function severitiesFromKit(kit: KitFolders, advisories: readonly Advisory[]): Severities {
  const ungraded = advisories.filter(
    ({ severities, severityLevel }) => severities.length === 0 && severityLevel === undefined,
  );
  const wanted = new Set(ungraded.flatMap(cvesOf));
  const found = new Map<string, readonly SeverityStatement[]>();
  for (const read of [fromVulnrichment, fromBitnami, fromOpenssl])
    for (const [cve, statements] of read(kit, wanted))
      if (!found.has(cve)) found.set(cve, statements);
  return found;
}

function fromVulnrichment(kit: KitFolders, wanted: ReadonlySet<string>): Severities {
  const text = zstdDecompressSync(readFileSync(kit.vulnrichment)).toString('utf8');
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => decodeVulnrichment(JSON.parse(line)) ?? [])
    .filter(({ cve }) => wanted.has(cve));
  return new Map(records.map(({ cve, severities }) => [cve, said(severities!, 'vulnrichment')]));
}

/** One record per product: their distinct vectors. */
function fromBitnami(kit: KitFolders, wanted: ReadonlySet<string>): Severities {
  const folder = join(kit.advisories, 'bitnami', 'data');
  const byCve = new Map<string, Map<string, SeverityStatement>>();
  for (const file of globSync('*/*.json', { cwd: folder }).sort()) {
    // BIT-<product>-<year>-<number>.json
    const [number] = /\d{4}-\d+(?=\.json$)/.exec(file) ?? [];
    if (!wanted.has(`CVE-${number}`)) continue;
    const record = decodeOsv(JSON.parse(readFileSync(join(folder, file), 'utf8')), file, strict)!;
    for (const name of record.aliases.filter((alias) => wanted.has(alias))) {
      const vectors = byCve.get(name) ?? new Map<string, SeverityStatement>();
      byCve.set(name, vectors);
      for (const { severities } of record.affected)
        for (const statement of severities ?? []) vectors.set(statement.score, statement);
    }
  }
  const graded = [...byCve].filter(([, vectors]) => vectors.size > 0);
  return new Map(graded.map(([cve, vectors]) => [cve, said([...vectors.values()], 'bitnami')]));
}

function fromOpenssl(kit: KitFolders, wanted: ReadonlySet<string>): Severities {
  const found = new Map<string, readonly SeverityStatement[]>();
  for (const cve of wanted) {
    const file = join(kit.advisories, 'openssl', 'secjson', `${cve}.json`);
    if (!existsSync(file)) continue;
    const record = decodeOpensslVulnerability(JSON.parse(readFileSync(file, 'utf8')), file, strict);
    const word = record?.severityLevel;
    if (word !== undefined) found.set(cve, said([{ type: 'OpenSSL', score: word }], 'openssl'));
  }
  return found;
}

function said(
  statements: readonly SeverityStatement[],
  source: string,
): readonly SeverityStatement[] {
  return statements.map((statement) => ({ ...statement, source }));
}
