// SPDX-License-Identifier: Apache-2.0
// Reads SPDX 2.2 and 2.3 in tag-value form, https://spdx.github.io/spdx-spec/v2.3/conformance/#44,
// into the shape of their JSON form, as far as packages need it.
import type { JsonRecord } from '../json/json-record.ts';

/** One package's fields; lists grow while its section is read. */
interface TaggedPackage {
  [field: string]: unknown;
  readonly externalRefs: object[];
  readonly attributionTexts: string[];
  annotations: readonly object[];
}

/** Tags with one value, by the JSON field that they are. */
const packageFields: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageLicenseDeclared: 'licenseDeclared',
  PackageSourceInfo: 'sourceInfo',
  PackageSummary: 'summary',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
};

/** Tags that begin another kind of element: what follows is no package's. */
const otherSections = new Set(['FileName', 'SnippetSPDXID', 'LicenseID']);

export function parseTagValue(text: string): JsonRecord {
  const document: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const creators: string[] = [];
  const packages: TaggedPackage[] = [];
  const licenses: Record<string, string>[] = [];
  /** Element's id -> comments: annotations name what they are about, wherever they stand. */
  const annotations = new Map<string, object[]>();
  let annotated: object[] | undefined;
  let current: TaggedPackage | undefined;
  let license: Record<string, string> | undefined;
  for (const [tag, value] of tagValues(text)) {
    if (tag === 'PackageName') {
      current = { name: value, externalRefs: [], attributionTexts: [], annotations: [] };
      license = undefined;
      packages.push(current);
    } else if (otherSections.has(tag)) {
      current = undefined;
      license = tag === 'LicenseID' ? { licenseId: value } : undefined;
      if (license !== undefined) licenses.push(license);
    } else if (tag === 'SPDXREF') {
      annotated = annotations.get(value) ?? [];
      annotations.set(value, annotated);
    } else if (tag === 'AnnotationComment') annotated?.push({ comment: value });
    else if (license !== undefined && tag === 'ExtractedText') license['extractedText'] = value;
    else if (current !== undefined) readPackageTag(current, tag, value);
    else if (tag === 'SPDXVersion') document['spdxVersion'] = value;
    else if (tag === 'DocumentName') document['name'] = value;
    else if (tag === 'Creator') creators.push(value);
  }
  for (const item of packages) item.annotations = annotations.get(String(item['SPDXID'])) ?? [];
  return {
    ...document,
    creationInfo: { creators },
    packages,
    hasExtractedLicensingInfos: licenses,
  };
}

function readPackageTag(item: TaggedPackage, tag: string, value: string): void {
  if (tag === 'ExternalRef') {
    const [referenceCategory, referenceType, referenceLocator] = value.split(/\s+/, 3);
    item.externalRefs.push({ referenceCategory, referenceType, referenceLocator });
  } else if (tag === 'PackageAttributionText') item.attributionTexts.push(value);
  else if (Object.hasOwn(packageFields, tag)) item[packageFields[tag]!] = value;
}

const textStart = '<text>';
const textEnd = '</text>';

/** Tags with their values; a value between `<text>` and `</text>` may go over several lines. */
function* tagValues(text: string): Iterable<readonly [tag: string, value: string]> {
  let at = 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    const line = text.slice(at, lineEnd);
    const colon = line.indexOf(':');
    const valueAt = colon < 0 ? -1 : at + colon + 1 + blanksAt(line, colon + 1);
    at = lineEnd + 1;
    if (colon < 0 || line.startsWith('#')) continue;
    const tag = line.slice(0, colon).trim();
    if (!text.startsWith(textStart, valueAt)) {
      yield [tag, text.slice(valueAt, lineEnd).trim()];
      continue;
    }
    const from = valueAt + textStart.length;
    const end = text.indexOf(textEnd, from);
    // Not closed: the rest of the document is its value, as a reader of the specification has it.
    yield [tag, text.slice(from, end < 0 ? undefined : end)];
    at = end < 0 ? text.length : endOfLine(text, end) + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function blanksAt(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') at++;
  return at - from;
}
