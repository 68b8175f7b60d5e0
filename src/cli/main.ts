// SPDX-License-Identifier: Apache-2.0
// The command line's entry: finds the subcommand, loads it alone, and turns what happens into
// output and an exit code. `--version` is answered before anything else is loaded.
import { version } from '../model/version.ts';

const words = process.argv.slice(2);

if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  process.stdout.write(`plimsoll ${version}\n`);
} else {
  const { runCommandLine } = await import('./run.ts');
  await runCommandLine(words);
}
