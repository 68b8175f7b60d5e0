// SPDX-License-Identifier: Apache-2.0
// Names of ecosystems as OSV spells them (https://ossf.github.io/osv-schema/#affectedpackage-field):
// a base, and for distributions a release behind a colon: `npm`, `Debian:12`, `Alpine:v3.19`.

/** The part before the first colon. */
export function ecosystemBase(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon < 0 ? ecosystem : ecosystem.slice(0, colon);
}

/** What follows the first colon; undefined where nothing does. */
export function ecosystemRelease(ecosystem: string): string | undefined {
  return ecosystem.slice(ecosystemBase(ecosystem).length + 1) || undefined;
}
