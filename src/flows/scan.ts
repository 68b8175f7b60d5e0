// SPDX-License-Identifier: Apache-2.0
// `scan`: what is in it, then what is wrong with that. Advisories that the store lacks for what was
// found are fetched, unless the network is forbidden; then the answer says what it lacks.
import type { Assessment } from '../model/assessment.ts';
import type { CoverageGap } from '../model/coverage.ts';
import { isCode, PlimsollError, reasonOf } from '../model/errors.ts';
import type { Inventory } from '../model/inventory.ts';
import { starterFeed } from '../vulnerability/coverage.ts';
import { layerReaders } from '../vulnerability/layered-advisories.ts';
import { matchInventory } from '../vulnerability/match.ts';
import { starterAdvisories } from '../vulnerability/starter/starter-advisories.ts';
import { AdvisoryStore } from '../vulnerability/store/advisory-store.ts';
import {
  inventoryOfSource,
  type InventoryRequest,
  type InventoryServices,
} from './inventory-of-source.ts';

export interface ScanRequest extends InventoryRequest {
  /** Data older than this is stale and keeps a result from counting as clean. */
  readonly maxAgeMs?: number;
  /** False: what the store lacks is not fetched. */
  readonly fetch: boolean;
}

export interface ScanResult {
  readonly assessment: Assessment;
  /** False: no catalogue of exploited vulnerabilities was at hand. */
  readonly knowsExploited: boolean;
}

export interface ScanServices extends InventoryServices {
  readonly database: string;
  /** For downloads and mirror settings. */
  readonly feedsFolder: string;
}

/** Sources that several ecosystems share are not asked again within this time. */
const freshMs = 12 * 3_600_000;

/** @throws PlimsollError when there is no answer at all; an incomplete one says what it lacks. */
export async function scan(request: ScanRequest, services: ScanServices): Promise<ScanResult> {
  const inventory = await inventoryOfSource(request, services);
  const first = await assess(inventory, request, services);
  const lacking = ecosystemsWithoutData(first.assessment);
  if (!request.fetch || lacking.length === 0) return first;
  const gap = await fetchAdvisories(lacking, services);
  const second = await assess(inventory, request, services);
  return gap === undefined ? second : { ...second, assessment: withGap(second.assessment, gap) };
}

function withGap(assessment: Assessment, gap: CoverageGap): Assessment {
  const { coverage } = assessment;
  return { ...assessment, coverage: { ...coverage, gaps: [...coverage.gaps, gap] } };
}

async function assess(
  inventory: Inventory,
  request: ScanRequest,
  services: ScanServices,
): Promise<ScanResult> {
  const store = AdvisoryStore.reader(services.database);
  try {
    const starter = starterAdvisories();
    const reader = layerReaders(store, starter);
    const { findings, coverage } = matchInventory(inventory, reader, {
      now: services.now,
      ...(request.maxAgeMs === undefined ? {} : { maxAgeMs: request.maxAgeMs }),
    });
    return {
      assessment: { inventory, findings, coverage },
      knowsExploited: store?.hasFeed('kev') ?? false,
    };
  } finally {
    store?.close();
  }
}

function ecosystemsWithoutData(assessment: Assessment): readonly string[] {
  return assessment.coverage.data
    .filter(({ feeds }) => feeds.every(({ feed }) => feed === starterFeed))
    .map(({ ecosystem }) => ecosystem);
}

/** @returns what to say where the advisories could not be had. */
async function fetchAdvisories(
  ecosystems: readonly string[],
  services: ScanServices,
): Promise<CoverageGap | undefined> {
  const subject = ecosystems.join(', ');
  services.progress.note(
    `fetching advisories for ${subject} (once; plimsoll db update renews them)`,
  );
  const gap = (reason: string): CoverageGap => ({
    code: 'advisories-not-fetched',
    message: `Advisories for ${subject} could not be fetched: ${reason}`,
    subject,
    hint: 'run plimsoll db update where there is a network, or plimsoll db import FILE',
    blocking: false,
  });
  try {
    const { updateDatabase } = await import('./update-database.ts');
    const { sources } = await updateDatabase({
      file: services.database,
      stateFolder: services.feedsFolder,
      env: services.env,
      http: services.http,
      ecosystems,
      freshMs,
      progress: services.progress,
      ...(services.signal === undefined ? {} : { signal: services.signal }),
    });
    const failed = sources.find(({ outcome }) => outcome === 'failed');
    return failed === undefined ? undefined : gap(failed.error?.message ?? failed.outcome);
  } catch (error) {
    if (!(error instanceof PlimsollError) || isCode(error, 'aborted')) throw error;
    return gap(reasonOf(error));
  }
}
