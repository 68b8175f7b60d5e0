// SPDX-License-Identifier: Apache-2.0
// Finds a number by (parent number, name bytes): open addressing in one Int32Array, no strings.
// Who owns the table knows the names; it is asked whether a candidate is the one.
import { randomInt } from 'node:crypto';

// Names come from strangers: with a multiplier and a seed that nobody knows beforehand, names that
// all fall on one place cannot be prepared.
const seed = randomInt(2 ** 31);
const multiplier = randomInt(2 ** 29) * 8 + 5;

/** 32 bits over the parent's number and the bytes of the name. */
export function hashName(parent: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(seed ^ parent, multiplier);
  hash ^= hash >>> 15;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ bytes[at]!, multiplier);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 16);
}

/** Bytes of one range equal those of another. */
export function equalsName(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): boolean {
  if (leftEnd - leftStart !== rightEnd - rightStart) return false;
  for (let at = leftStart, other = rightStart; at < leftEnd; at++, other++)
    if (left[at] !== right[other]) return false;
  return true;
}

export interface NameTableOwner {
  /** True when number `candidate` has this parent and name. */
  isNamed(
    candidate: number,
    parent: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean;
  /** Hash of what `candidate` is called, for growing. */
  hashOf(candidate: number): number;
}

export class NameTable {
  readonly #owner: NameTableOwner;
  /** Number plus one; 0 is free. */
  #slots = new Int32Array(1 << 10);
  #used = 0;

  constructor(owner: NameTableOwner) {
    this.#owner = owner;
  }

  /** The number filed under (parent, name), or -1. */
  find(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashName(parent, bytes, start, end) & mask;
    for (;;) {
      const number = this.#slots[slot]! - 1;
      if (number < 0 || this.#owner.isNamed(number, parent, bytes, start, end)) return number;
      slot = (slot + 1) & mask;
    }
  }

  /** Files `number` under (parent, name); the number that it takes the place of, or -1. */
  set(parent: number, bytes: Uint8Array, start: number, end: number, number: number): number {
    // Three quarters full: probes stay short.
    if (this.#used * 4 >= this.#slots.length * 3) this.#grow();
    const mask = this.#slots.length - 1;
    let slot = hashName(parent, bytes, start, end) & mask;
    let other = this.#slots[slot]! - 1;
    while (other >= 0 && !this.#owner.isNamed(other, parent, bytes, start, end)) {
      slot = (slot + 1) & mask;
      other = this.#slots[slot]! - 1;
    }
    if (other < 0) this.#used++;
    this.#slots[slot] = number + 1;
    return other;
  }

  /** Makes room for so many names in an empty table: growing on the way would file them again. */
  reserve(count: number): void {
    let length = this.#slots.length;
    while (count * 4 >= length * 3) length *= 2;
    if (this.#used === 0 && length > this.#slots.length) this.#slots = new Int32Array(length);
  }

  /** Gives the memory back at once. Nothing is found any more. */
  clear(): void {
    this.#slots.buffer.transfer(0);
    this.#slots = new Int32Array(1);
    this.#used = 0;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    const mask = this.#slots.length - 1;
    for (const filed of old) {
      if (filed === 0) continue;
      let slot = this.#owner.hashOf(filed - 1) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = filed;
    }
    // Given up at once, not when it is collected.
    old.buffer.transfer(0);
  }
}
