// SPDX-License-Identifier: Apache-2.0
// The text that `go build` records in a program: its modules and build settings, one per line,
// fields separated by tabs. https://pkg.go.dev/runtime/debug#BuildInfo, `ParseBuildInfo`

export interface GoModule {
  readonly path: string;
  /** With its leading `v`; `(devel)` where the module was built from a working tree. */
  readonly version: string;
  /** `h1:...`, of the module's content as go.sum has it. */
  readonly sum?: string;
  /** What was compiled in its stead; a folder (`../fork`) has no real version. */
  readonly replacedBy?: Omit<GoModule, 'replacedBy'>;
}

export interface GoModuleInfo {
  /** Import path of the main package. */
  readonly path?: string;
  readonly main?: GoModule;
  readonly dependencies: readonly GoModule[];
  /** `-ldflags`, `CGO_ENABLED`, `GOOS`, `vcs.revision`, ...; values unquoted. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Kubernetes has 300; a module graph of that size is not built in practice. */
const modulesMax = 20_000;
const settingsMax = 1000;

/** Lines that are not understood are skipped, as newer Go versions add kinds. */
export function parseModuleInfo(text: string): GoModuleInfo {
  let path: string | undefined;
  let main: GoModule | undefined;
  const dependencies: GoModule[] = [];
  const settings = new Map<string, string>();
  /** Where a replacement line belongs. */
  let last: 'main' | 'dependency' | undefined;
  for (const line of linesOf(text)) {
    const [kind, ...fields] = line.split('\t', 4);
    if (kind === 'path') path = fields[0];
    else if (kind === 'mod') {
      main = moduleOf(fields);
      last = main && 'main';
    } else if (kind === 'dep') {
      const module = dependencies.length < modulesMax ? moduleOf(fields) : undefined;
      if (module) dependencies.push(module);
      last = module && 'dependency';
    } else if (kind === '=>') {
      const replacedBy = moduleOf(fields);
      if (replacedBy && last === 'main' && main) main = { ...main, replacedBy };
      if (replacedBy && last === 'dependency')
        dependencies.push({ ...dependencies.pop()!, replacedBy });
      last = undefined;
    } else if (kind === 'build' && settings.size < settingsMax) {
      const setting = settingOf(line.slice('build\t'.length));
      if (setting) settings.set(...setting);
    }
  }
  return {
    ...(path ? { path } : {}),
    ...(main ? { main } : {}),
    dependencies,
    settings,
  };
}

function* linesOf(text: string): Iterable<string> {
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    yield end < 0 ? text.slice(at) : text.slice(at, end);
    at = end < 0 ? text.length : end + 1;
  }
}

function moduleOf(fields: readonly string[]): Omit<GoModule, 'replacedBy'> | undefined {
  const [path, version, sum] = fields;
  if (!path) return undefined;
  return { path, version: version || '(devel)', ...(sum ? { sum } : {}) };
}

/** `key=value`, each plain or quoted as Go source. */
function settingOf(text: string): [string, string] | undefined {
  const quoted = text.startsWith('"') || text.startsWith('`');
  const keyEnd = quoted ? closingQuote(text) + 1 : text.indexOf('=');
  if (keyEnd <= 0 || text[keyEnd] !== '=') return undefined;
  return [unquote(text.slice(0, keyEnd)), unquote(text.slice(keyEnd + 1))];
}

function closingQuote(text: string): number {
  const quote = text[0];
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A Go string literal's value (https://go.dev/ref/spec#String_literals); text that is none stays. */
function unquote(text: string): string {
  if (text.length < 2 || closingQuote(text) !== text.length - 1) return text;
  if (text[0] === '`') return text.slice(1, -1);
  if (text[0] !== '"') return text;
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
      (whole, hex?: string, u4?: string, u8?: string, octal?: string, letter?: string) => {
        if (letter !== undefined) return escapes[letter] ?? letter;
        const code =
          octal === undefined ? Number.parseInt(hex ?? u4 ?? u8!, 16) : Number.parseInt(octal, 8);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      },
    );
}
