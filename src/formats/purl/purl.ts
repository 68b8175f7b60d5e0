// SPDX-License-Identifier: Apache-2.0
// Package URLs, https://github.com/package-url/purl-spec. The library knows each type's rules of
// case and spelling; this file keeps it from throwing on the names that images really hold, and
// from reading `+` in a qualifier as a space.
import { PackageURL } from 'packageurl-js';
import { PlimsollError, reasonOf } from '../../model/errors.ts';

/** All components decoded. */
export interface Purl {
  /** `deb`, `apk`, `rpm`, `npm`, `pypi`, `golang`, `cargo`, `maven`, `gem`, `generic`, ... */
  readonly type: string;
  /** Parts are separated by `/`: `debian`, `@angular`, `github.com/owner`, `org.apache`. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  /** Undefined and empty values are left out. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly subpath?: string | undefined;
}

/** Longer texts are no package URL that anybody wrote: qualifiers can hold a download address. */
const purlLengthMax = 8192;

/**
 * The canonical text: `pkg:deb/debian/libssl3@3.0.11-1?arch=amd64`. Where a type forbids what the
 * image has (a Java archive without a group, a Go version that is none), the text is still made,
 * by the rules that all types share: a package without any purl could not be told in an SBOM.
 * @throws `invalid` when the type or the name is empty or the type has other characters than letters, digits, `.`, `+`, `-`.
 */
export function formatPurl(purl: Purl): string {
  const type = purl.type.trim().toLowerCase();
  if (!/^[a-z][a-z0-9.+-]*$/.test(type) || purl.name.trim() === '')
    throw new PlimsollError(
      'invalid',
      `Cannot write a package URL for ${JSON.stringify(purl.name)} of type ${JSON.stringify(purl.type)}`,
    );
  try {
    return canonical(construct(type, purl).toString());
  } catch {
    return canonical(construct('generic', purl).toString()).replace('pkg:generic/', `pkg:${type}/`);
  }
}

/**
 * The specification's character encoding: letters, digits, `.-_~` and the colon stand as they are,
 * everything else is encoded. The library leaves `+` as it is and encodes `~` in qualifiers.
 */
function canonical(text: string): string {
  const type = text.indexOf('/');
  const rest = text.slice(type).replaceAll('+', '%2B').replaceAll('%7E', '~');
  return text.slice(0, type) + rest.replaceAll('%3A', ':');
}

/** Lone surrogates stand for bytes that are not UTF-8; no URL can hold them. */
function construct(type: string, purl: Purl): PackageURL {
  const qualifiers: Record<string, string> = {};
  for (const [key, value] of Object.entries(purl.qualifiers ?? {}))
    if (value !== undefined && value !== '') qualifiers[key] = value.toWellFormed();
  return new PackageURL(
    type,
    purl.namespace?.toWellFormed() || undefined,
    purl.name.toWellFormed(),
    purl.version?.toWellFormed() || undefined,
    Object.keys(qualifiers).length === 0 ? undefined : qualifiers,
    purl.subpath?.toWellFormed() || undefined,
  );
}

/**
 * Reads a package URL that any tool wrote: encodings of `+`, `:` and `~` differ, so compare what
 * this returns and never the texts.
 * @throws `invalid` when it breaks the specification.
 */
export function parsePurl(text: string): Purl {
  if (text.length > purlLengthMax)
    throw new PlimsollError('invalid', `Cannot read a package URL of ${text.length} characters`);
  let parsed: PackageURL;
  try {
    parsed = PackageURL.fromString(keepPlus(text));
  } catch (error) {
    throw new PlimsollError(
      'invalid',
      `Cannot read package URL ${JSON.stringify(text)}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
  return {
    type: parsed.type,
    ...(parsed.namespace ? { namespace: parsed.namespace } : {}),
    name: parsed.name,
    ...(parsed.version ? { version: parsed.version } : {}),
    ...(parsed.qualifiers ? { qualifiers: { ...parsed.qualifiers } } : {}),
    ...(parsed.subpath ? { subpath: parsed.subpath } : {}),
  };
}

/** In a purl `+` is itself; form decoding, which the library uses for qualifiers, makes it a space. */
function keepPlus(text: string): string {
  const query = text.indexOf('?');
  if (query < 0) return text;
  const hash = text.indexOf('#', query);
  const end = hash < 0 ? text.length : hash;
  return text.slice(0, query) + text.slice(query, end).replaceAll('+', '%2B') + text.slice(end);
}

/** True when both name the same package, however their writers encoded it. False when one is no purl. */
export function samePurl(left: string, right: string): boolean {
  if (left === right) return true;
  try {
    return formatPurl(parsePurl(left)) === formatPurl(parsePurl(right));
  } catch {
    return false;
  }
}

/** Value of the `distro` qualifier: `debian-12`, `alpine-3.19.4`. Undefined where no distribution is known. */
export function distroQualifier(
  distribution:
    | { readonly id: string; readonly version?: string; readonly codename?: string }
    | undefined,
): string | undefined {
  if (distribution === undefined) return undefined;
  const release = distribution.version ?? distribution.codename;
  return release === undefined ? distribution.id : `${distribution.id}-${release}`;
}

/** Value of the `upstream` qualifier: the source package, with its version where that differs. */
export function upstreamQualifier(
  source: { readonly name: string; readonly version: string } | undefined,
  version: string,
): string | undefined {
  if (source === undefined) return undefined;
  return source.version === version ? source.name : `${source.name}@${source.version}`;
}
