// SPDX-License-Identifier: Apache-2.0
// The one family of errors. Callers switch on `code`, never on the text; the command line prints
// `error:` with the message and `hint:` with what to do next.

/**
 * - `usage`: the command line or an option is wrong
 * - `invalid`: foreign bytes break their format's specification
 * - `limit`: foreign data is larger or deeper than a named limit allows
 * - `digest-mismatch`: bytes are not those that their digest names
 * - `not-found`: an image, file, tag or record does not exist
 * - `unauthorized`: credentials are missing or refused
 * - `network`: a server cannot be reached or breaks off
 * - `offline`: the network would be needed and `--offline` forbids it
 * - `unsupported`: understood, and not something that Plimsoll can do
 * - `io`: the local file system, an engine's socket or a child process fails
 * - `store`: the local store is damaged, locked or of a newer version
 * - `aborted`: the user or a caller's signal stopped the work
 */
export type ErrorCode =
  | 'usage'
  | 'invalid'
  | 'limit'
  | 'digest-mismatch'
  | 'not-found'
  | 'unauthorized'
  | 'network'
  | 'offline'
  | 'unsupported'
  | 'io'
  | 'store'
  | 'aborted';

export interface ErrorOptions {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** An operating error: message with the action first, values quoted, no full stop at its end. */
export class PlimsollError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'PlimsollError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** The text of anything that was thrown, for the `cause` part of a message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True when the error is of our family and has the code. */
export function isCode(error: unknown, code: ErrorCode): error is PlimsollError {
  return error instanceof PlimsollError && error.code === code;
}
