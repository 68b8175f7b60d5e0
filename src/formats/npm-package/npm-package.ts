// SPDX-License-Identifier: Apache-2.0
// `package.json` of installed npm packages. https://docs.npmjs.com/cli/v11/configuring-npm/package-json
import { parseJson } from '../json/parse-json.ts';
import { isCode, PlimsollError } from '../../model/errors.ts';

export type NpmPackage = {
  readonly name: string;
  readonly version: string;
  /** As written: an SPDX expression in files of the last ten years. */
  readonly license?: string;
  readonly author?: string;
};

/** A name may have 214 characters; older packages break other rules of today, not this one. */
const nameLengthMax = 214;
/** https://github.com/npm/node-semver: `MAX_LENGTH`. */
const versionLengthMax = 256;
const textLengthMax = 1024;
const licensesMax = 20;
/** The largest have some thousand, in `exports`. */
const valuesMax = 100_000;

/**
 * Undefined where name or version is missing: such a file only configures a folder (`{"type":"module"}`).
 * @throws `invalid` when the bytes are not JSON.
 */
export function parseNpmPackage(bytes: Uint8Array): NpmPackage | undefined {
  let value: unknown;
  try {
    value = parseJson(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
      valuesMax,
    );
  } catch (error) {
    const isLimit = isCode(error, 'limit');
    // Another reason quotes the file, whose text has no place in a message.
    const reason = isLimit ? error.message : 'it is not JSON';
    throw new PlimsollError(isLimit ? 'limit' : 'invalid', `Cannot read package.json: ${reason}`, {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, version, license, licenses, author } = value as Record<string, unknown>;
  if (!isName(name) || typeof version !== 'string' || !isVersion(version)) return undefined;
  const stated = licenseOf(license) ?? licenseOf(licenses);
  const maker = textOf(author) ?? textOf((author as { name?: unknown } | null | undefined)?.name);
  return {
    name,
    version: version.trim(),
    ...(stated === undefined ? {} : { license: stated }),
    ...(maker === undefined ? {} : { author: maker }),
  };
}

function isName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name.length <= nameLengthMax &&
    /^(?:@[\w.~!'()*-]+\/)?[\w~!'()*-][\w.~!'()*-]*$/.test(name)
  );
}

function isVersion(version: string): boolean {
  return version.length <= versionLengthMax && /^\s*[=v]*\d[^\s\p{Cc}]*\s*$/u.test(version);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== ''
    ? value.trim().slice(0, textLengthMax)
    : undefined;
}

/** An expression; before 2015 also `{type, url}` and lists of both, which offered a choice. */
function licenseOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const all = value
      .slice(0, licensesMax)
      .map((item: unknown) => (Array.isArray(item) ? undefined : licenseOf(item)))
      .filter((item) => item !== undefined);
    return all.length > 1 ? `(${all.join(' OR ')})` : all[0];
  }
  if (typeof value !== 'object' || value === null) return textOf(value);
  const { type, name } = value as Record<string, unknown>;
  return textOf(type) ?? textOf(name);
}

/** Where an installed package is: its folder and the name under which it can be required. */
export interface NpmInstallation {
  readonly folder: string;
  readonly installedAs: string;
}

/**
 * Undefined for a `package.json` that is not right in `node_modules/<name>` or
 * `node_modules/@scope/<name>`: test data of packages, the application's own, an npm cache.
 * pnpm's store (`node_modules/.pnpm/x@1.0.0/node_modules/x`) has the same form.
 */
export function npmInstallation(path: string): NpmInstallation | undefined {
  const match = /\/node_modules\/((?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/.exec(path);
  if (match === null) return undefined;
  return { folder: path.slice(0, -'/package.json'.length), installedAs: match[1]! };
}
