// SPDX-License-Identifier: Apache-2.0
// Runs a program in this process: the module named first, with the words after it. The last line on
// standard error is what it took.
import { pathToFileURL } from 'node:url';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const residentMegabytes = Math.round((maxRSS * 1024) / 1e6);
  const cpuMs = Math.round((userCPUTime + systemCPUTime) / 1000);
  process.stderr.write(`\n${JSON.stringify({ residentMegabytes, cpuMs })}\n`);
});

const [module] = process.argv.splice(2, 1);
await import(pathToFileURL(module!).href);
