// SPDX-License-Identifier: Apache-2.0
// An SBOM in whatever format it is: told by its content, never by its name.
import { parseJson } from '../json/parse-json.ts';
import { PlimsollError, reasonOf } from '../../model/errors.ts';
import { decodeCycloneDx } from '../cyclonedx/decode.ts';
import { decodeSpdx, decodeSpdx3 } from '../spdx/decode.ts';
import { parseTagValue } from '../spdx/tag-value.ts';
import { list, record, text, type JsonRecord } from '../json/json-record.ts';
import { sbomSizeBytesMax, type DecodedSbom, type SbomContext } from './sbom.ts';

const readable =
  'want CycloneDX 1.2 to 1.7 in JSON, or SPDX 2.2, 2.3 or 3.0 in JSON or tag-value form';

/**
 * Reads CycloneDX JSON, SPDX JSON, SPDX tag-value, and an in-toto statement around one of the first
 * two (as attestations carry it).
 * @throws `limit` when it is larger than `sbomSizeBytesMax`, `invalid` when it is none of these,
 * `unsupported` when it is an SBOM in a form that cannot be read.
 */
export function decodeSbom(bytes: Uint8Array, context: SbomContext): DecodedSbom {
  if (bytes.length > sbomSizeBytesMax)
    throw new PlimsollError(
      'limit',
      `Cannot read an SBOM of ${bytes.length} bytes: at most ${sbomSizeBytesMax} are read`,
    );
  const content = textOf(bytes).trimStart();
  if (content.startsWith('{')) return decodeDocument(parseDocument(content), context);
  if (content.startsWith('<')) throw refusedXml(content.slice(0, 1000));
  if (/^(#[^\n]*\n|\s)*SPDXVersion:/.test(content.slice(0, 10_000)))
    return decodeSpdx(parseTagValue(content), context);
  throw unknown('it is neither JSON nor SPDX tag-value');
}

/** UTF-8, with or without its mark, or UTF-16 with one: PowerShell's redirection writes that. */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unknown('it is not text');
  }
}

function parseDocument(content: string): JsonRecord {
  try {
    return record(parseJson(content));
  } catch (error) {
    throw unknown(`its JSON is damaged: ${reasonOf(error).slice(0, 200)}`, error);
  }
}

function decodeDocument(document: JsonRecord, context: SbomContext): DecodedSbom {
  const predicate = text(document['_type'])?.startsWith('https://in-toto.io/Statement/')
    ? record(document['predicate'])
    : document;
  // Cosign wraps the document once more.
  const inner =
    typeof predicate['Data'] === 'string' ? parseDocument(predicate['Data']) : predicate;
  if (inner['bomFormat'] === 'CycloneDX') return decodeCycloneDx(inner, context);
  if (text(inner['spdxVersion']) !== undefined) return decodeSpdx(inner, context);
  if (list(inner['@graph']).length > 0 && isSpdx3(inner)) return decodeSpdx3(inner, context);
  throw unknown('its JSON is neither CycloneDX nor SPDX');
}

function isSpdx3(document: JsonRecord): boolean {
  const contexts = [document['@context'], ...list(document['@context'])];
  return contexts.some((value) => text(value)?.includes('spdx.org/rdf/3.') ?? false);
}

function refusedXml(start: string): PlimsollError {
  const cyclonedx = start.includes('cyclonedx.org/schema/bom');
  return new PlimsollError(
    'unsupported',
    `Cannot read the SBOM: it is ${cyclonedx ? 'CycloneDX in XML' : 'XML'}`,
    {
      hint: cyclonedx
        ? 'convert it to JSON, e.g. cyclonedx convert --output-format json'
        : readable,
    },
  );
}

function unknown(state: string, cause?: unknown): PlimsollError {
  return new PlimsollError('invalid', `Cannot read the SBOM: ${state}`, { hint: readable, cause });
}
