// SPDX-License-Identifier: Apache-2.0
// For tests of feeds: what a feed reads of one document, whose bytes come in small pieces.
import type { Advisory, AffectedPackage, Enrichment } from '../src/model/advisory.ts';
import { PlimsollError } from '../src/model/errors.ts';
import { IssueList, type Issue } from '../src/model/issue.ts';
import type { Feed, FeedDocument } from '../src/vulnerability/feed.ts';

export interface FeedReading {
  readonly advisories: readonly Advisory[];
  readonly enrichments: readonly Enrichment[];
  /** What the document says of itself, all of its statements together. */
  readonly source: { readonly key?: string; readonly asOf?: string };
  readonly issues: readonly Issue[];
}

const headBytes = 16 * 1024;
/** Odd, so that cuts fall into numbers, texts and characters. */
const chunkBytes = 997;

/** First bytes and path, as a feed is asked whether it reads such a document. */
export function startOf(path: string, content: string | Buffer): { path: string; head: string } {
  return { path, head: Buffer.from(content).subarray(0, headBytes).toString() };
}

/** @throws what the feed throws of the document as a whole. */
export async function readFeed(
  feed: Feed,
  path: string,
  content: string | Buffer,
  lastModified?: string,
): Promise<FeedReading> {
  const issues = new IssueList();
  const advisories: Advisory[] = [];
  const enrichments: Enrichment[] = [];
  let source = {};
  const document = documentOf(path, Buffer.from(content), lastModified);
  for await (const record of feed.read(document, { issues })) {
    const { kind, ...rest } = record;
    if (record.kind === 'advisory') advisories.push(record.advisory);
    if (record.kind === 'enrichment') enrichments.push(record.enrichment);
    if (kind === 'source') source = { ...source, ...rest };
  }
  return { advisories, enrichments, source, issues: issues.toArray() };
}

function documentOf(path: string, content: Buffer, lastModified?: string): FeedDocument {
  return {
    ...startOf(path, content),
    ...(lastModified === undefined ? {} : { lastModified }),
    async *stream() {
      for (let at = 0; at < content.length; at += chunkBytes)
        yield await Promise.resolve(content.subarray(at, at + chunkBytes));
    },
    bytes(sizeBytesMax) {
      if (content.length <= sizeBytesMax) return Promise.resolve(content);
      return Promise.reject(new PlimsollError('limit', 'Cannot read document: it is too large'));
    },
  };
}

/** `ecosystem name: >=introduced <fixed <=lastAffected`, a term for each event. */
export function rangesText({ ecosystem, name, ranges }: AffectedPackage): string {
  const terms = ranges.flatMap(({ events }) =>
    events.map((event) => {
      if ('introduced' in event) return `>=${event.introduced}`;
      if ('fixed' in event) return `<${event.fixed}`;
      return 'lastAffected' in event ? `<=${event.lastAffected}` : '';
    }),
  );
  return `${ecosystem} ${name}: ${terms.join(' ')}`;
}
