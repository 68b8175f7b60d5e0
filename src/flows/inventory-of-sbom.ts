// SPDX-License-Identifier: Apache-2.0
// `sbom:FILE`: an inventory that somebody else took. It is believed as far as it goes: what it does
// not tell (a distribution, package URLs) becomes gaps, never a clean result.
import { open } from 'node:fs/promises';
import { decodeSbom } from '../formats/sbom/decode-sbom.ts';
import { sbomSizeBytesMax } from '../formats/sbom/sbom.ts';
import { endOfLifeGap } from '../inventory/distribution-lifecycle.ts';
import { describeRelease } from '../inventory/distribution.ts';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import type { Inventory } from '../model/inventory.ts';
import { IssueList } from '../model/issue.ts';

export const sbomPrefix = 'sbom:';

/** @throws `not-found`, `io`, `limit`; `invalid` when the document is no SBOM. */
export async function inventoryOfSbom(source: string, services: { now: Date }): Promise<Inventory> {
  const issues = new IssueList();
  const bytes = await readSbom(source.slice(sbomPrefix.length));
  const { image, packages, hiddenPackages, distribution, gaps } = decodeSbom(bytes, {
    issues,
    describe: (release) => describeRelease(release, services.now),
  });
  const ended = distribution === undefined ? undefined : endOfLifeGap(distribution, services.now);
  return {
    source,
    image,
    ...(distribution === undefined ? {} : { distribution }),
    packages,
    hiddenPackages,
    gaps: ended === undefined ? gaps : [...gaps, ended],
    issues: issues.toArray(),
  };
}

async function readSbom(file: string): Promise<Uint8Array> {
  const quoted = JSON.stringify(file);
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > sbomSizeBytesMax)
        throw new PlimsollError(
          'limit',
          `Cannot read SBOM ${quoted}: it has ${size} bytes, want at most ${sbomSizeBytesMax}`,
        );
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof PlimsollError) throw error;
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new PlimsollError(
      isAbsent ? 'not-found' : 'io',
      `Cannot read SBOM ${quoted}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}
