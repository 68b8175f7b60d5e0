// SPDX-License-Identifier: Apache-2.0
// Runs one command line in this process; the last line on standard error is what it took.
await import('../src/cli/main.ts');

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const residentMegabytes = Math.round((maxRSS * 1024) / 1e6);
  const cpuMs = Math.round((userCPUTime + systemCPUTime) / 1000);
  process.stderr.write(`\n${JSON.stringify({ residentMegabytes, cpuMs })}\n`);
});
