// SPDX-License-Identifier: Apache-2.0
// Specifications of installed Ruby gems. They are Ruby programs; RubyGems writes them itself, in
// one form, and only that form is read: nothing is evaluated. The `# stub:` line is what RubyGems
// reads first, too. https://guides.rubygems.org/specification-reference/,
// rubygems/lib/rubygems/stub_specification.rb

export type Gemspec = {
  readonly name: string;
  readonly version: string;
  /** `ruby` for a gem that runs on all; `x86_64-linux`, `java`, ... */
  readonly platform: string;
  readonly license?: string;
  readonly authors?: string;
};

/** Lines of a generated file: one per attribute and dependency. */
const linesMax = 5000;
const lineLengthMax = 64 << 10;
/** A list of authors; the rest of a longer one is not shown. */
const expressionLengthMax = 8192;
const textLengthMax = 512;

/** Undefined where name or version cannot be told without running the file. */
export function parseGemspec(bytes: Uint8Array): Gemspec | undefined {
  const fields = new Map<string, string>();
  let stub: readonly string[] | undefined;
  for (const line of Buffer.from(bytes).toString('utf8').split('\n', linesMax)) {
    if (line.length > lineLengthMax) continue;
    stub ??= stubOf(line);
    const assignment = /^\s*\w{1,32}\.(name|version|platform|licenses?|authors?) ?= ?(.*)$/.exec(
      line,
    );
    if (assignment && !fields.has(assignment[1]!))
      fields.set(assignment[1]!, assignment[2]!.slice(0, expressionLengthMax));
  }
  const field = (name: string): string | undefined => literals(fields.get(name))[0];
  const name = field('name') ?? stub?.[0];
  const version = field('version') ?? stub?.[1];
  if (!isName(name) || !isVersion(version)) return undefined;
  const licenses = literals(fields.get('licenses') ?? fields.get('license'));
  const authors = literals(fields.get('authors') ?? fields.get('author'));
  return {
    name,
    version,
    platform: field('platform') ?? stub?.[2] ?? 'ruby',
    ...(licenses.length === 0 ? {} : { license: licenses.join(', ') }),
    ...(authors.length === 0 ? {} : { authors: authors.join(', ') }),
  };
}

/** `# stub: rake 13.0.6 ruby lib`: name, version, platform, required folders. */
function stubOf(line: string): readonly string[] | undefined {
  return line.startsWith('# stub: ')
    ? line.slice('# stub: '.length).trim().split(' ', 4)
    : undefined;
}

/** String literals of an expression: `"MIT".freeze`, `["a".freeze, "b"]`, `Gem::Version.new("1.0")`. */
function literals(expression: string | undefined): readonly string[] {
  if (expression === undefined || !/^(?:["'[]|Gem::(?:Version|Platform)\.new\()/.test(expression))
    return [];
  const texts: string[] = [];
  // An interpolation (`#{`) would have to be run.
  for (const [, double, single] of expression.matchAll(
    /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g,
  )) {
    const text = double ?? single!;
    if (double?.includes('#{') || text.length > textLengthMax) continue;
    texts.push(unescape(text));
    if (texts.length >= 20) break;
  }
  return texts;
}

function unescape(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(.))/g,
    (whole, four?: string, braced?: string, letter?: string) => {
      const code = Number.parseInt(four ?? braced ?? '', 16);
      return letter ?? (code <= 0x10ffff ? String.fromCodePoint(code) : whole);
    },
  );
}

function isName(name: string | undefined): name is string {
  return name !== undefined && /^[\w.-]{1,256}$/.test(name);
}

/** https://docs.ruby-lang.org/en/3.4/Gem/Version.html: the pattern of `Gem::Version.correct?`. */
function isVersion(version: string | undefined): version is string {
  return (
    version !== undefined &&
    version.length <= 256 &&
    /^\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z.-]+)?$/.test(version)
  );
}

/** Where a specification says that its gem is installed. */
export interface GemInstallation {
  /** The gem's own folder: `/usr/lib/ruby/gems/3.1.0/gems/rake-13.0.6`; absent code stays absent. */
  readonly folder: string;
  /** It came with Ruby itself. */
  readonly isDefault: boolean;
}

/** Undefined for a `.gemspec` that is not in a `specifications` folder: source trees have them, too. */
export function gemInstallation(path: string): GemInstallation | undefined {
  const match = /^(.*)\/specifications\/(default\/)?([^/]+)\.gemspec$/.exec(path);
  if (match === null) return undefined;
  return { folder: `${match[1]}/gems/${match[3]}`, isDefault: match[2] !== undefined };
}
