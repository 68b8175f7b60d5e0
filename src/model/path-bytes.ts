// SPDX-License-Identifier: Apache-2.0
// File names are bytes. Most are UTF-8; the others must survive a round trip through JSON, or two
// different files become one. Bytes that are not UTF-8 become the lone surrogates U+DC80..U+DCFF,
// as in Python's PEP 383.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a file name; each byte that is not part of valid UTF-8 becomes one lone surrogate. */
export function decodePath(bytes: Uint8Array): string {
  let ascii = true;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at]! >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    return decodeDamaged(bytes);
  }
}

function decodeDamaged(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + bytes[at]!);
      at++;
    } else {
      text += utf8.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length =
    lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    utf8.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** The exact bytes that `decodePath` was given. */
export function encodePath(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text, 'utf8');
  const parts: Uint8Array[] = [];
  // With the `u` flag a surrogate pair is one code point, so only lone surrogates are split off.
  for (const part of text.split(/([\udc80-\udcff])/u)) {
    const code = part.charCodeAt(0);
    if (part.length === 1 && code >= 0xdc80 && code <= 0xdcff)
      parts.push(Uint8Array.of(code & 0xff));
    else parts.push(Buffer.from(part, 'utf8'));
  }
  return Buffer.concat(parts);
}
