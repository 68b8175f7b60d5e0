// SPDX-License-Identifier: Apache-2.0
// The findings, grouped as people mend them.
import type { Finding } from '../../model/finding.ts';
import type { Inventory } from '../../model/inventory.ts';
import { groupFindings, type FindingGroup, type FindingRow } from '../group-findings.ts';
import { describeLayer } from '../layer-command.ts';
import { withoutFixedVersion } from '../wording.ts';
import { markup, link, type Markup } from './markup.ts';

/** A page with every path of a package that is in hundreds of places is of no use. */
const pathsShown = 5;

export function* findingGroups(
  findings: readonly Finding[],
  inventory: Inventory,
): Iterable<Markup> {
  const packages = [...inventory.packages, ...inventory.hiddenPackages];
  for (const group of groupFindings(findings, packages)) {
    yield groupHead(group, inventory);
    for (const row of group.rows) yield findingRow(row, group);
    yield markup`</table>\n`;
  }
}

function groupHead(group: FindingGroup, inventory: Inventory): Markup {
  const layer = describeLayer(inventory.image.layers, group.layer);
  const paths = group.ecosystem === inventory.distribution?.ecosystem ? [] : group.paths;
  const shown = paths.slice(0, pathsShown).map((path) => markup`<br><code>${path}</code>`);
  const more = paths.length - shown.length;
  const source = group.source && markup`, source ${group.source}`;
  const line = layer === '' ? undefined : markup`<br>${layer}`;
  const rest = more > 0 ? markup`<br>and ${more} more places` : undefined;
  return markup`<h3>${group.packages.join(', ')} ${group.version}</h3>
<p class="dim">${group.ecosystem}${source}${line}${shown}${rest}</p>
<table><tr><th>Severity</th><th>Id</th><th>Fixed in</th><th>Title</th></tr>
`;
}

function findingRow({ finding, packages }: FindingRow, group: FindingGroup): Markup {
  const { id, severity, score, fixedVersion, status, summary, note, references } = finding;
  const only =
    packages.length === group.packages.length ? undefined : markup`[${packages.join(', ')}] `;
  const dim = (text: string | undefined): Markup | undefined =>
    text === undefined || text === '' ? undefined : markup`<br><span class="dim">${text}</span>`;
  return markup`<tr>
<td><span class="level ${severity}">${severity}</span> ${score?.toFixed(1)}</td>
<td>${id}${risk(finding)}</td>
<td>${fixedVersion ?? withoutFixedVersion[status]}</td>
<td>${only}${summary}${dim(note)}${dim(finding.aliases.join(', '))}${references[0] && markup`<br>${link(references[0])}`}</td>
</tr>
`;
}

function risk({ kev, epss }: Finding): readonly (Markup | undefined)[] {
  return [
    kev && markup`<br><span class="risk">exploited${kev.ransomware ? ', ransomware' : ''}</span>`,
    epss && markup`<br><span class="dim">EPSS ${(epss.probability * 100).toFixed(1)}%</span>`,
  ];
}
