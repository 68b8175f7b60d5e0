// SPDX-License-Identifier: Apache-2.0
// The form is what `Gem::Specification#to_ruby` writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gemInstallation, parseGemspec } from './gemspec.ts';

const generated = `# -*- encoding: utf-8 -*-
# stub: nokogiri 1.15.0 x86_64-linux lib
# stub: ext/nokogiri/extconf.rb

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.15.0"
  s.platform = "x86_64-linux".freeze

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.authors = ["Mike \\u00E9 X".freeze, "Second \\"quoted\\"".freeze]
  s.licenses = ["MIT".freeze]
  s.rdoc_options = ["--main".freeze, "README.md".freeze]

  if s.respond_to? :specification_version then
    s.specification_version = 4
  end
end
`;

const parse = (text: string): ReturnType<typeof parseGemspec> => parseGemspec(Buffer.from(text));

test('what RubyGems generates is read', () => {
  assert.deepEqual(parse(generated), {
    name: 'nokogiri',
    version: '1.15.0',
    platform: 'x86_64-linux',
    license: 'MIT',
    authors: 'Mike \u00e9 X, Second "quoted"',
  });
});

test('other forms of literals, and the stub line where there is none', () => {
  for (const [text, want] of [
    [
      `Gem::Specification.new do |spec|\n spec.name='a'\n spec.version = Gem::Version.new("2.0.pre1")\n`,
      'a 2.0.pre1',
    ],
    ['# stub: b 1.0 ruby lib\ns.name = NAME\ns.version = File.read("VERSION")\n', 'b 1.0'],
    ['# stub: b 1.0 ruby lib\r\n', 'b 1.0'],
    ['s.name = "a#{x}"\ns.version = "1"\n', undefined],
    ['s.name = "a"\ns.version = A::VERSION\n', undefined],
    ['s.name = "../a"\ns.version = "1"\n', undefined],
    ['s.name = "a"\ns.version = "one"\n', undefined],
    ['s.name = "a"\ns.metadata_version = "1"\n', undefined],
    ['', undefined],
  ] as const) {
    const gem = parse(text);
    assert.equal(gem && `${gem.name} ${gem.version}`, want, text);
  }
});

test('only specifications of installed gems count', () => {
  assert.deepEqual(gemInstallation('/usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec'), {
    folder: '/usr/lib/ruby/gems/3.1.0/gems/rake-13.0.6',
    isDefault: false,
  });
  assert.deepEqual(gemInstallation('/g/specifications/default/json-2.6.1.gemspec'), {
    folder: '/g/gems/json-2.6.1',
    isDefault: true,
  });
  for (const path of ['/src/a.gemspec', '/g/gems/a-1/a.gemspec', '/g/specifications/x/a-1.gemspec'])
    assert.equal(gemInstallation(path), undefined, path);
});

test('hostile text is read without an exception, at once', () => {
  parse(`s.authors = ["${'\\"'.repeat(500_000)}`);
  parse('s.name = "a"\n'.repeat(100_000));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('s.name= "\\#{}[]\n\'1v')), maxLength: 200 }),
      (text) => void parse(text),
    ),
  );
});
