// SPDX-License-Identifier: Apache-2.0
// The page's one style sheet. The policy in the page names its hash: no other style, no script, no
// image and no address is loaded, whatever a name in the image tries.
import { createHash } from 'node:crypto';

export const styleSheet = `
:root { color-scheme: light dark; --line: #8884; --dim: #888; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .2rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--dim); }
td:first-child, td:nth-child(2) { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dt, .dim { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
.level { display: inline-block; padding: 0 .5em; border-radius: .3em; color: #fff; background: #666; }
.critical { background: #8b0020; } .high { background: #b93a00; } .medium { background: #7a5c00; }
.low { background: #24578f; } .unknown { background: #6b3a86; }
.warning { border-left: .3rem solid #b93a00; padding-left: .7rem; }
.risk { color: #c8102e; font-weight: 600; }
`;

/** Value of the policy: https://www.w3.org/TR/CSP3/ */
export function contentSecurityPolicy(): string {
  const hash = createHash('sha256').update(styleSheet).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
