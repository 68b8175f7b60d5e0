// SPDX-License-Identifier: Apache-2.0
// `scan`: what is in it, then what is wrong with that. Advisories that the store lacks for what was
// found are fetched, unless the network is forbidden; then the answer says what it lacks.
import type { Assessment } from '../model/assessment.ts';
import type { CoverageGap } from '../model/coverage.ts';
import { isCode, PlimsollError, reasonOf } from '../model/errors.ts';
import type { Inventory } from '../model/inventory.ts';
import { starterFeed } from '../vulnerability/coverage.ts';
import { layerReaders } from '../vulnerability/layer-readers.ts';
import { matchInventory } from '../vulnerability/match.ts';
import { starterAdvisories } from '../vulnerability/starter/starter-advisories.ts';
import { AdvisoryStore } from '../vulnerability/store/advisory-store.ts';
import {
  inventoryOfSource,
  type InventoryRequest,
  type InventoryServices,
} from './inventory-of-source.ts';
import { updateDatabase } from './update-database.ts';

export interface ScanRequest extends InventoryRequest {
  /** Data older than this is stale and keeps a result from counting as clean. */
  readonly maxAgeMs?: number;
  /** False: what the store lacks is not fetched. */
  readonly fetch: boolean;
}

export interface ScanServices extends InventoryServices {
  readonly database: string;
  /** For downloads and mirror settings. */
  readonly feedsFolder: string;
}

/** Sources that several ecosystems share are not asked again within this time. */
const freshMs = 12 * 3_600_000;

/** @throws PlimsollError when there is no answer at all; an incomplete one says what it lacks. */
export async function scan(request: ScanRequest, services: ScanServices): Promise<Assessment> {
  const inventory = await inventoryOfSource(request, services);
  const first = await assess(inventory, request, services);
  const lacking = ecosystemsWithoutData(first);
  if (!request.fetch || lacking.length === 0) return first;
  const gap = await fetchAdvisories(lacking, services);
  const second = await assess(inventory, request, services);
  if (gap === undefined) return second;
  const { coverage } = second;
  return { ...second, coverage: { ...coverage, gaps: [...coverage.gaps, gap] } };
}

async function assess(
  inventory: Inventory,
  request: ScanRequest,
  services: ScanServices,
): Promise<Assessment> {
  const store = AdvisoryStore.reader(services.database);
  try {
    const starter = starterAdvisories();
    const reader = store === undefined ? starter : layerReaders(store, starter);
    const { findings, coverage } = matchInventory(inventory, reader, {
      now: services.now,
      ...(request.maxAgeMs === undefined ? {} : { maxAgeMs: request.maxAgeMs }),
    });
    return { inventory, findings, coverage };
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
