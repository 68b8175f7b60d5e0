// SPDX-License-Identifier: Apache-2.0
// Seeded mutations of bytes for fuzzing: the same seed gives the same inputs on every machine.

/** Deterministic numbers: the mulberry32 generator, 32 bits of state. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 <= n < limit */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** Values that lengths and counts break on. */
const edges = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];
/** What text formats take numbers from. */
const texts = [
  '0',
  '-1',
  '99999999999',
  '18446744073709551616',
  '\0',
  '\n',
  '../',
  '/',
  '"',
  '{',
  '<',
];
/** Inputs do not grow without end. */
const lengthMax = 1 << 20;

/** A changed copy: one to eight small damages, as disks, networks and attackers do them. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Buffer {
  let result = Buffer.from(bytes);
  const count = 1 + random.below(8);
  for (let step = 0; step < count; step++) result = mutateOnce(result, random, others);
  return result.subarray(0, lengthMax);
}

function mutateOnce(
  bytes: Buffer<ArrayBuffer>,
  random: Random,
  others: readonly Uint8Array[],
): Buffer<ArrayBuffer> {
  if (bytes.length === 0) return Buffer.from(random.pick(others));
  const at = random.below(bytes.length);
  const length = 1 + random.below(Math.min(64, bytes.length - at));
  switch (random.below(9)) {
    case 0:
      bytes[at]! ^= 1 << random.below(8);
      return bytes;
    case 1:
      bytes[at] = random.below(256);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 5:
      return overwrite(bytes, at, edgeBytes(random));
    case 6:
      return overwrite(bytes, at, Buffer.from(random.pick(texts)));
    case 7: {
      const other = random.pick(others);
      const from = random.below(Math.max(1, other.length));
      return overwrite(bytes, at, Buffer.from(other.subarray(from, from + length * 8)));
    }
    default:
      return overwrite(bytes, at, Buffer.alloc(length, random.below(256)));
  }
}

function edgeBytes(random: Random): Buffer {
  const value = random.pick(edges);
  const bytes = Buffer.alloc(random.pick([1, 2, 4, 8]));
  for (let index = 0; index < Math.min(4, bytes.length); index++)
    bytes[index] = (value >>> (8 * index)) & 0xff;
  return random.below(2) === 0 ? bytes : bytes.reverse();
}

function overwrite(bytes: Buffer<ArrayBuffer>, at: number, part: Buffer): Buffer<ArrayBuffer> {
  part.copy(bytes, at, 0, Math.min(part.length, bytes.length - at));
  return bytes;
}
