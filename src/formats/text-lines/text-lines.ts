// SPDX-License-Identifier: Apache-2.0
// Lines of a text that is too large to be held as a whole.
import { PlimsollError } from '../../model/errors.ts';

/**
 * Lines without their ends (LF or CR LF); the last one needs none.
 * @throws `limit` when a line is longer than `lineBytesMax`, `invalid` when the text is no UTF-8.
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decode(decoder, chunk)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield checked(line, lineBytesMax);
    checked(rest, lineBytesMax);
  }
  rest += decode(decoder);
  if (rest !== '') yield checked(rest, lineBytesMax);
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new PlimsollError('invalid', 'Cannot read text: it is no UTF-8', { cause });
  }
}

function checked(line: string, lineBytesMax: number): string {
  if (line.length > lineBytesMax)
    throw new PlimsollError('limit', `Cannot read text: a line is longer than ${lineBytesMax}`);
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
