// SPDX-License-Identifier: Apache-2.0
// One suite over every order: total on valid versions, antisymmetric, transitive, never throwing,
// and no answer for texts that are no versions or endless.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareApk } from './apk.ts';
import { compareDpkg } from './dpkg.ts';
import { compareGo, compareGoToolchain } from './go.ts';
import { compareMaven } from './maven.ts';
import { comparePep440 } from './pep440.ts';
import { compareRpm } from './rpm.ts';
import { compareRubygems } from './rubygems.ts';
import { compareSemver } from './semver.ts';
import { versionLengthMax, type VersionOrder } from './version-order.ts';

interface Scheme {
  readonly name: string;
  readonly compare: VersionOrder;
  /** Regular expression that makes valid versions. */
  readonly valid: RegExp;
  /** From old to new. */
  readonly ascending: readonly string[];
  readonly equal: readonly (readonly [string, string])[];
  readonly invalid: readonly string[];
}

const schemes: readonly Scheme[] = [
  {
    name: 'dpkg',
    compare: compareDpkg,
    valid: /^([01]:)?[0-2][0-9a-b.+~]{0,6}(-[0-9a-b.+~]{1,4})?$/,
    ascending: ['1.0~~', '1.0~rc1', '1.0', '1.0-1~deb12u1', '1.0-1', '1.0-1+b1', '1.0.1', '1:0'],
    equal: [
      ['1.0', '0:1.0'],
      ['1.0', '1.0-0'],
      ['1.01', '1.1'],
    ],
    invalid: ['', ' 1', '1.0-', 'a:1', '1:', ':1', '99999999999:1', '1\u0000'],
  },
  {
    name: 'rpm',
    compare: compareRpm,
    valid: /^([01]:)?[0-2][0-9a-b.+~^]{0,6}(-[0-9a-b.+~^]{1,4})?$/,
    ascending: [
      '1.0~rc1-1',
      '1.0-1',
      '1.0^git1-1',
      '1.0.a-1',
      '1.0.1-1.el8',
      '1.0.1-1.el8_4',
      '1:0-1',
    ],
    equal: [
      ['1.0-1', '0:1.0-1'],
      ['1.0_1', '1.0.1'],
      ['1.010', '1.10'],
    ],
    invalid: ['', '1 0', '1\n'],
  },
  {
    name: 'apk',
    compare: compareApk,
    valid: /^[0-2]{1,2}(\.[0-2]{1,2}){0,3}[ab]?(_(alpha|rc|p|git)[0-2]?){0,2}(-r[0-2])?$/,
    ascending: [
      '1.2_alpha',
      '1.2_rc1',
      '1.2',
      '1.2-r0',
      '1.2-r1',
      '1.2_p1',
      '1.2a',
      '1.2.1',
      '1.10',
    ],
    equal: [['1.2-r1', '1.2-r01']],
    invalid: ['', 'a', '1.2-', '1.2-x', '1.2rc1', '1.2..3', '1.2.r1'],
  },
  {
    name: 'semver',
    compare: compareSemver,
    valid: /^v?[0-2]{1,2}\.[0-2]\.[0-2](-[0-2a]{1,2}(\.[0-2a]{1,2}){0,2})?(\+[ab]{1,2})?$/,
    ascending: [
      '1.0.0-0',
      '1.0.0-1',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.10.0',
    ],
    equal: [
      ['1.0', '1.0.0'],
      ['1.0.0+a', 'v1.0.0'],
      ['2023.03.13', '2023.3.13'],
      ['1.2.3rc1', '1.2.3-rc1'],
    ],
    invalid: ['', 'latest', '1.', '1..0', '1.0.0-', '1.0.0-a..b', 'git+https://x', '1.0.0 '],
  },
  {
    name: 'go',
    compare: compareGo,
    valid: /^v[0-2]\.[0-2]\.[0-2](-(rc\.[12]|0\.2020[0-9]{4}-[ab]{2}))?(\+incompatible)?$/,
    ascending: [
      'v0.0.0-20190101000000-abcdefabcdef',
      'v0.0.0-20200101000000-abcdefabcdef',
      'v0.1.0',
      'v1.2.3-rc.1',
      'v1.2.3',
      'v1.2.4-0.20200101000000-abcdefabcdef',
      'v1.2.4',
      'v2.0.0+incompatible',
    ],
    equal: [
      ['v1.2.3', '1.2.3'],
      ['v2.0.0+incompatible', '2.0.0'],
    ],
    invalid: ['', '(devel)', 'v1', 'v1.2', 'master', 'v1.2.3.4'],
  },
  {
    name: 'go toolchain',
    compare: compareGoToolchain,
    valid: /^(go)?1\.[0-2]{1,2}(\.[0-2]|rc[12]|beta1)?$/,
    ascending: [
      '1.22.0-0',
      'go1.22beta1',
      '1.22.0-rc.1',
      'go1.22rc2',
      '1.22',
      'go1.22.1',
      '1.23.0-0',
    ],
    equal: [
      ['go1.22', '1.22.0'],
      ['go1.22.1 X:boringcrypto', '1.22.1'],
      ['go1.22rc1', '1.22.0-rc.1'],
      ['go1.22.1-fips', '1.22.1'],
    ],
    invalid: ['', 'devel go1.23-abcdef', 'unknown', 'go'],
  },
  {
    name: 'pep440',
    compare: comparePep440,
    valid:
      /^([01]!)?[0-2]{1,2}(\.[0-2]{1,2}){0,3}((a|b|rc)[12])?(\.post[12])?(\.dev[12])?(\+[ab1])?$/,
    ascending: [
      '1.0.dev1',
      '1.0a1.dev1',
      '1.0a1',
      '1.0b1',
      '1.0rc1',
      '1.0',
      '1.0+local',
      '1.0.post1',
      '1.1',
      '1!0',
    ],
    equal: [
      ['1.0', '1.0.0'],
      ['1.0-1', '1.0.post1'],
      ['1.0c1', 'v1.0rc1'],
      ['1.0.RC1', '1.0rc1'],
    ],
    invalid: ['', 'latest', '1.0-bulbasaur', '2019-09-12', '1.99999999999999999999'],
  },
  {
    name: 'maven',
    compare: compareMaven,
    valid: /^[0-2]{1,2}(\.[0-2]{1,2}){0,3}(-(alpha|beta|rc|sp|foo|SNAPSHOT)(-[12])?)?$/,
    ascending: [
      '1-alpha-1',
      '1-beta',
      '1-milestone',
      '1-rc',
      '1-SNAPSHOT',
      '1',
      '1-sp',
      '1-foo',
      '1-1',
      '1.1',
      '1.10',
    ],
    equal: [
      ['1', '1.0.0'],
      ['1-ga', '1'],
      ['1.Final', '1'],
      ['1a1', '1-alpha-1'],
      ['1-CR1', '1-rc1'],
    ],
    invalid: ['', '1 2', '1\n'],
  },
  {
    name: 'rubygems',
    compare: compareRubygems,
    valid: /^[0-2]{1,2}(\.[0-2]{1,2}){0,3}(\.(pre|rc|a)[0-2]?)?(\.[0-2])?$/,
    ascending: ['1.0.a1', '1.0.b', '1.0.rc1', '1.0', '1.0.1', '1.1.pre', '1.1', '1.10'],
    equal: [
      ['1', '1.0.0'],
      ['1.0-1', '1.0.pre.1'],
      ['1.0.a1', '1.0.a.1'],
    ],
    invalid: ['', 'a', '1..0', '1beta', '1.0.'],
  },
];

for (const { name, compare, valid, ascending, equal, invalid } of schemes) {
  test(`${name}: known versions are in their order`, () => {
    for (const [index, left] of ascending.entries())
      for (const [other, right] of ascending.entries())
        assert.equal(
          Math.sign(compare(left, right)!),
          Math.sign(index - other),
          `${left} ${right}`,
        );
    for (const [left, right] of equal) assert.equal(compare(left, right), 0, `${left} ${right}`);
  });

  test(`${name}: what is no version has no order`, () => {
    for (const text of invalid) {
      assert.equal(compare(text, ascending[0]!), undefined, JSON.stringify(text));
      assert.equal(compare(ascending[0]!, text), undefined, JSON.stringify(text));
    }
  });

  test(`${name}: the order is total, antisymmetric and transitive`, () => {
    const version = fc.stringMatching(valid);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [ab, ba, bc, ac] = [compare(a, b), compare(b, a), compare(b, c), compare(a, c)];
        assert.ok(ab !== undefined && ba !== undefined && bc !== undefined && ac !== undefined);
        assert.equal(compare(a, a), 0);
        assert.equal(Math.sign(ab), -Math.sign(ba) + 0);
        if (ab <= 0 && bc <= 0) assert.ok(ac <= 0, 'not newer');
        if (ab === 0) assert.equal(Math.sign(bc), Math.sign(ac), 'equal ones compare alike');
      }),
      { numRuns: 2000 },
    );
  });

  test(`${name}: any text has an answer in time`, () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '.',
      '-',
      '~',
      '^',
      '_',
      ':',
      'a',
      'rc',
      ' ',
      '\u00e9',
      '+',
    );
    const text = fc.array(piece, { maxLength: 30 }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), text, (left, right) => {
        assert.ok(['number', 'undefined'].includes(typeof compare(left, right)));
      }),
    );
    for (const part of ['1.', '1-', '0', 'a', '1a', '-0', '_p', '1_', '.a', '~', '1!'])
      for (const length of [versionLengthMax, 1_000_000]) {
        const long = `1${part.repeat(length / part.length)}`.slice(0, length);
        const order = compare(long, `${long.slice(0, -1)}x`);
        if (length > versionLengthMax) assert.equal(order, undefined);
      }
  });
}
