// SPDX-License-Identifier: Apache-2.0
// When a request is tried again, and after how long.
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after

/** Tries in all: enough for a rolling restart of a server, short enough for a person who waits. */
export const attemptsMax = 4;
const firstDelayMs = 400;
/** A server that asks for more is given up on for now: its answer goes to the caller. */
export const retryAfterMsMax = 60_000;

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const retriedStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const retriedCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
]);

/** RFC 9110 section 9.2.2: repeating these has the effect of one. */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}

export function isRetriedStatus(status: number): boolean {
  return retriedStatuses.has(status);
}

/** False for what a repetition cannot heal: an unknown host, a wrong certificate. */
export function isRetriedFailure(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && retriedCodes.has(code);
}

/**
 * Milliseconds before the next try, undefined when the server wants a longer pause than we make.
 * @param attempt The try that failed, from 1.
 * @param random From 0 to 1: many clients must not come back at once.
 */
export function retryDelayMs(
  attempt: number,
  retryAfter: string | undefined,
  nowMs: number,
  random: number,
): number | undefined {
  const backOffMs = firstDelayMs * 2 ** (attempt - 1) * (0.5 + random / 2);
  const wantedMs = parseRetryAfterMs(retryAfter, nowMs);
  if (wantedMs === undefined) return backOffMs;
  return wantedMs > retryAfterMsMax ? undefined : Math.max(wantedMs, backOffMs);
}

/** Seconds or an HTTP date; undefined for anything else. */
function parseRetryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
