// SPDX-License-Identifier: Apache-2.0
// Alpine's version order, https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd:
// `1.2.3b_rc1_git2~commit-r4`. What apk does with texts of another form changed between its
// generations 2 and 3. Alpine's own records hold some (`2.15.r-r1`), so such a text is compared by
// its leading numbers, and where those do not decide, nobody can tell.
import { compareText } from '../../model/compare-text.ts';
import { compareDigits, versionLengthMax, type VersionOrder } from './version-order.ts';

/** In apk's own order: where two versions differ in kind, the earlier kind is the newer version. */
const kinds = [
  'number',
  'component',
  'letter',
  'suffix',
  'suffixNumber',
  'commit',
  'revision',
  'end',
  'invalid',
] as const;

interface Token {
  readonly kind: (typeof kinds)[number];
  readonly text: string;
}

/** Before the plain version, oldest first. */
const preSuffixes = ['alpha', 'beta', 'pre', 'rc'];
/** After the plain version, oldest first. */
const postSuffixes = ['cvs', 'svn', 'git', 'hg', 'p'];
const suffixes = [...preSuffixes, ...postSuffixes];

/** As `apk version -t` orders valid versions. */
export const compareApk: VersionOrder = (left, right) => {
  if (left.length > versionLengthMax || right.length > versionLengthMax) return undefined;
  return compareTokens(parse(left), parse(right));
};

function parse(text: string): readonly Token[] {
  const numbers = /^[0-9]+(?:\.[0-9]+)*/.exec(text)?.[0];
  if (numbers === undefined) return [{ kind: 'invalid', text }];
  const [first, ...components] = numbers.split('.');
  const tokens: Token[] = [{ kind: 'number', text: first! }];
  for (const component of components) tokens.push({ kind: 'component', text: component });
  tokens.push(...parseRest(text.slice(numbers.length)));
  return tokens;
}

function parseRest(text: string): readonly Token[] {
  const match =
    /^([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(?:~([0-9a-f]+))?(?:-r([0-9]+))?$/.exec(
      text,
    );
  if (match === null) return [{ kind: 'invalid', text }];
  const [, letter, suffixText, commit, revision] = match;
  const tokens: Token[] = [];
  if (letter !== '') tokens.push({ kind: 'letter', text: letter! });
  for (const suffix of suffixText!.split('_').slice(1)) {
    const word = /^[a-z]+/.exec(suffix)![0];
    tokens.push({ kind: 'suffix', text: word });
    if (word.length < suffix.length)
      tokens.push({ kind: 'suffixNumber', text: suffix.slice(word.length) });
  }
  if (commit !== undefined) tokens.push({ kind: 'commit', text: commit });
  if (revision !== undefined) tokens.push({ kind: 'revision', text: revision });
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function compareTokens(left: readonly Token[], right: readonly Token[]): number | undefined {
  for (let index = 0; ; index++) {
    const a = left[index]!;
    const b = right[index]!;
    if (a.kind === 'invalid' || b.kind === 'invalid') return undefined;
    if (a.kind !== b.kind) return compareKinds(a, b);
    if (a.kind === 'end') return 0;
    const difference = compareSame(a, b);
    if (difference !== 0) return difference;
  }
}

function compareKinds(a: Token, b: Token): number {
  if (a.kind === 'suffix' && preSuffixes.includes(a.text)) return -1;
  if (b.kind === 'suffix' && preSuffixes.includes(b.text)) return 1;
  return kinds.indexOf(b.kind) - kinds.indexOf(a.kind);
}

function compareSame(a: Token, b: Token): number {
  switch (a.kind) {
    case 'component':
      return compareComponents(a.text, b.text);
    case 'suffix':
      return suffixes.indexOf(a.text) - suffixes.indexOf(b.text);
    case 'letter':
    case 'commit':
      return compareText(a.text, b.text);
    default:
      return compareDigits(a.text, b.text);
  }
}

/** Leading zeros of a component make it a fraction: `1.01` is before `1.1`, and `1.00` before `1.0`. */
function compareComponents(left: string, right: string): number {
  const leftZeros = /^0*/.exec(left)![0].length;
  const rightZeros = /^0*/.exec(right)![0].length;
  return (
    rightZeros - leftZeros ||
    compareDigits(left.slice(leftZeros) || '0', right.slice(rightZeros) || '0')
  );
}
