// SPDX-License-Identifier: Apache-2.0
// The SARIF log around rules and results: the tool, the image, and as notifications what the scan
// could not tell and what was damaged, so that a log without results is not read as a clean image.
import type { Assessment } from '../../model/assessment.ts';
import type { CoverageGap } from '../../model/coverage.ts';
import type { Issue } from '../../model/issue.ts';
import { compareListed } from '../group-findings.ts';
import type { ReportOptions } from '../report.ts';
import { sarifResults, rootBaseId } from './results.ts';
import { sarifRule, worstById } from './rules.ts';
import { messageText } from './text.ts';

/** Its `runs[0].results` is a generator. */
export function sarifLog(
  { inventory, findings, coverage }: Assessment,
  options: ReportOptions,
): object {
  const { image } = inventory;
  const reported = findings
    .filter(({ hidden }) => options.showHidden || !hidden)
    .sort(compareListed);
  const rules = worstById(reported);
  const ruleIndexes = new Map([...rules.keys()].map((id, index) => [id, index]));
  return {
    version: '2.1.0',
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'Plimsoll',
            version: options.toolVersion,
            semanticVersion: options.toolVersion,
            rules: [...rules.values()].map(sarifRule),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            endTimeUtc: options.now.toISOString(),
            exitCode: options.verdict?.exitCode,
            toolExecutionNotifications: [
              ...coverage.gaps.map(gapNotification),
              ...inventory.issues.map(issueNotification),
            ],
          },
        ],
        originalUriBaseIds: {
          [rootBaseId]: {
            uri: 'file:///',
            description: { text: messageText(`root of ${inventory.source}`) },
          },
        },
        columnKind: 'unicodeCodePoints',
        properties: {
          source: inventory.source,
          imageDigest: image.digest,
          imageNames: image.identity.names,
          distribution: inventory.distribution?.name,
          coverage: coverage.level,
          advisoryData: coverage.data,
        },
        results: sarifResults(reported, ruleIndexes, image.layers),
      },
    ],
  };
}

function gapNotification({ code, message, hint, blocking }: CoverageGap): object {
  const text = hint === undefined ? message : `${message}; ${hint}`;
  return {
    descriptor: { id: code },
    level: blocking ? 'warning' : 'note',
    message: { text: messageText(text) },
  };
}

function issueNotification({ code, message, fatal, where }: Issue): object {
  const text = where === undefined || message.includes(where) ? message : `${message} (${where})`;
  return {
    descriptor: { id: code },
    level: fatal ? 'warning' : 'note',
    message: { text: messageText(text) },
  };
}
