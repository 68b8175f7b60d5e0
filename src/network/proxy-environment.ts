// SPDX-License-Identifier: Apache-2.0
// The proxies that an environment names, in the form that Node's agents take. Node goes past a
// proxy whose scheme it does not know; whoever named a proxy would not want that, so it is refused.
import { PlimsollError } from '../model/errors.ts';

/**
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY, each also in lower case, which wins.
 * @throws `usage` when one is no http or https URL; its value may hold a password and is not shown.
 */
export function proxyEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
    const proxy = env[name.toLowerCase()] || env[name];
    if (proxy) found[name] = proxyUrl(name, proxy);
  }
  const direct = env['no_proxy'] || env['NO_PROXY'];
  if (direct) found['NO_PROXY'] = direct;
  return found;
}

function proxyUrl(name: string, value: string): string {
  // `host:3128` is widely used, and no URL.
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return text;
  throw new PlimsollError('usage', `Cannot use the proxy that ${name} names`, {
    hint: `${name} looks like http://host:port`,
  });
}
