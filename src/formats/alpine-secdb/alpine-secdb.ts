// SPDX-License-Identifier: Apache-2.0
// Alpine's security database (https://secdb.alpinelinux.org/): per branch and repository, which
// version of which source package ("origin") fixed what. It tells of fixes only: an unfixed
// vulnerability is not in it.
import type { Advisory, AffectedPackage, VersionRange } from '../../model/advisory.ts';
import type { IssueSink } from '../../model/issue.ts';
import { isRecord } from '../json/json-record.ts';
import { shortText, textListOf } from '../osv/fields.ts';

/** The fullest package of the published database, chromium or webkit2gtk, has about 1,000. */
const fixesMax = 100_000;

/**
 * The identifiers in one entry. Maintainers write several into one (`CVE-2018-3620 CVE-2018-3646
 * XSA-273`, `CVE-2022-1 / GHSA-...`), comments behind a `#`, and slips (`CVE_2019-2426`). Several
 * CVEs are several vulnerabilities; another scheme's id beside a single CVE is another name for it.
 */
export function splitSecfixIds(
  entry: string,
): readonly Pick<Advisory, 'id' | 'aliases' | 'related'>[] {
  const text = entry.split('#', 1)[0]!.slice(0, 1000).trim();
  const cves = new Set<string>();
  for (const match of text.matchAll(/\bCVE[-_ ](\d{4})-(\d{4,19})(?!\d)/g))
    cves.add(`CVE-${match[1]}-${match[2]}`);
  const tokens = text.match(/\b[A-Za-z][A-Za-z0-9]{1,15}(?:-[A-Za-z0-9]{1,20}){0,5}\b/g) ?? [];
  const others = new Set(tokens.filter((token) => /\d/.test(token) && !token.startsWith('CVE')));
  // What is no identifier of any scheme is still the publisher's name for something.
  if (cves.size + others.size === 0 && /^[\w.-]{3,60}$/.test(text)) others.add(text);
  if (cves.size === 0) return [...others].map((id) => ({ id, aliases: [], related: [] }));
  if (cves.size === 1) return [{ id: [...cves][0]!, aliases: [...others], related: [] }];
  return [...cves].map((id) => ({ id, aliases: [], related: [...others] }));
}

/**
 * One element of `packages` as advisories, one per vulnerability.
 *
 * Version `0` says that the package was never vulnerable. A vulnerability under two versions was
 * fixed twice (the first fix was not whole): both ranges are kept, and the later one reaches further.
 * @param branch `distroversion`: `v3.19`, `edge`.
 */
export function decodeSecdbPackage(
  value: unknown,
  branch: string,
  where: string,
  issues: IssueSink,
): readonly Advisory[] {
  const pkg = isRecord(value) && isRecord(value['pkg']) ? value['pkg'] : {};
  const name = shortText(pkg['name']);
  const secfixes = pkg['secfixes'] ?? {};
  if (name === undefined || !isRecord(secfixes)) {
    report(issues, where, 'a package has no name or no list of fixes');
    return [];
  }
  const ecosystem = `Alpine:${branch}`;
  const found = new Map<string, { advisory: Advisory; fixes: string[] }>();
  for (const [version, list] of Object.entries(secfixes).slice(0, fixesMax)) {
    const entries = textListOf(list, fixesMax);
    if (entries === undefined || shortText(version) === undefined) {
      report(issues, where, `fixes of ${JSON.stringify(name)} are no list of identifiers`);
      continue;
    }
    for (const entry of entries) {
      const ids = splitSecfixIds(entry);
      if (ids.length === 0) report(issues, where, `${JSON.stringify(entry)} names nothing`);
      for (const id of ids) {
        const known = found.get(id.id);
        if (known === undefined) found.set(id.id, { advisory: advisoryOf(id), fixes: [version] });
        else known.fixes.push(version);
      }
    }
  }
  return [...found.values()].map(({ advisory, fixes }) => ({
    ...advisory,
    affected: [affectedBy(ecosystem, name, fixes)],
  }));
}

function advisoryOf(ids: Pick<Advisory, 'id' | 'aliases' | 'related'>): Advisory {
  const references = [`https://security.alpinelinux.org/vuln/${ids.id}`];
  return { ...ids, upstream: [], severities: [], references, affected: [] };
}

function affectedBy(ecosystem: string, name: string, fixes: readonly string[]): AffectedPackage {
  const real = fixes.filter((version) => version !== '0');
  const ranges = real.map((fixed): VersionRange => {
    return { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] };
  });
  const status = real.length === 0 ? 'not-affected' : 'affected';
  return { ecosystem, name, ranges, versions: [], status };
}

function report(issues: IssueSink, where: string, why: string): void {
  const message = `Cannot read Alpine security database: ${why}`;
  issues.add({ code: 'bad-advisory', message, fatal: true, where });
}
