// SPDX-License-Identifier: Apache-2.0
// One SARIF rule per vulnerability: what it is, whatever package has it here.
// GitHub reads `security-severity` and `tags`:
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
import type { Finding } from '../../model/finding.ts';
import { compareSeverity, severityOfScore, type Severity } from '../../model/severity.ts';
import { messageText, webAddress } from './text.ts';

export type SarifLevel = 'error' | 'warning' | 'note';

/** What could not be graded is a warning: it may be anything. */
export const levels: Readonly<Record<Severity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'warning',
};

/**
 * Where only a word is known, or the publisher's word differs from the score: the middle of the
 * word's range on CVSS's scale, so that readers which only see the figure show the same word.
 */
const middleScores: Readonly<Partial<Record<Severity, string>>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  negligible: '0.0',
};

export function securitySeverity({ severity, score }: Finding): string | undefined {
  if (score !== undefined && severityOfScore(score) === severity) return score.toFixed(1);
  return middleScores[severity];
}

/** Rules by finding id, in the order of first use; the worst finding of an id speaks for it. */
export function worstById(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const known = worst.get(finding.id);
    if (known === undefined || compareSeverity(finding.severity, known.severity) < 0)
      worst.set(finding.id, finding);
  }
  return worst;
}

export function sarifRule(finding: Finding): object {
  const title = finding.summary?.replace(/\s+/g, ' ').trim() || `Vulnerability ${finding.id}`;
  const helpUri = webAddress(finding.references);
  const aliases =
    finding.aliases.length === 0 ? '' : ` Also known as ${finding.aliases.join(', ')}.`;
  const kev = finding.kev === undefined ? '' : ' Known to be exploited.';
  return {
    id: finding.id,
    shortDescription: { text: messageText(`${finding.id}: ${title}`) },
    fullDescription: { text: messageText(title) },
    help: { text: messageText(`${finding.id}: ${title}.${aliases}${kev}`) },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: levels[finding.severity] },
    properties: {
      tags: [
        'security',
        'vulnerability',
        finding.severity,
        ...(finding.kev === undefined ? [] : ['known-exploited']),
      ],
      precision: 'very-high',
      'security-severity': securitySeverity(finding),
      aliases: finding.aliases.length === 0 ? undefined : finding.aliases,
      epss: finding.epss,
    },
  };
}
