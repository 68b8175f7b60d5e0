// SPDX-License-Identifier: Apache-2.0
// What the result rests on, what it cannot tell, whose files nobody accounts for, and the damage.
import type { Coverage, DataSource } from '../../model/coverage.ts';
import type { OwnershipSummary } from '../../model/inventory.ts';
import type { Issue } from '../../model/issue.ts';
import { groupExecutables } from '../executable-groups.ts';
import { groupGaps } from '../group-gaps.ts';
import { ageOf, counted, grouped } from '../wording.ts';
import { markup, type Markup } from './markup.ts';

/** A page that a browser opens at once; whole folders are summed up beyond it. */
const executableRows = 200;

export function coverageSection({ data, gaps }: Coverage, now: Date): Markup {
  const rows = data.map(({ ecosystem, packages, feeds }) => {
    const judged =
      feeds.length === 0
        ? markup`<span class="risk">not judged, nobody has data for it here</span>`
        : feeds.map((source) => sourceText(source, now)).join('; ');
    return markup`<tr><td>${ecosystem}</td><td>${packages}</td><td>${judged}</td></tr>\n`;
  });
  const items = groupGaps(gaps).map(({ message, hint, code, blocking }) => {
    const advice = hint && markup`<br><span class="dim">hint: ${hint}</span>`;
    return markup`<p class="${blocking ? 'warning' : ''}">${message} <span class="dim">${code}</span>${advice}</p>\n`;
  });
  const table = markup`<h2>What this rests on</h2>
<table><tr><th>Ecosystem</th><th>Packages</th><th>Judged by</th></tr>
${rows}</table>
`;
  return markup`${rows.length > 0 ? table : undefined}${
    items.length > 0 ? markup`<h2>What cannot be told</h2>\n${items}` : undefined
  }`;
}

function sourceText({ feed, asOf, fetched, advisories }: DataSource, now: Date): string {
  const date = asOf ?? fetched;
  const age = date === undefined ? undefined : ageOf(date, now);
  const when =
    date === undefined
      ? 'age unknown'
      : `${date.slice(0, 10)}${age === undefined ? '' : `, ${age}`}`;
  return `${feed} (${when}, ${counted(advisories, 'advisory', 'advisories')})`;
}

export function filesSection(ownership: OwnershipSummary): Markup {
  const { unownedExecutables, unownedExecutablesTotal } = ownership;
  const rest = unownedExecutablesTotal - unownedExecutables.length;
  const rows = groupExecutables(unownedExecutables, executableRows).map((group) => {
    const { path, layer } = group.kind === 'file' ? group.file : group;
    const kind = group.kind === 'file' ? group.file.kind : counted(group.count, 'executable');
    const isSetuid = group.kind === 'file' && group.file.setuid === true;
    const mark = isSetuid ? markup`, <span class="risk">setuid</span>` : undefined;
    return markup`<tr><td><code>${path}</code></td><td>${kind}${mark}</td><td>${layer}</td></tr>\n`;
  });
  const table = markup`<p>${counted(unownedExecutablesTotal, 'executable')} that no package accounts for:</p>
<table><tr><th>Path</th><th>Kind</th><th>Layer</th></tr>
${rows}</table>
`;
  return markup`<h2>Files</h2>
<p>${filesText(ownership)}</p>
${rows.length > 0 ? table : undefined}${rest > 0 ? markup`<p>and ${grouped(rest)} more</p>\n` : undefined}`;
}

function filesText({ files, ownedByPackages, unowned }: OwnershipSummary): string {
  return `${grouped(files)} files, ${grouped(ownedByPackages)} belong to packages, ${grouped(unowned)} to none`;
}

export function issuesSection(issues: readonly Issue[]): Markup {
  if (issues.length === 0) return markup``;
  const items = issues.map(({ message, where, fatal }) => {
    const place =
      where === undefined || message.includes(where) ? undefined : markup` <code>${where}</code>`;
    return markup`<p class="${fatal ? 'warning' : ''}">${message}${place}</p>\n`;
  });
  return markup`<h2>Damage found on the way</h2>\n${items}`;
}
