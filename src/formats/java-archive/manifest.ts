// SPDX-License-Identifier: Apache-2.0
// Manifests and property files of Java archives.
// https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest
// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)

/** Main sections have some twenty attributes; OSGi's import lists make them long, not many. */
const attributesMax = 1000;
const valueLengthMax = 8192;

/**
 * Main attributes by their name in lower case. Signed archives go on with a section per file,
 * which is not read: the main section ends at the first empty line.
 */
export function parseManifest(bytes: Uint8Array): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let name: string | undefined;
  for (const line of linesOf(bytes)) {
    if (line === '') {
      if (attributes.size > 0) break;
      continue;
    }
    if (line.startsWith(' ')) {
      const before = name === undefined ? undefined : attributes.get(name);
      if (name !== undefined && before !== undefined && before.length < valueLengthMax)
        attributes.set(name, before + line.slice(1));
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || attributes.size >= attributesMax) {
      name = undefined;
      continue;
    }
    name = line.slice(0, colon).trim().toLowerCase();
    attributes.set(
      name,
      line
        .slice(colon + 1)
        .trimStart()
        .slice(0, valueLengthMax),
    );
  }
  return attributes;
}

/** Keys and values of a property file, as far as Maven's `pom.properties` uses the format. */
export function parseProperties(bytes: Uint8Array): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of linesOf(bytes)) {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#') || text.startsWith('!')) continue;
    const at = text.search(/[=:\s]/);
    if (at <= 0 || properties.size >= attributesMax) continue;
    const value = text.slice(at).replace(/^\s*[=:]?\s*/, '');
    properties.set(text.slice(0, at), unescape(value).trim().slice(0, valueLengthMax));
  }
  return properties;
}

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, letter?: string) =>
    code === undefined ? letter! : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function* linesOf(bytes: Uint8Array): Iterable<string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < text.length) {
    let end = at;
    while (end < text.length && text[end] !== 0x0a && text[end] !== 0x0d) end++;
    yield text.toString('utf8', at, end);
    at = end + (text[end] === 0x0d && text[end + 1] === 0x0a ? 2 : 1);
  }
}
