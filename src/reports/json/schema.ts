// SPDX-License-Identifier: Apache-2.0
// The one source of `scan --format json`: its JSON Schema and its type. Only the generator and
// tests load this file at run time (typebox is no dependency of the program); the writer imports
// the types. Published as docs/schema/scan-1.schema.json.
//
// Promise: within version 1 nothing is renamed, removed or given another meaning; what is added is
// optional to readers. A member that is always there and may be unknown is null then; every other
// member is absent when unknown.
import { Type, type Static, type TSchema } from 'typebox';
import { severities } from '../../model/severity.ts';

const closed = { additionalProperties: false } as const;
const text = (description: string): ReturnType<typeof Type.String> => Type.String({ description });
const digest = Type.String({
  description: 'algorithm and lower-case hexadecimal digits',
  pattern: '^sha(256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$',
});
const layerNumber = Type.Integer({ minimum: 0, description: 'number of the layer, 0 is the base' });

function nullable<Schema extends TSchema>(
  schema: Schema,
): ReturnType<typeof Type.Union<[Schema, ReturnType<typeof Type.Null>]>> {
  return Type.Union([schema, Type.Null()]);
}

const location = Type.Object(
  {
    path: text(
      'absolute path in the image; a member of an archive follows after `!/`; U+FFFD stands for each byte that is not UTF-8',
    ),
    pathBase64: Type.Optional(text('the exact bytes of the path, where they are not UTF-8')),
    layer: Type.Optional(layerNumber),
    layerDigest: Type.Optional(digest),
  },
  closed,
);

const image = Type.Object(
  {
    digest: nullable(digest),
    identity: Type.Object(
      {
        index: Type.Optional(digest),
        manifest: Type.Optional(digest),
        config: Type.Optional(digest),
        diffIds: Type.Array(digest),
        names: Type.Array(Type.String()),
      },
      { ...closed, description: 'every name that is known for the image' },
    ),
    platform: nullable(
      Type.Object(
        {
          os: Type.String(),
          architecture: text('as Go names it: amd64, arm64'),
          variant: Type.Optional(Type.String()),
          osVersion: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    layers: Type.Array(
      Type.Object(
        {
          index: layerNumber,
          digest: Type.Optional(digest),
          diffId: Type.Optional(digest),
          mediaType: Type.Optional(Type.String()),
          sizeBytes: Type.Optional(Type.Number({ minimum: 0 })),
          createdBy: Type.Optional(text('command of the history entry that made the layer')),
          dockerfileLine: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        closed,
      ),
    ),
    created: Type.Optional(Type.String()),
  },
  closed,
);

const lifecycle = Type.Union([
  Type.Object(
    { kind: Type.Literal('supported'), until: Type.Optional(Type.String()), source: Type.String() },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('ended'),
      on: text('day on which security support for everybody ended'),
      extendedUntil: Type.Optional(Type.String()),
      source: Type.String(),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('rolling'), source: Type.String() }, closed),
  Type.Object({ kind: Type.Literal('unknown'), reason: Type.String() }, closed),
]);

const distribution = Type.Object(
  {
    id: text('ID of os-release'),
    idLike: Type.Array(Type.String()),
    version: Type.Optional(text('VERSION_ID of os-release')),
    codename: Type.Optional(Type.String()),
    name: text('for people'),
    ecosystem: Type.Optional(text('ecosystem of its packages')),
    path: text('file that told'),
    lifecycle,
  },
  closed,
);

const packageSchema = Type.Object(
  {
    name: Type.String(),
    version: Type.String(),
    ecosystem: text("OSV's spelling, with the release for distributions: Debian:12, npm"),
    purl: text('package URL'),
    layer: nullable(layerNumber),
    locations: Type.Array(location),
    architecture: Type.Optional(Type.String()),
    source: Type.Optional(
      Type.Object(
        { name: Type.String(), version: Type.String() },
        { ...closed, description: 'source package, where name or version differ' },
      ),
    ),
    license: Type.Optional(text('as its metadata states it')),
    module: Type.Optional(text('rpm module as name:stream')),
    vendor: Type.Optional(Type.String()),
    foundBy: text('plugin that found it'),
    detail: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String())]),
        { description: 'what only this ecosystem knows' },
      ),
    ),
  },
  closed,
);

const rangeEvent = Type.Union(
  (['introduced', 'fixed', 'lastAffected', 'limit'] as const).map((name) =>
    Type.Object({ [name]: Type.String() }, closed),
  ),
);

const affectedStatus = [
  'affected',
  'not-affected',
  'deferred',
  'unimportant',
  'end-of-life',
] as const;
const words = (list: readonly string[]): TSchema =>
  Type.Union(list.map((word) => Type.Literal(word)));

const evidence = Type.Object(
  {
    advisory: Type.String(),
    feed: Type.String(),
    ecosystem: Type.String(),
    name: text('name that was looked up, of the source package for most distributions'),
    version: text('version that was compared'),
    matched: Type.Union([
      Type.Object({ kind: Type.Literal('range'), events: Type.Array(rangeEvent) }, closed),
      Type.Object({ kind: Type.Literal('version'), version: Type.String() }, closed),
      Type.Object({ kind: Type.Literal('status'), status: words(affectedStatus) }, closed),
    ]),
  },
  closed,
);

const findingMembers = {
  id: text('CVE where there is one, else the id of the advisory'),
  aliases: Type.Array(Type.String(), { description: 'other names of the same vulnerability' }),
  related: Type.Array(Type.String(), { description: 'loosely connected ids' }),
  package: Type.String(),
  version: Type.String(),
  ecosystem: Type.String(),
  purl: Type.String(),
  fixedVersion: nullable(text('lowest version that fixes it')),
  severity: Type.Unsafe<(typeof severities)[number]>(words(severities)),
  status: words(['affected', 'fixable', 'deferred', 'unimportant', 'end-of-life']),
  layer: nullable(layerNumber),
  layerDigest: Type.Optional(digest),
  locations: Type.Array(location),
  score: Type.Optional(Type.Number({ minimum: 0, maximum: 10 })),
  vector: Type.Optional(text('CVSS vector that gives the score')),
  severitySource: Type.Optional(text('who graded it')),
  note: Type.Optional(text("the publisher's reason for the status")),
  summary: Type.Optional(Type.String()),
  references: Type.Array(Type.String()),
  kev: Type.Optional(
    Type.Object(
      { added: Type.String(), due: Type.Optional(Type.String()), ransomware: Type.Boolean() },
      { ...closed, description: "entry in CISA's catalogue of known exploited vulnerabilities" },
    ),
  ),
  epss: Type.Optional(
    Type.Object(
      {
        probability: Type.Number({ minimum: 0, maximum: 1 }),
        percentile: Type.Number({ minimum: 0, maximum: 1 }),
        date: Type.String(),
      },
      { ...closed, description: 'probability of exploitation in the next 30 days, by FIRST' },
    ),
  ),
  evidence: Type.Array(evidence),
};

const finding = Type.Object(findingMembers, closed);
const ignoredFinding = Type.Object(
  {
    ...findingMembers,
    ignored: Type.Object(
      { reason: Type.String(), until: Type.Optional(Type.String()), source: Type.String() },
      closed,
    ),
    hidden: Type.Optional(Type.Literal(true)),
  },
  closed,
);

const ownership = Type.Object(
  {
    files: Type.Integer({ minimum: 0 }),
    ownedByPackages: Type.Integer({ minimum: 0 }),
    unowned: Type.Integer({ minimum: 0 }),
    unownedExecutables: Type.Array(
      Type.Object(
        {
          ...location.properties,
          kind: words(['elf', 'script']),
          sizeBytes: Type.Number({ minimum: 0 }),
          setuid: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
      { description: 'the first of them, by path' },
    ),
    unownedExecutablesTotal: Type.Integer({ minimum: 0 }),
    languagePackagesOwnedByOs: Type.Integer({ minimum: 0 }),
    skippedMounts: Type.Array(Type.String()),
  },
  closed,
);

const coverage = Type.Object(
  {
    level: words(['complete', 'partial', 'none']),
    gaps: Type.Array(
      Type.Object(
        {
          code: Type.String(),
          message: Type.String(),
          subject: Type.Optional(Type.String()),
          hint: Type.Optional(Type.String()),
          blocking: Type.Boolean({ description: 'without it a clean result would be a guess' }),
        },
        closed,
      ),
    ),
    data: Type.Array(
      Type.Object(
        {
          ecosystem: Type.String(),
          packages: Type.Integer({ minimum: 0 }),
          feeds: Type.Array(
            Type.Object(
              {
                feed: Type.String(),
                asOf: Type.Optional(text('when the publisher last changed it')),
                fetched: Type.Optional(Type.String()),
                advisories: Type.Integer({ minimum: 0 }),
              },
              closed,
            ),
            { description: 'empty: nobody judged these packages' },
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);

const issue = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    fatal: Type.Boolean({ description: 'part of the result is missing because of it' }),
    where: Type.Optional(Type.String()),
  },
  closed,
);

const count = Type.Integer({ minimum: 0 });
const summary = Type.Object(
  {
    packages: count,
    hiddenPackages: count,
    findings: Type.Object(
      {
        total: Type.Integer({ minimum: 0, description: 'length of `findings`' }),
        vulnerabilities: Type.Integer({ minimum: 0, description: 'different ids among them' }),
        bySeverity: Type.Object(
          Object.fromEntries(severities.map((severity) => [severity, count])),
          closed,
        ),
        fixable: count,
        knownExploited: count,
        ignored: Type.Integer({ minimum: 0, description: 'length of `ignoredFindings`' }),
        hidden: Type.Integer({ minimum: 0, description: 'length of `hiddenFindings`' }),
      },
      closed,
    ),
  },
  closed,
);

export const scanSchema = Type.Object(
  {
    schemaVersion: Type.String({ pattern: '^1\\.\\d+$' }),
    tool: Type.Object({ name: Type.Literal('plimsoll'), version: Type.String() }, closed),
    generated: Type.String({ format: 'date-time' }),
    source: text('what the user named'),
    image,
    distribution: nullable(distribution),
    packages: Type.Array(packageSchema, { description: 'of the effective tree' }),
    hiddenPackages: Type.Array(packageSchema, { description: 'only in earlier layers' }),
    findings: Type.Array(finding, { description: 'in `packages`, not suppressed' }),
    hiddenFindings: Type.Array(finding, { description: 'in `hiddenPackages`, not suppressed' }),
    ignoredFindings: Type.Array(ignoredFinding, { description: 'suppressed by an ignore file' }),
    ownership: nullable(ownership),
    coverage,
    issues: Type.Array(issue),
    summary,
    verdict: nullable(
      Type.Object(
        {
          exitCode: Type.Unsafe<0 | 1 | 2>(
            Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)], {
              description: '0 clean, 1 over the bar, 2 cannot tell',
            }),
          ),
          reasons: Type.Array(Type.String()),
        },
        { ...closed, description: 'null where no bar was set' },
      ),
    ),
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:plimsoll:schema:scan-1',
    title: 'Plimsoll scan result, version 1',
    description:
      'Within version 1 nothing is renamed, removed or given another meaning. Members that are required and may be unknown are null then; others are absent.',
  },
);

export type ScanDocument = Static<typeof scanSchema>;
export type ScanLocation = Static<typeof location>;
export type ScanPackage = Static<typeof packageSchema>;
export type ScanFinding = Static<typeof finding>;
export type ScanIgnoredFinding = Static<typeof ignoredFinding>;
export type ScanOwnership = Static<typeof ownership>;

/**
 * Content of docs/schema/scan-1.schema.json. Open, unlike the schema that our own documents are
 * tested by: a later version's new members must not make a reader refuse them.
 */
export function scanSchemaText(): string {
  const open = (key: string, value: unknown): unknown =>
    key === 'additionalProperties' && value === false ? undefined : value;
  return `${JSON.stringify(scanSchema, open, 2)}\n`;
}
