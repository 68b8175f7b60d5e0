// SPDX-License-Identifier: Apache-2.0
// Metadata of Python distributions: `METADATA` and `PKG-INFO`, mail headers and a description.
// https://packaging.python.org/en/latest/specifications/core-metadata/

export type PythonDistribution = {
  /** As its author writes it: `PyYAML`. https://peps.python.org/pep-0503/ tells how names compare. */
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string;
};

/** Headers of real files: below 200 lines, unless the licence's whole text stands there. */
const headerLinesMax = 10_000;
const lineLengthMax = 64 << 10;
/** A longer `License` is its text, not its name. */
const licenseLengthMax = 200;
const textLengthMax = 1024;
const classifiersMax = 20;

const wantedHeaders = new Set([
  'name',
  'version',
  'license',
  'license-expression',
  'author',
  'author-email',
  'classifier',
]);

/** Undefined where name or version is missing or none. */
export function parsePythonMetadata(bytes: Uint8Array): PythonDistribution | undefined {
  const headers = readHeaders(Buffer.from(bytes).toString('utf8'));
  const first = (name: string): string | undefined => headers.get(name)?.[0] || undefined;
  const name = first('name');
  const version = first('version');
  if (!isName(name) || !isVersion(version)) return undefined;
  const license = licenseOf(headers);
  const author = (first('author') ?? first('author-email'))?.slice(0, textLengthMax);
  return {
    name,
    version,
    ...(license === undefined ? {} : { license }),
    ...(author === undefined ? {} : { author }),
  };
}

/** Values by header name in lower case. The first empty line ends the headers; folded lines go on. */
function readHeaders(text: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  let current: string[] | undefined;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let lines = 0; at < text.length && lines < headerLinesMax; lines++) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, Math.min(end, at + lineLengthMax)).replace(/\r$/, '');
    at = end + 1;
    if (line === '') break;
    if (/^[ \t]/.test(line)) {
      const last = current?.pop();
      if (last !== undefined && last.length < textLengthMax)
        current!.push(`${last}\n${line.trim()}`);
      else if (last !== undefined) current!.push(last);
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    current = wantedHeaders.has(name) ? (headers.get(name) ?? []) : undefined;
    if (current === undefined) continue;
    headers.set(name, current);
    if (current.length < 1000) current.push(line.slice(colon + 1).trim());
  }
  return headers;
}

/** The expression; else the name; else what the classifiers say. */
function licenseOf(headers: ReadonlyMap<string, readonly string[]>): string | undefined {
  const expression = headers.get('license-expression')?.[0];
  if (expression) return expression.slice(0, licenseLengthMax);
  const name = headers.get('license')?.[0];
  if (name && name !== 'UNKNOWN' && name.length <= licenseLengthMax && !name.includes('\n'))
    return name;
  const classified = (headers.get('classifier') ?? [])
    .filter((classifier) => classifier.startsWith('License :: '))
    .slice(0, classifiersMax)
    .map((classifier) => classifier.slice(classifier.lastIndexOf('::') + 2).trim())
    .filter((license) => license !== '' && license !== 'OSI Approved');
  return classified.length === 0 ? undefined : classified.join(', ');
}

/** The specification's own pattern, with room for names from before it. */
function isName(name: string | undefined): name is string {
  return name !== undefined && name.length <= 256 && /^[A-Za-z0-9][\w. -]*$/.test(name);
}

function isVersion(version: string | undefined): version is string {
  return version !== undefined && version.length <= 256 && /^v?\d[\w.!+*-]*$/.test(version);
}
