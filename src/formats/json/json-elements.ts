// SPDX-License-Identifier: Apache-2.0
// JSON documents (RFC 8259) that are too large to be held as a whole: a list or an object whose
// elements are read one by one. The brackets and strings are followed byte by byte; each element is
// given to JSON.parse, which judges its syntax.
import { parseJson } from './parse-json.ts';
import { PlimsollError, reasonOf } from '../../model/errors.ts';

export interface JsonElement {
  /** Name of the member of the root that was descended into. */
  readonly within?: string;
  /** Name of the member; absent for an element of a list. */
  readonly key?: string;
  readonly value: unknown;
}

export interface JsonElementsOptions {
  /** Members of the root whose own elements are wanted, not the whole. */
  readonly descend?: readonly string[];
  /** Largest single element. */
  readonly elementBytesMax: number;
}

/** One key of an object: the longest real ones are names of packages. */
const keyBytesMax = 4096;

/**
 * Elements of the root, in order.
 * @throws `invalid` when the text is no JSON list or object, or ends early; `limit`.
 */
export async function* jsonElements(
  chunks: AsyncIterable<Uint8Array>,
  options: JsonElementsOptions,
): AsyncGenerator<JsonElement> {
  const splitter = new Splitter(options);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  splitter.end();
}

interface Frame {
  readonly isObject: boolean;
  readonly within: string | undefined;
}

const code = {
  quote: 0x22,
  backslash: 0x5c,
  comma: 0x2c,
  colon: 0x3a,
  openBrace: 0x7b,
  closeBrace: 0x7d,
  openBracket: 0x5b,
  closeBracket: 0x5d,
} as const;

/** A state machine over bytes; a token may be cut by any chunk border. */
class Splitter {
  readonly #descend: ReadonlySet<string>;
  readonly #elementBytesMax: number;
  readonly #frames: Frame[] = [];
  /** Brackets open inside the current element. */
  #nesting = 0;
  #inString = false;
  #isEscaped = false;
  #isDone = false;
  #key: string | undefined;
  /** Parts of the current key or element from earlier chunks. */
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #hasText = false;

  constructor(options: JsonElementsOptions) {
    this.#descend = new Set(options.descend);
    this.#elementBytesMax = options.elementBytesMax;
  }

  *push(chunk: Uint8Array): Generator<JsonElement> {
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index]!;
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === code.backslash) this.#isEscaped = true;
        else if (byte === code.quote) this.#inString = false;
        continue;
      }
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        // Blanks before an element; those inside belong to it and do no harm.
        if (!this.#hasText) start = index + 1;
        continue;
      }
      if (this.#isDone) throw invalid('text follows its end');
      if (this.#nesting > 0) {
        this.#inside(byte);
        continue;
      }
      const isText = this.#atElement(byte);
      if (isText === 'text') continue;
      if (isText === 'open') {
        start = index + 1;
        continue;
      }
      const text = this.#take(chunk.subarray(start, index));
      start = index + 1;
      if (isText === 'key') this.#key = keyOf(text);
      else {
        const element = this.#element(text);
        if (isText === 'close') this.#close(byte);
        if (element !== undefined) yield element;
      }
    }
    if (this.#hasText) this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (!this.#isDone) throw invalid('it ends early');
  }

  /** A byte of an element that is itself a list or an object. */
  #inside(byte: number): void {
    if (byte === code.quote) this.#inString = true;
    else if (byte === code.openBrace || byte === code.openBracket) this.#nesting++;
    else if (byte === code.closeBrace || byte === code.closeBracket) this.#nesting--;
  }

  /** A byte between elements, or of an element that is neither list nor object. */
  #atElement(byte: number): 'text' | 'open' | 'key' | 'element' | 'close' {
    const frame = this.#frames.at(-1);
    if (byte === code.openBrace || byte === code.openBracket) return this.#open(byte, frame);
    if (frame === undefined) throw invalid('it is no list and no object');
    if (byte === code.comma) return 'element';
    if (byte === code.closeBrace || byte === code.closeBracket) return 'close';
    if (byte === code.colon && frame.isObject && this.#key === undefined) return 'key';
    if (byte === code.quote) this.#inString = true;
    this.#hasText = true;
    return 'text';
  }

  #open(byte: number, frame: Frame | undefined): 'text' | 'open' {
    const isObject = byte === code.openBrace;
    const key = this.#key;
    const descends =
      frame === undefined ||
      (this.#frames.length === 1 && key !== undefined && this.#descend.has(key));
    if (descends && !this.#hasText) {
      this.#frames.push({ isObject, within: frame === undefined ? undefined : key });
      this.#key = undefined;
      return 'open';
    }
    this.#nesting = 1;
    this.#hasText = true;
    return 'text';
  }

  #close(byte: number): void {
    const frame = this.#frames.pop()!;
    if (frame.isObject !== (byte === code.closeBrace)) throw invalid('a bracket does not match');
    this.#isDone = this.#frames.length === 0;
    // What follows a descended member is a comma or the end: an empty element, which is no one's.
    this.#key = undefined;
  }

  #element(text: Buffer): JsonElement | undefined {
    const frame = this.#frames.at(-1)!;
    const key = this.#key;
    this.#key = undefined;
    if (text.length === 0) {
      if (key !== undefined) throw invalid('a member has no value');
      return undefined;
    }
    if (frame.isObject && key === undefined) throw invalid('a member has no name');
    const { within } = frame;
    return {
      ...(within === undefined ? {} : { within }),
      ...(key === undefined ? {} : { key }),
      value: parse(text),
    };
  }

  #keep(part: Uint8Array): void {
    this.#partsBytes += part.length;
    if (this.#partsBytes > this.#elementBytesMax)
      throw new PlimsollError(
        'limit',
        `Cannot read JSON: an element is larger than ${this.#elementBytesMax} bytes`,
      );
    // The reader of a stream may use the chunk's memory again.
    this.#parts.push(Uint8Array.prototype.slice.call(part));
  }

  #take(last: Uint8Array): Buffer {
    if (!this.#hasText) return Buffer.alloc(0);
    this.#keep(last);
    const text = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsBytes = 0;
    this.#hasText = false;
    return text;
  }
}

function keyOf(text: Buffer): string {
  const key = text.length <= keyBytesMax ? parse(text) : undefined;
  if (typeof key !== 'string') throw invalid('a name is no string, or too long');
  return key;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(text: Uint8Array): unknown {
  try {
    return parseJson(utf8.decode(text));
  } catch (error) {
    throw invalid(reasonOf(error).slice(0, 200));
  }
}

function invalid(why: string): PlimsollError {
  return new PlimsollError('invalid', `Cannot read JSON: ${why}`);
}
