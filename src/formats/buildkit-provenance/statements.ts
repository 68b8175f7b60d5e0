// SPDX-License-Identifier: Apache-2.0
// in-toto statements as tools store and print them: one, a list, one per line, each bare or in a
// DSSE envelope. Signatures are not looked at here: whoever uses the content says so.
// https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
// https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
import { isDigest, type Digest } from '../../model/digest.ts';
import { isCode, PlimsollError } from '../../model/errors.ts';
import { isRecord, type JsonRecord } from '../json/json-record.ts';
import { decodeJson, field, invalid } from '../oci/json-fields.ts';

export interface Statement {
  /** SHA-256 digests of what the statement is about. */
  readonly subjects: readonly Digest[];
  readonly predicateType: string;
  readonly predicate: JsonRecord;
}

/** With the whole build's steps and its Dockerfile in it a statement has some megabytes. */
export const provenanceSizeBytesMax = 64 << 20;
/** An image has one per platform and predicate. */
const statementsMax = 1000;
const subjectsMax = 1000;

const envelopeType = 'application/vnd.in-toto+json';

/** @throws `limit`, and `invalid` when it is no JSON or holds no statement. */
export function decodeStatements(bytes: Uint8Array, what: string): readonly Statement[] {
  const values = documentsIn(bytes, what);
  if (values.length > statementsMax)
    throw new PlimsollError('limit', `Cannot read ${what}: it holds more than ${statementsMax}`);
  const statements = values.flatMap((value) => statementOf(value, what) ?? []);
  if (statements.length === 0) throw invalid(what, 'it holds no in-toto statement');
  return statements;
}

function documentsIn(bytes: Uint8Array, what: string): readonly unknown[] {
  try {
    const value = decodeJson(bytes, what, provenanceSizeBytesMax);
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    if (!isCode(error, 'invalid')) throw error;
    const lines = splitLines(bytes);
    if (lines.length < 2) throw error;
    return lines.map((line) => decodeJson(line, what, provenanceSizeBytesMax));
  }
}

function splitLines(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length && lines.length <= statementsMax;) {
    const end = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (line.some((byte) => byte > 0x20)) lines.push(line);
    start = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

function statementOf(value: unknown, what: string): Statement | undefined {
  if (!isRecord(value)) return undefined;
  // A Sigstore bundle holds the envelope.
  const inner = field(value, 'dsseEnvelope');
  const envelope = isRecord(inner) ? inner : value;
  const payload = field(envelope, 'payload');
  if (field(envelope, 'payloadType') === envelopeType && typeof payload === 'string')
    return bareStatement(
      decodeJson(Buffer.from(payload, 'base64'), `${what}: payload`, provenanceSizeBytesMax),
    );
  return bareStatement(value);
}

function bareStatement(value: unknown): Statement | undefined {
  if (!isRecord(value)) return undefined;
  const type = field(value, '_type');
  const predicateType = field(value, 'predicateType');
  const predicate = field(value, 'predicate');
  const isStatement = typeof type === 'string' && type.startsWith('https://in-toto.io/Statement/');
  if (!isStatement || typeof predicateType !== 'string' || !isRecord(predicate)) return undefined;
  return { subjects: subjectsOf(field(value, 'subject')), predicateType, predicate };
}

function subjectsOf(list: unknown): readonly Digest[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).slice(0, subjectsMax).flatMap((subject) => {
    const digests = isRecord(subject) ? field(subject, 'digest') : undefined;
    const hex = isRecord(digests) ? field(digests, 'sha256') : undefined;
    const digest = `sha256:${typeof hex === 'string' ? hex : ''}`;
    return isDigest(digest) ? [digest] : [];
  });
}
