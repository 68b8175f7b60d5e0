// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPurl, parsePurl, samePurl, type Purl } from './purl.ts';

// Texts of the specification's own examples and of distributions' packages.
const cases: (readonly [string, Purl])[] = [
  [
    'pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie',
    {
      type: 'deb',
      namespace: 'debian',
      name: 'curl',
      version: '7.50.3-1',
      qualifiers: { arch: 'i386', distro: 'jessie' },
    },
  ],
  [
    'pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25',
    {
      type: 'rpm',
      namespace: 'fedora',
      name: 'curl',
      version: '7.50.3-1.fc25',
      qualifiers: { arch: 'i386', distro: 'fedora-25' },
    },
  ],
  [
    'pkg:npm/%40angular/animation@12.3.1',
    { type: 'npm', namespace: '@angular', name: 'animation', version: '12.3.1' },
  ],
  [
    'pkg:golang/google.golang.org/genproto#googleapis/api/annotations',
    {
      type: 'golang',
      namespace: 'google.golang.org',
      name: 'genproto',
      subpath: 'googleapis/api/annotations',
    },
  ],
  [
    'pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources',
    {
      type: 'maven',
      namespace: 'org.apache.xmlgraphics',
      name: 'batik-anim',
      version: '1.9.1',
      qualifiers: { classifier: 'sources' },
    },
  ],
];

cases.push([
  // The example of the specification's deb definition; `~` and `:` stand, `+` does not
  // (docs/standard/characters-and-encoding.md of purl-spec).
  'pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&upstream=attr%401:2.4.47-2~rc1',
  {
    type: 'deb',
    namespace: 'debian',
    name: 'attr',
    version: '1:2.4.47-2+b1',
    qualifiers: { arch: 'amd64', upstream: 'attr@1:2.4.47-2~rc1' },
  },
]);

for (const [text, purl] of cases) {
  test(`${text} is read and written`, () => {
    assert.deepEqual(parsePurl(text), purl);
    assert.equal(formatPurl(purl), text);
  });
}

test('a plus is a plus in every component, encoded or not', () => {
  const purl = {
    type: 'deb',
    namespace: 'debian',
    name: 'libstdc++6',
    version: '1:12.2.0+dfsg~rc1-14',
    qualifiers: { upstream: 'gcc-12@1:12.2.0+dfsg~rc1-14' },
  };
  assert.deepEqual(parsePurl(formatPurl(purl)), purl);
  for (const other of [
    'pkg:deb/debian/libstdc++6@1:12.2.0+dfsg~rc1-14?upstream=gcc-12@1:12.2.0+dfsg~rc1-14',
    'pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0%2Bdfsg%7Erc1-14?upstream=gcc-12%401%3A12.2.0%2Bdfsg%7Erc1-14',
  ])
    assert.ok(samePurl(other, formatPurl(purl)), other);
  assert.ok(!samePurl('pkg:deb/debian/a@1', 'pkg:deb/debian/a@1+b'));
});

test('what a type forbids is still written', () => {
  assert.equal(formatPurl({ type: 'maven', name: 'tool', version: '1' }), 'pkg:maven/tool@1');
  assert.equal(formatPurl({ type: 'golang', name: 'x', version: 'v1.x' }), 'pkg:golang/x@v1.x');
  assert.equal(formatPurl({ type: 'npm', name: 'a\udcff' }), 'pkg:npm/a%EF%BF%BD');
});

test('undefined and empty qualifiers are left out', () => {
  const purl = { type: 'rpm', name: 'a', version: '1', qualifiers: { epoch: undefined, arch: '' } };
  assert.equal(formatPurl(purl), 'pkg:rpm/a@1');
});

test('what is no package URL is refused', () => {
  for (const text of [
    '',
    'x',
    'pkg:',
    'pkg:npm',
    'pkg:npm/',
    'npm/a',
    'pkg:npm/%ZZ',
    `pkg:npm/${'a'.repeat(9000)}`,
  ])
    assert.throws(() => parsePurl(text), { code: 'invalid' }, text.slice(0, 20));
  assert.throws(() => formatPurl({ type: 'npm', name: '' }), { code: 'invalid' });
});

test('whatever a name holds, writing gives what reading understands', () => {
  const part = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 12 })
    .filter((text) => text.trim() !== '');
  fc.assert(
    fc.property(part, part, part, (name, version, value) => {
      const text = formatPurl({ type: 'generic', name, version, qualifiers: { upstream: value } });
      const back = parsePurl(text);
      assert.equal(back.name, name.toWellFormed().trim());
      assert.equal(back.version, version.toWellFormed().trim());
      assert.equal(back.qualifiers?.['upstream'], value.toWellFormed().trim());
    }),
  );
});
