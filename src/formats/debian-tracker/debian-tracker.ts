// SPDX-License-Identifier: Apache-2.0
// The Debian security tracker's export (https://security-tracker.debian.org/tracker/data/json): per
// source package and vulnerability, the state in each release. It knows what the advisories do not
// say: which ones stay unfixed, and why.
import type { Advisory, AffectedPackage } from '../../model/advisory.ts';
import type { IssueSink } from '../../model/issue.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { shortText, textOf } from '../osv/fields.ts';

/** Releases by codename, from Debian's distro-info-data. Unstable has no number and no ecosystem. */
const releases: ReadonlyMap<string, string> = new Map([
  ['wheezy', '7'],
  ['jessie', '8'],
  ['stretch', '9'],
  ['buster', '10'],
  ['bullseye', '11'],
  ['bookworm', '12'],
  ['trixie', '13'],
  ['forky', '14'],
  ['duke', '15'],
]);
const withoutNumber = new Set(['sid', 'experimental']);

/** Linux, the fullest source package, has some 15,000. */
const advisoriesMax = 200_000;

/** All vulnerabilities of one source package: the value of one member of the export. */
export function* decodeTrackerPackage(
  name: string,
  value: unknown,
  where: string,
  issues: IssueSink,
): Generator<Advisory> {
  if (!isRecord(value) || shortText(name) === undefined) {
    report(issues, where, `package ${JSON.stringify(name.slice(0, 100))} is no object`);
    return;
  }
  const entries = Object.entries(value);
  if (entries.length > advisoriesMax)
    report(issues, where, `${JSON.stringify(name)} has more than ${advisoriesMax} entries`);
  for (const [id, entry] of entries.slice(0, advisoriesMax)) {
    if (!isRecord(entry) || !isRecord(entry['releases']) || shortText(id) === undefined) {
      report(issues, where, `${JSON.stringify(id.slice(0, 100))} of ${name} has no releases`);
      continue;
    }
    const affected = Object.entries(entry['releases']).flatMap(([codename, state]) =>
      affectedIn(name, codename, state, where, issues),
    );
    if (affected.length > 0) yield advisoryOf(id, entry, affected);
  }
}

function advisoryOf(id: string, entry: JsonRecord, affected: readonly AffectedPackage[]): Advisory {
  const details = textOf(entry['description'], 64 * 1024);
  return {
    id,
    aliases: [],
    upstream: [],
    related: [],
    ...(details === undefined ? {} : { details }),
    severities: [],
    references: [`https://security-tracker.debian.org/tracker/${encodeURIComponent(id)}`],
    affected,
  };
}

/** `undetermined` says that Debian itself cannot tell: no statement is made of it. */
function affectedIn(
  name: string,
  codename: string,
  state: unknown,
  where: string,
  issues: IssueSink,
): readonly AffectedPackage[] {
  const release = releases.get(codename);
  if (release === undefined) {
    if (!withoutNumber.has(codename))
      report(issues, where, `release ${JSON.stringify(codename.slice(0, 40))} is unknown`);
    return [];
  }
  if (!isRecord(state) || state['status'] === 'undetermined') return [];
  const verdict = verdictOf(state);
  if (verdict === undefined) {
    report(issues, where, `state of ${name} in ${codename} is not understood`);
    return [];
  }
  return [{ ecosystem: `Debian:${release}`, name, versions: [], ...verdict }];
}

type Verdict = Pick<AffectedPackage, 'ranges' | 'status' | 'note' | 'severityLevel'>;

function verdictOf(state: JsonRecord): Verdict | undefined {
  const urgency = shortText(state['urgency'])?.replace(/\*+$/, '');
  if (state['status'] === 'resolved') {
    const fixed = shortText(state['fixed_version']);
    if (fixed === undefined) return undefined;
    if (fixed === '0') return { ranges: [], status: 'not-affected' };
    const events = [{ introduced: '0' }, { fixed }];
    return { ranges: [{ type: 'ECOSYSTEM', events }], ...urgencyOf(urgency) };
  }
  if (state['status'] !== 'open') return undefined;
  const ranges: AffectedPackage['ranges'] = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }];
  const judged = urgencyOf(urgency);
  // `nodsa` is the maintainers' remark, `nodsa_reason` the state: "", "ignored" or "postponed".
  const remark = textOf(state['nodsa'], 500);
  const reason = shortText(state['nodsa_reason']);
  if (remark === undefined && reason === undefined) return { ranges, ...judged };
  const note = [reason ?? 'no-dsa', remark].filter((part) => part !== undefined).join(': ');
  const status = judged.status === 'affected' ? 'deferred' : judged.status;
  return { ranges, ...judged, status, note };
}

/** https://security-team.debian.org/security_tracker.html, severity levels. */
function urgencyOf(urgency: string | undefined): Pick<Verdict, 'status' | 'severityLevel'> {
  if (urgency === 'unimportant') return { status: 'unimportant', severityLevel: 'negligible' };
  if (urgency === 'end-of-life') return { status: 'end-of-life' };
  if (urgency === 'high' || urgency === 'medium' || urgency === 'low')
    return { status: 'affected', severityLevel: urgency };
  return { status: 'affected' };
}

function report(issues: IssueSink, where: string, why: string): void {
  const message = `Cannot read Debian tracker data: ${why}`;
  issues.add({ code: 'bad-advisory', message, fatal: true, where });
}
