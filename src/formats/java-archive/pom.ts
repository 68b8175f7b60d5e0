// SPDX-License-Identifier: Apache-2.0
// The coordinates in a Maven project file. https://maven.apache.org/pom.html#Maven_Coordinates
// A scanner for just the few elements that hold them: no entities but XML's own five, no document
// type, nothing fetched. A parent's coordinates stand in for what the project leaves out.

export interface Coordinates {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
}

const elementsMax = 100_000;
const depthMax = 64;
const valueLengthMax = 512;
const propertiesMax = 2000;
/** A property may name another one; real files nest two deep. */
const expansionsMax = 4;

/** What is known of them; values that refer to properties of another file are left out. */
export function parsePom(text: string): Partial<Coordinates> {
  const values = readElements(text);
  const own = (name: string): string | undefined => {
    const value = values.get(`project/${name}`) ?? values.get(`project/parent/${name}`);
    return value === undefined ? undefined : expand(value, values);
  };
  const artifact = values.get('project/artifactId');
  const artifactId = artifact === undefined ? undefined : expand(artifact, values);
  const groupId = own('groupId');
  const version = own('version');
  return {
    ...(groupId ? { groupId } : {}),
    ...(artifactId ? { artifactId } : {}),
    ...(version ? { version } : {}),
  };
}

/** Text of the wanted elements by their path from the root. The first of each counts. */
function readElements(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const path: string[] = [];
  let at = text.indexOf('<');
  for (let count = 0; at >= 0 && count < elementsMax; count++) {
    const skipped = endOfMarkup(text, at);
    if (skipped !== undefined) {
      at = text.indexOf('<', skipped);
      continue;
    }
    const close = text.indexOf('>', at);
    if (close < 0) break;
    const tag = text.slice(at + 1, Math.min(close, at + 1 + valueLengthMax));
    const next = text.indexOf('<', close);
    if (tag.startsWith('/')) path.pop();
    else if (!tag.endsWith('/')) {
      path.push(tag.split(/\s/, 1)[0]!);
      if (path.length > depthMax) break;
      if (next >= 0 && isWanted(path) && values.size < propertiesMax) {
        const key = path.join('/');
        const value = text.slice(close + 1, Math.min(next, close + 1 + valueLengthMax)).trim();
        if (value !== '' && !values.has(key)) values.set(key, decodeEntities(value));
      }
    }
    at = next;
  }
  return values;
}

/** Position behind a comment, CDATA section, processing instruction or declaration; undefined for a tag. */
function endOfMarkup(text: string, at: number): number | undefined {
  for (const [start, end] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
    ['<!', '>'],
  ] as const) {
    if (!text.startsWith(start, at)) continue;
    const found = text.indexOf(end, at + start.length);
    return found < 0 ? text.length : found + end.length;
  }
  return undefined;
}

function isWanted(path: readonly string[]): boolean {
  if (path[0] !== 'project') return false;
  const [, second, third] = path;
  const isCoordinate = (name: string | undefined): boolean =>
    name === 'groupId' || name === 'artifactId' || name === 'version';
  if (path.length === 2) return isCoordinate(second);
  return (
    path.length === 3 && ((second === 'parent' && isCoordinate(third)) || second === 'properties')
  );
}

/** Undefined where a reference stays unresolved. */
function expand(value: string, values: ReadonlyMap<string, string>): string | undefined {
  let text = value;
  for (let round = 0; round < expansionsMax && text.includes('${'); round++) {
    text = text
      .replace(/\$\{([^${}]{1,200})\}/g, (whole, name: string) => lookup(name, values) ?? whole)
      .slice(0, valueLengthMax);
  }
  return text.includes('${') ? undefined : text;
}

function lookup(name: string, values: ReadonlyMap<string, string>): string | undefined {
  const property = values.get(`project/properties/${name}`);
  if (property !== undefined) return property;
  const path = name.replace(/^(?:project|pom)\./, '').replaceAll('.', '/');
  return values.get(`project/${path}`) ?? values.get(`project/parent/${path}`);
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replace(/&([a-z]{2,4});/g, (whole, name: string) => entities[name] ?? whole);
}
