// SPDX-License-Identifier: Apache-2.0
// The one gate while working: generated files current, format, types, lint, unit tests. CI, which
// runs all tests afterwards, leaves the last step out by `--static`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps: readonly (readonly [string, readonly string[]])[] = [
  ['generated files', ['tools/gen.ts', '--check']],
  ['format', ['node_modules/oxfmt/bin/oxfmt', '--check', '.']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
  [
    'lint',
    ['node_modules/oxlint/bin/oxlint', '--type-aware', 'src', 'test', 'testing', 'tools', 'bench'],
  ],
  ['units', ['tools/test.ts', '--unit']],
];

const isStatic = process.argv.includes('--static');
for (const [name, args] of steps.filter(([step]) => step !== 'units' || !isStatic)) {
  const started = performance.now();
  const result = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (result.status === 0) {
    console.log(`ok    ${name} (${seconds} s)`);
    continue;
  }
  console.log(`FAIL  ${name} (${seconds} s)\n${result.stdout}${result.stderr}`);
  process.exit(1);
}
