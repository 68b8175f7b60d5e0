// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runEcosystem } from '../../../../testing/run-ecosystem.ts';
import { plugin } from './plugin.ts';

const spec = (name: string, version: string, platform = 'ruby'): string =>
  `# stub: ${name} ${version} ${platform} lib\nGem::Specification.new do |s|\n  s.name = "${name}".freeze\n  s.version = "${version}"\n  s.licenses = ["MIT".freeze]\nend\n`;

test('installed and default gems, with their folders', async () => {
  const gems = '/usr/local/lib/ruby/gems/3.3.0';
  const { packages, issues } = await runEcosystem(plugin, {
    [`${gems}/specifications/nokogiri-1.15.0-x86_64-linux.gemspec`]: spec(
      'nokogiri',
      '1.15.0',
      'x86_64-linux',
    ),
    [`${gems}/specifications/default/json-2.6.1.gemspec`]: spec('json', '2.6.1'),
    [`${gems}/gems/rake-13.0.6/rake.gemspec`]: spec('rake', '13.0.6'),
    [`${gems}/specifications/odd-1.gemspec`]: 's.name = ODD\n',
  });
  assert.deepEqual(packages, [
    {
      package: {
        name: 'nokogiri',
        version: '1.15.0',
        ecosystem: 'RubyGems',
        purl: 'pkg:gem/nokogiri@1.15.0?platform=x86_64-linux',
        license: 'MIT',
        locations: [{ path: `${gems}/specifications/nokogiri-1.15.0-x86_64-linux.gemspec` }],
        detail: { platform: 'x86_64-linux' },
      },
      files: [{ path: `${gems}/specifications/nokogiri-1.15.0-x86_64-linux.gemspec` }],
      folders: [`${gems}/gems/nokogiri-1.15.0-x86_64-linux`],
    },
    {
      package: {
        name: 'json',
        version: '2.6.1',
        ecosystem: 'RubyGems',
        purl: 'pkg:gem/json@2.6.1',
        license: 'MIT',
        locations: [{ path: `${gems}/specifications/default/json-2.6.1.gemspec` }],
        detail: { platform: 'ruby', default: true },
      },
      files: [{ path: `${gems}/specifications/default/json-2.6.1.gemspec` }],
      folders: [`${gems}/gems/json-2.6.1`],
    },
  ]);
  assert.deepEqual(
    issues.map(({ code, where }) => ({ code, where })),
    [{ code: 'gemspec-not-literal', where: `${gems}/specifications/odd-1.gemspec` }],
  );
});
