// SPDX-License-Identifier: Apache-2.0
// `db update`: downloads what is needed to judge packages of the wanted ecosystems. Sources are
// independent: one that fails leaves its stored version and does not keep the others from their
// new one.
import { join } from 'node:path';
import { PlimsollError } from '../model/errors.ts';
import { silentProgress, type Progress } from '../model/progress.ts';
import type { HttpClient } from '../network/http.ts';
import { feedUrls, type FeedUrls } from '../vulnerability/feed-urls.ts';
import type { Feed, FeedSource } from '../vulnerability/feed.ts';
import { registry } from '../vulnerability/feeds/registry.ts';
import { AdvisoryStore } from '../vulnerability/store/advisory-store.ts';
import { ServerUnreachable, type Pace } from '../vulnerability/update/download.ts';
import {
  updateSource,
  type SourceOutcome,
  type UpdateContext,
} from '../vulnerability/update/update-source.ts';
import { withAdvisoryStore } from './with-advisory-store.ts';

export type { SourceOutcome } from '../vulnerability/update/update-source.ts';

export interface UpdateOptions {
  /** The advisory store. */
  readonly file: string;
  /** For downloads, and `sources.json`. */
  readonly stateFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: HttpClient;
  /** `Debian:12`, `npm`, ...; absent: those that the store has data for. */
  readonly ecosystems?: readonly string[];
  /** Everything anew, whatever is stored. */
  readonly full?: boolean;
  /** Also data that is older than what is stored. */
  readonly allowOlder?: boolean;
  /** Sources that the publisher confirmed within this time are left alone. */
  readonly freshMs?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  /** Of a server that is slow on purpose; for tests. */
  readonly pace?: Pace;
  readonly pauseMs?: number;
}

export interface UpdateResult {
  readonly sources: readonly SourceOutcome[];
  /** True when every source that was asked for is as its publisher has it. */
  readonly complete: boolean;
}

/** Another update may have npm's archive before it. */
const lockWaitMs = 30 * 60_000;

/** @throws `usage`, `store`, `offline`, `aborted`; failures of single sources are in the result. */
export async function updateDatabase(options: UpdateOptions): Promise<UpdateResult> {
  const urls = feedUrls(options.stateFolder, options.env);
  const progress = options.progress ?? silentProgress;
  const { file, signal } = options;
  return withAdvisoryStore({ file, waitMs: lockWaitMs, progress, signal }, async (store) => {
    const context = contextOf(store, urls, progress, options);
    const outcomes = await updateSources(await wantedSources(store, urls, options), context);
    return { sources: outcomes, complete: outcomes.every(isComplete) };
  });
}

/** A server that did not answer is not asked for its other files: each would cost the same wait. */
async function updateSources(
  wanted: readonly (readonly [Feed, FeedSource])[],
  context: UpdateContext,
): Promise<readonly SourceOutcome[]> {
  const outcomes: SourceOutcome[] = [];
  const silent = new Set<string>();
  for (const [feed, source] of wanted) {
    if (context.signal?.aborted) throw new PlimsollError('aborted', 'Cannot update: stopped');
    const { origin } = new URL(context.urls.of(source.url));
    if (silent.has(origin)) {
      const error = new PlimsollError('network', `Cannot fetch from ${origin}: it did not answer`);
      outcomes.push({ feed: feed.id, key: source.key, outcome: 'failed', error });
      continue;
    }
    const outcome = await updateSource(feed, source, context);
    if (outcome.error instanceof ServerUnreachable) silent.add(origin);
    outcomes.push(outcome);
  }
  return outcomes;
}

function isComplete({ outcome, error }: SourceOutcome): boolean {
  return outcome === 'updated' || outcome === 'current' || (outcome === 'absent' && !error);
}

function contextOf(
  store: AdvisoryStore,
  urls: FeedUrls,
  progress: Progress,
  options: UpdateOptions,
): UpdateContext {
  return {
    store,
    urls,
    progress,
    http: options.http,
    folder: join(options.stateFolder, 'downloads'),
    nowMs: (options.now ?? Date.now)(),
    allowOlder: options.allowOlder ?? false,
    full: options.full ?? false,
    signal: options.signal,
    ...(options.pace === undefined ? {} : { pace: options.pace }),
    ...(options.pauseMs === undefined ? {} : { pauseMs: options.pauseMs }),
  };
}

async function wantedSources(
  store: AdvisoryStore,
  urls: FeedUrls,
  options: UpdateOptions,
): Promise<readonly (readonly [Feed, FeedSource])[]> {
  const nowMs = (options.now ?? Date.now)();
  const ecosystems = options.ecosystems ?? storedEcosystems(store);
  const isFresh = (feed: string, key: string): boolean => {
    const checked = store.source({ feed, key })?.checked;
    return checked !== undefined && nowMs - Date.parse(checked) < (options.freshMs ?? 0);
  };
  const wanted: (readonly [Feed, FeedSource])[] = [];
  for (const [id, load] of Object.entries(registry)) {
    if (!urls.includes(id)) continue;
    const feed = await load();
    for (const source of feed.sources(ecosystems))
      if (!isFresh(id, source.key)) wanted.push([feed, source]);
  }
  return wanted;
}

function storedEcosystems(store: AdvisoryStore): readonly string[] {
  const names = store.sources().flatMap(({ ecosystems }) => ecosystems);
  return [...new Set(names.map(({ ecosystem }) => ecosystem))].sort();
}
