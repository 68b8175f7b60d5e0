// SPDX-License-Identifier: Apache-2.0
// Maven's version order, https://maven.apache.org/pom.html#version-order-specification: a version is
// a list of numbers and qualifiers; a hyphen, and each change between digits and letters, opens a
// list within the list.
import { compareText } from '../../model/compare-text.ts';
import { compareDigits, orderOf } from './version-order.ts';

type Item =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'word'; readonly rank: string }
  | ListItem;
interface ListItem {
  readonly kind: 'list';
  readonly items: Item[];
}

/** Oldest first; the empty one is the release itself. Any other word is newer than all of them. */
const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const releaseRank = String(qualifiers.indexOf(''));
const aliases: Readonly<Record<string, string>> = { ga: '', final: '', release: '', cr: 'rc' };
/** Only directly before a digit. */
const shortAliases: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

export const compareMaven = orderOf(parse, compareItems);

function parse(text: string): ListItem | undefined {
  if (!/^[\u0021-\u007e]+$/.test(text)) return undefined;
  return new MavenParser(text.toLowerCase()).parse();
}

/** One pass over the text; every list that it opens is the last item of the one before. */
class MavenParser {
  readonly #text: string;
  readonly #lists: ListItem[] = [{ kind: 'list', items: [] }];
  #start = 0;
  #inDigits = false;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ListItem {
    for (let at = 0; at < this.#text.length; at++) {
      const char = this.#text[at]!;
      if (char === '.' || char === '-') this.#separator(char, at);
      else if (isDigit(char) !== this.#inDigits) this.#transition(at);
    }
    if (this.#text.length > this.#start) {
      this.#openForWord();
      this.#add(this.#text.length, false);
    }
    for (const list of this.#lists.toReversed()) dropEndingNulls(list);
    return this.#lists[0]!;
  }

  #separator(char: string, at: number): void {
    if (at === this.#start) this.#list.items.push({ kind: 'number', digits: '0' });
    else this.#add(at, false);
    this.#start = at + 1;
    if (char === '-') this.#open();
  }

  #transition(at: number): void {
    if (at > this.#start) {
      this.#openForWord();
      this.#add(at, !this.#inDigits);
      this.#start = at;
      this.#open();
    }
    this.#inDigits = !this.#inDigits;
  }

  get #list(): ListItem {
    return this.#lists.at(-1)!;
  }

  #open(): void {
    const list: ListItem = { kind: 'list', items: [] };
    this.#list.items.push(list);
    this.#lists.push(list);
  }

  /** `1.x` is `1-x` where the word ends the version or a digit follows. */
  #openForWord(): void {
    if (!this.#inDigits && this.#list.items.length > 0) this.#open();
  }

  #add(end: number, beforeDigit: boolean): void {
    const text = this.#text.slice(this.#start, end);
    this.#list.items.push(
      this.#inDigits
        ? { kind: 'number', digits: text }
        : { kind: 'word', rank: rankOf(text, beforeDigit) },
    );
  }
}

function longNameOf(word: string): string {
  return Object.hasOwn(shortAliases, word) ? shortAliases[word]! : word;
}

function rankOf(word: string, beforeDigit: boolean): string {
  const long = beforeDigit ? longNameOf(word) : word;
  const qualifier = Object.hasOwn(aliases, long) ? aliases[long]! : long;
  const index = qualifiers.indexOf(qualifier);
  return index < 0 ? `${qualifiers.length}-${qualifier}` : String(index);
}

/** `1.0.0` is `1`, and `1-ga` as well: zeros, release words and empty lists before the end or a list count nothing. */
function dropEndingNulls(list: ListItem): void {
  for (let at = list.items.length - 1; at >= 0; at--) {
    const item = list.items[at]!;
    if (isNull(item)) list.items.splice(at, 1);
    else if (item.kind !== 'list') return;
  }
}

function isNull(item: Item): boolean {
  if (item.kind === 'list') return item.items.length === 0;
  return item.kind === 'number' ? /^0+$/.test(item.digits) : item.rank === releaseRank;
}

/** A missing item on one side is undefined: there stands nothing, which is the release itself. */
function compareItems(left: Item | undefined, right: Item | undefined): number {
  if (left === undefined) return right === undefined ? 0 : -compareItems(right, undefined);
  if (right === undefined) return compareToNothing(left);
  if (left.kind === 'number' && right.kind === 'number')
    return compareDigits(left.digits, right.digits);
  if (left.kind === 'word' && right.kind === 'word') return compareText(left.rank, right.rank);
  if (left.kind === 'list' && right.kind === 'list') return compareLists(left, right);
  return kindOrder.indexOf(left.kind) - kindOrder.indexOf(right.kind);
}

/** `1-sp` < `1-1` < `1.1`. */
const kindOrder = ['word', 'list', 'number'];

function compareToNothing(item: Item): number {
  if (item.kind === 'number') return isNull(item) ? 0 : 1;
  if (item.kind === 'word') return compareText(item.rank, releaseRank);
  for (const inner of item.items) {
    const difference = compareToNothing(inner);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareLists(left: ListItem, right: ListItem): number {
  for (let at = 0; at < Math.max(left.items.length, right.items.length); at++) {
    const difference = compareItems(left.items[at], right.items[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}
