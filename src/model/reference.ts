// SPDX-License-Identifier: Apache-2.0
// Names of images in registries, as Docker and everything after it reads them:
// https://pkg.go.dev/github.com/distribution/reference. A short name means Docker Hub
// (`alpine` is `docker.io/library/alpine:latest`); whether the first part is a registry is decided
// by its look alone: it has a dot, a colon or an upper-case letter, or is `localhost`.
import { isDigest, type Digest } from './digest.ts';
import { PlimsollError } from './errors.ts';

export interface Reference {
  /** Host with its port, where it has one: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** Path in the registry: `library/alpine`. */
  readonly repository: string;
  /** `latest` where neither a tag nor a digest was written. */
  readonly tag?: string;
  /** Wins over the tag: what it names cannot change. */
  readonly digest?: Digest;
}

/** Longest text that is looked at; the longest valid reference is well below. */
const textLengthMax = 1024;
/** `RepositoryNameTotalLengthMax` of distribution/reference. */
const repositoryLengthMax = 255;
const defaultRegistry = 'docker.io';
const officialNamespace = 'library/';

// Separators hold no character of what they separate, so these match in linear time.
const pathComponent = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const domainPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;

/**
 * Reads a reference and completes it by Docker's defaults.
 * @throws `usage` with a hint where the text is no reference.
 */
export function parseReference(text: string): Reference {
  const fail = (state: string, hint?: string): never => {
    throw new PlimsollError(
      'usage',
      `Cannot read image reference ${JSON.stringify(text.slice(0, textLengthMax))}: ${state}`,
      { hint: hint ?? 'write [REGISTRY/]REPOSITORY[:TAG][@DIGEST], e.g. alpine:3.19' },
    );
  };
  if (text === '') fail('it is empty');
  if (text.length > textLengthMax) fail(`it is longer than ${textLengthMax} characters`);
  if (/^https?:\/\//.test(text)) fail('it is a URL', 'leave out the scheme');
  if (/^[a-f0-9]{64}$/.test(text))
    fail('64 hexadecimal digits are an image id', 'name the image, or use docker:ID');

  const at = text.indexOf('@');
  const digestText = at === -1 ? undefined : text.slice(at + 1);
  if (digestText !== undefined && !isDigest(digestText))
    fail(
      `${JSON.stringify(digestText)} is no digest`,
      'a digest is sha256: and 64 lower-case hexadecimal digits',
    );
  const named = at === -1 ? text : text.slice(0, at);
  const { registry, rest } = splitRegistry(named);
  if (!domainPattern.test(registry)) fail(`${JSON.stringify(registry)} is no registry`);

  const colon = rest.indexOf(':');
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  if (tag !== undefined && !tagPattern.test(tag))
    fail(
      `${JSON.stringify(tag)} is no tag`,
      'a tag has up to 128 letters, digits, underscores, dots and hyphens, and starts with none of the last two',
    );
  const repository = colon === -1 ? rest : rest.slice(0, colon);
  if (repository !== repository.toLowerCase())
    fail(
      `repository ${JSON.stringify(repository)} has upper-case letters`,
      'write it in lower case',
    );
  const wrong = repository.split('/').find((part) => !pathComponent.test(part));
  if (wrong !== undefined)
    fail(
      `${JSON.stringify(wrong)} is no part of a repository name`,
      'parts are lower-case letters and digits, separated inside by one dot, one or two underscores, or hyphens',
    );
  if (repository.length > repositoryLengthMax)
    fail(`its repository is longer than ${repositoryLengthMax} characters`);

  const digest = digestText as Digest | undefined;
  if (tag === undefined && digest === undefined) return { registry, repository, tag: 'latest' };
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function splitRegistry(named: string): { readonly registry: string; readonly rest: string } {
  const slash = named.indexOf('/');
  const first = slash === -1 ? '' : named.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = !isRegistry || first === 'index.docker.io' ? defaultRegistry : first;
  const rest = isRegistry ? named.slice(slash + 1) : named;
  const official = registry === defaultRegistry && !rest.includes('/');
  return { registry, rest: official ? officialNamespace + rest : rest };
}

/** The whole reference: `docker.io/library/alpine:3.19`. */
export function formatReference(reference: Reference): string {
  const { registry, repository, tag, digest } = reference;
  const tagPart = tag === undefined ? '' : `:${tag}`;
  const digestPart = digest === undefined ? '' : `@${digest}`;
  return `${registry}/${repository}${tagPart}${digestPart}`;
}

/** As people write it: without Docker Hub's host and namespace. */
export function familiarReference(reference: Reference): string {
  const full = formatReference(reference);
  if (reference.registry !== defaultRegistry) return full;
  const short = full.slice(defaultRegistry.length + 1);
  const rest = short.slice(officialNamespace.length);
  return short.startsWith(officialNamespace) &&
    !reference.repository.slice(officialNamespace.length).includes('/')
    ? rest
    : short;
}
