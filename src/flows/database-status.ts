// SPDX-License-Identifier: Apache-2.0
// `db status`: how old and how large each source of advisories is.
import { statSync } from 'node:fs';
import { registry } from '../vulnerability/feeds/registry.ts';
import { ageOf } from '../vulnerability/load-document.ts';
import { AdvisoryStore, type StoredEcosystem } from '../vulnerability/store/advisory-store.ts';

export interface SourceStatus {
  readonly feed: string;
  readonly key: string;
  /** Of the feed, for people. */
  readonly title: string;
  readonly license?: string;
  /** What the publisher says is its age; absent where nobody says. RFC 3339, as all dates here. */
  readonly asOf?: string;
  /** Last read, whole or in part; last read whole; last confirmed to be current. */
  readonly fetched: string;
  readonly completed: string;
  readonly checked: string;
  readonly url?: string;
  readonly advisories: number;
  /** CVEs that it knows something about (KEV, EPSS, severities). */
  readonly enrichments: number;
  readonly ecosystems: readonly StoredEcosystem[];
}

export interface DatabaseStatus {
  readonly file: string;
  readonly exists: boolean;
  readonly sizeBytes: number;
  readonly sources: readonly SourceStatus[];
}

/** @throws `store` when the file is damaged. */
export async function databaseStatus(file: string): Promise<DatabaseStatus> {
  const store = AdvisoryStore.inspect(file);
  if (store === undefined) return { file, exists: false, sizeBytes: 0, sources: [] };
  try {
    const sources: SourceStatus[] = [];
    for (const source of store.sources()) {
      const feed = await registry[source.feed]?.();
      const asOf = ageOf(source);
      sources.push({
        feed: source.feed,
        key: source.key,
        title: feed?.title ?? source.feed,
        ...(feed?.license === undefined ? {} : { license: feed.license }),
        ...(asOf === undefined ? {} : { asOf }),
        fetched: source.fetched,
        completed: source.completed,
        checked: source.checked,
        ...(source.url === undefined ? {} : { url: source.url }),
        advisories: source.advisories,
        enrichments: source.enrichments,
        ecosystems: source.ecosystems,
      });
    }
    return { file, exists: true, sizeBytes: statSync(file).size, sources };
  } finally {
    store.close();
  }
}
