// SPDX-License-Identifier: Apache-2.0
// `db import FILE|DIR|ZIP...`: advisories and facts about CVEs from disk, without any network. Each
// file is read by the feed that recognises its content. What a publisher makes as one whole (a
// branch of Alpine's database, the KEV catalogue, an OSV archive of one ecosystem) takes the place of
// the same source that an update would have fetched; loose records become a source of their own, by
// the name of the file or folder, which updates leave alone.
import { type Dirent, statSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ecosystemBase } from '../model/ecosystem.ts';
import { PlimsollError, reasonOf } from '../model/errors.ts';
import { IssueList, type Issue } from '../model/issue.ts';
import { silentProgress, type Progress, type ProgressTask } from '../model/progress.ts';
import { openDocuments } from '../vulnerability/documents.ts';
import { type Feed, type FeedDocument } from '../vulnerability/feed.ts';
import { registry } from '../vulnerability/feeds/registry.ts';
import {
  asOfLoaded,
  checkReplacement,
  loadDocument,
  OlderData,
  type LoadedSource,
} from '../vulnerability/load-document.ts';
import { AdvisoryStore, type SourceId } from '../vulnerability/store/advisory-store.ts';
import type { SourceOutcome } from './update-database.ts';
import { withAdvisoryStore } from './with-advisory-store.ts';

export interface ImportOptions {
  /** The advisory store. */
  readonly file: string;
  readonly paths: readonly string[];
  /** Name of the source for loose records, instead of the file's or folder's. */
  readonly name?: string;
  /** Also data that is older than what is stored. */
  readonly allowOlder?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

export interface ImportResult {
  readonly sources: readonly SourceOutcome[];
  /** Files that no feed recognises: the first of them, and how many there are. */
  readonly unrecognised: readonly string[];
  readonly unrecognisedTotal: number;
  /** Damage in the files, whoever's they are. */
  readonly issues: readonly Issue[];
}

const filesMax = 5_000_000;
const unrecognisedKept = 100;
const lockWaitMs = 10 * 60_000;

/** @throws `not-found` for a path that does not exist, `store`, `aborted`. */
export async function importAdvisories(options: ImportOptions): Promise<ImportResult> {
  for (const path of options.paths)
    if (statSync(path, { throwIfNoEntry: false }) === undefined)
      throw new PlimsollError('not-found', `Cannot import ${JSON.stringify(path)}: no such file`);
  const feeds = await Promise.all(Object.values(registry).map((load) => load()));
  const progress = options.progress ?? silentProgress;
  const { file, signal } = options;
  return withAdvisoryStore({ file, waitMs: lockWaitMs, progress, signal }, async (store) => {
    const run = new Import(store, feeds, options);
    for (const path of options.paths) await run.operand(path, progress);
    return run.result();
  });
}

/** Loose records of one operand that one feed reads. */
interface Loose extends LoadedSource {
  readonly feed: Feed;
}

class Import {
  readonly #store: AdvisoryStore;
  readonly #feeds: readonly Feed[];
  readonly #options: ImportOptions;
  readonly #nowMs: number;
  readonly #outcomes: SourceOutcome[] = [];
  readonly #issues = new IssueList();
  readonly #unrecognised: string[] = [];
  #unrecognisedTotal = 0;

  constructor(store: AdvisoryStore, feeds: readonly Feed[], options: ImportOptions) {
    this.#store = store;
    this.#feeds = feeds;
    this.#options = options;
    this.#nowMs = (options.now ?? Date.now)();
  }

  result(): ImportResult {
    return {
      sources: this.#outcomes,
      unrecognised: this.#unrecognised,
      unrecognisedTotal: this.#unrecognisedTotal,
      issues: this.#issues.toArray(),
    };
  }

  async operand(path: string, progress: Progress): Promise<void> {
    const name = basename(resolve(path));
    const task = progress.start(`importing ${name}`, 'items');
    const loose = new Map<string, Loose>();
    try {
      for await (const file of filesBelow(path)) {
        if (this.#options.signal?.aborted)
          throw new PlimsollError('aborted', 'Cannot import: stopped');
        await this.#file(file, loose, task);
      }
      for (const one of loose.values()) this.#storeLoose(one, path, name);
    } finally {
      for (const { update } of loose.values()) update.close();
      task.done();
    }
  }

  async #file(file: FoundFile, loose: Map<string, Loose>, task: ProgressTask): Promise<void> {
    try {
      for await (const document of openDocuments(file.file, file.path)) {
        await this.#document(document, loose);
        task.advance(1);
      }
    } catch (error) {
      this.#damage(error, file.path);
    }
  }

  async #document(document: FeedDocument, loose: Map<string, Loose>): Promise<void> {
    const feed = this.#feeds.find((one) => one.recognises(document));
    if (feed === undefined) {
      if (this.#unrecognised.length < unrecognisedKept) this.#unrecognised.push(document.path);
      this.#unrecognisedTotal++;
      return;
    }
    let whole: (LoadedSource & { readonly key: string }) | undefined;
    try {
      await loadDocument(feed, document, this.#issues, (key) => {
        if (key === undefined) return this.#looseOf(feed, loose);
        return (whole = { key, update: this.#store.begin(this.#nowMs) });
      });
      if (whole !== undefined) this.#replace({ feed: feed.id, key: whole.key }, feed, whole);
    } catch (error) {
      this.#damage(error, document.path);
    } finally {
      whole?.update.close();
    }
  }

  #looseOf(feed: Feed, loose: Map<string, Loose>): Loose {
    let found = loose.get(feed.id);
    if (found === undefined) {
      found = { feed, update: this.#store.begin(this.#nowMs) };
      loose.set(feed.id, found);
    }
    return found;
  }

  /** An archive whose records are all about one ecosystem is that ecosystem's export. */
  #storeLoose(loose: Loose, path: string, name: string): void {
    const base = path.endsWith('.zip') ? loose.update.commonEcosystem(ecosystemBase) : undefined;
    if (base !== undefined) loose.update.restrictTo(base);
    const key = base ?? `import:${this.#options.name ?? name}`;
    this.#replace({ feed: loose.feed.id, key }, loose.feed, loose);
  }

  #replace(id: SourceId, feed: Feed, loaded: LoadedSource): void {
    const { allowOlder } = this.#options;
    try {
      const stored = this.#store.source(id);
      checkReplacement(id, loaded, stored, { nowMs: this.#nowMs, allowOlder });
      const asOf = asOfLoaded(loaded, this.#nowMs);
      const source = this.#store.replace(id, loaded.update, {
        feedVersion: feed.version,
        fetched: new Date(this.#nowMs).toISOString(),
        ...(asOf === undefined ? {} : { asOf }),
      });
      this.#outcomes.push({ ...id, outcome: 'updated', source });
    } catch (error) {
      if (!(error instanceof PlimsollError) || error.code === 'store') throw error;
      const outcome = error instanceof OlderData ? 'older' : 'failed';
      this.#outcomes.push({ ...id, outcome, error });
    }
  }

  /** Other files still count. */
  #damage(error: unknown, where: string): void {
    if (error instanceof PlimsollError && (error.code === 'store' || error.code === 'aborted'))
      throw error;
    this.#issues.add({ code: 'unreadable-file', message: reasonOf(error), fatal: true, where });
  }
}

interface FoundFile {
  readonly file: string;
  /** From the operand's own name on. */
  readonly path: string;
}

/** Regular files, sorted within their folder; links are not followed. */
async function* filesBelow(operand: string): AsyncGenerator<FoundFile> {
  const name = basename(resolve(operand));
  const waiting: FoundFile[] = [{ file: operand, path: name }];
  if (!statSync(operand).isDirectory()) return yield waiting[0]!;
  for (let files = 0; waiting.length > 0;) {
    const folder = waiting.pop()!;
    const entries: Dirent[] = await Array.fromAsync(await opendir(folder.file));
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    const below = (entry: Dirent): FoundFile => {
      return { file: join(folder.file, entry.name), path: `${folder.path}/${entry.name}` };
    };
    for (const entry of entries)
      if (entry.isFile()) {
        if (++files > filesMax)
          throw new PlimsollError(
            'limit',
            `Cannot import ${JSON.stringify(operand)}: too many files`,
          );
        yield below(entry);
      }
    waiting.push(
      ...entries
        .filter((entry) => entry.isDirectory())
        .map(below)
        .reverse(),
    );
  }
}
