// SPDX-License-Identifier: Apache-2.0
// URLs for messages. User information and queries carry credentials (signed storage URLs, tokens),
// so neither is ever shown.

export function shownUrl(url: string | URL): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return '(an invalid URL)';
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${parsed.search === '' ? '' : '?...'}`;
}
