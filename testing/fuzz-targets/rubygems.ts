// SPDX-License-Identifier: Apache-2.0
import { gemInstallation, parseGemspec } from '../../src/formats/rubygems/gemspec.ts';

export const name = 'rubygems';

export function seeds(): Uint8Array[] {
  return [
    '# stub: a 1.0 ruby lib\nGem::Specification.new do |s|\n  s.name = "a".freeze\n  s.version = "1.0"\n  s.authors = ["A \\u00E9".freeze, "B".freeze]\n  s.licenses = ["MIT".freeze]\nend\n',
    '/gems/specifications/default/a-1.0.gemspec',
  ].map((text) => Buffer.from(text));
}

export function run(bytes: Uint8Array): void {
  gemInstallation(Buffer.from(bytes).toString('utf8'));
  parseGemspec(bytes);
}
