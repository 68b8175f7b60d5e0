// SPDX-License-Identifier: Apache-2.0
// Which hosts are this machine itself: plain http is allowed to them, and no proxy stands between.

/** @param host As in a URL or a reference, with or without brackets and port. */
export function isLoopbackHost(host: string): boolean {
  const name = withoutPort(host).toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (name === '::1' || name === '0:0:0:0:0:0:0:1') return true;
  // All four parts, so that a name such as 127.evil.example is none.
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

function withoutPort(host: string): string {
  const bracket = /^\[([^\]]*)\]/.exec(host);
  if (bracket !== null) return bracket[1]!;
  const colons = host.split(':');
  return colons.length === 2 ? colons[0]! : host;
}
