// SPDX-License-Identifier: Apache-2.0
// A registry's refusal in our words: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
import { PlimsollError, type ErrorCode } from '../model/errors.ts';
import type { HttpResponse } from '../network/http.ts';
import type { Endpoint } from './endpoints.ts';

const bodyBytesMax = 64 << 10;
const textLengthMax = 200;

/** Reads the answer to its end. */
export async function registryError(
  response: HttpResponse,
  what: string,
  endpoint: Endpoint,
  loginHint: string,
): Promise<PlimsollError> {
  const { status } = response;
  const said = await firstError(response);
  const code: ErrorCode =
    status === 404 ? 'not-found' : status === 401 || status === 403 ? 'unauthorized' : 'network';
  const hint =
    code === 'unauthorized'
      ? loginHint
      : status === 429
        ? 'the registry limits how often it is asked: log in, or wait'
        : code === 'not-found'
          ? 'check the name and the tag'
          : undefined;
  const server = new URL(endpoint.baseUrl).host;
  return new PlimsollError(
    code,
    `Cannot fetch ${what} of ${JSON.stringify(endpoint.repository)} from ${server}: it answers ${status}${said}`,
    { hint },
  );
}

/** The server's own words, cut short and without control characters. */
async function firstError(response: HttpResponse): Promise<string> {
  try {
    const body = (await response.json(bodyBytesMax)) as { errors?: unknown };
    const first = (Array.isArray(body.errors) ? body.errors[0] : undefined) as unknown;
    const { code, message } = (first ?? {}) as Record<string, unknown>;
    const words = [code, message].filter((part) => typeof part === 'string' && part !== '');
    if (words.length === 0) return '';
    return ` (${words.join(': ').replace(/\p{C}/gu, ' ').slice(0, textLengthMax)})`;
  } catch {
    return '';
  }
}
