// SPDX-License-Identifier: Apache-2.0
import { npmInstallation, parseNpmPackage } from '../../src/formats/npm-package/npm-package.ts';

export const name = 'npm-package';

export function seeds(): Uint8Array[] {
  return [
    '{"name":"@s/n","version":"1.0.0-rc.1+b","license":{"type":"MIT"},"author":"A <a@example.org>"}',
    '{"name":"n","version":"v1","licenses":[{"type":"MIT"},"ISC"],"author":{"name":"A"}}',
    '/app/node_modules/@s/n/package.json',
  ].map((text) => Buffer.from(text));
}

export function run(bytes: Uint8Array): void {
  npmInstallation(Buffer.from(bytes).toString('utf8'));
  parseNpmPackage(bytes);
}
