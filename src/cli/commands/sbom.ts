// SPDX-License-Identifier: Apache-2.0
// `plimsoll sbom`: the inventory of an image in a standard form.
import type { Command } from '../command.ts';
import { reportOptions, reportOf } from '../report-output.ts';
import { withHttp } from '../services.ts';
import {
  formatOf,
  formatOptions,
  offlineOption,
  plainHttpOption,
  platformOption,
} from '../shared-options.ts';
import { inventoryServices, noCacheOption, sourcePositional } from '../source-arguments.ts';
import { writeOutput } from '../write-output.ts';

const formats = ['cyclonedx', 'cyclonedx-1.7', 'spdx'] as const;

export const command: Command = {
  path: ['sbom'],
  summary: 'write the software bill of materials of an image',
  description: [
    'The same input gives the same document: serial numbers and namespaces follow from its content, and SOURCE_DATE_EPOCH sets its time.',
  ],
  positionals: [sourcePositional],
  options: [
    ...formatOptions(formats, 'cyclonedx'),
    platformOption,
    offlineOption,
    plainHttpOption,
    noCacheOption,
  ],
  examples: [
    { command: 'plimsoll sbom -o web.cdx.json docker:web:1.4', says: 'CycloneDX 1.6' },
    { command: 'plimsoll sbom -f spdx registry:docker.io/library/alpine:3.19', says: 'SPDX 2.3' },
    { command: 'plimsoll sbom -f spdx sbom:web.cdx.json', says: 'from one form to the other' },
  ],
  async run(args, terminal) {
    const { inventoryOfSource } = await import('../../flows/inventory-of-source.ts');
    const inventory = await withHttp(args, terminal, (http) =>
      inventoryOfSource({ source: args.positionals[0]! }, inventoryServices(args, terminal, http)),
    );
    const named = formatOf(args, 'cyclonedx');
    const report = await reportOf(named === 'json' ? 'cyclonedx' : named, 'sbom');
    const coverage = { level: 'partial' as const, gaps: inventory.gaps, data: [] };
    const pieces = report.render(
      { inventory, findings: [], coverage },
      reportOptions(args, terminal),
    );
    await writeOutput(pieces, args.value('output'), terminal);
    return 0;
  },
};
