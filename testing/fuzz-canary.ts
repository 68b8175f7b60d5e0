// SPDX-License-Identifier: Apache-2.0
// A parser with a mistake that a fuzzer must find within seconds: see tools/fuzz.ts.

export const name = 'canary';

export function seeds(): readonly Uint8Array[] {
  return [Buffer.from('length 5: hello')];
}

/** Believes the length that the input claims. */
export function run(bytes: Uint8Array): void {
  const match = /^length ([0-9]+): (.*)$/s.exec(Buffer.from(bytes).toString('latin1'));
  if (match !== null && Number(match[1]) > match[2]!.length) throw new RangeError('out of bounds');
}
