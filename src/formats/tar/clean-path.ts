// SPDX-License-Identifier: Apache-2.0
// Names in archives are relative to the root, whatever they claim. `..` within the archive's own
// folders is taken out; a name that climbs above the root is refused, never bent back to a place
// that the archive did not name: the file that it then shows would not be the one it wrote.

const slash = 0x2f;
const dot = 0x2e;

/**
 * The path without leading slashes, `.`, empty and `..` parts; empty for the root itself;
 * undefined when it climbs above the root. A view of `path` where nothing had to be taken out of
 * its middle.
 */
export function cleanPath(path: Uint8Array): Uint8Array | undefined {
  let start = 0;
  let end = path.length;
  while (start < end) {
    if (path[start] === slash) start++;
    else if (path[start] === dot && (start + 1 === end || path[start + 1] === slash)) start++;
    else break;
  }
  while (end > start && path[end - 1] === slash) end--;
  if (isClean(path, start, end))
    return start === 0 && end === path.length ? path : path.subarray(start, end);
  return rebuild(path, start, end);
}

/** No part between slashes is empty, `.` or `..`. */
function isClean(path: Uint8Array, start: number, end: number): boolean {
  let partStart = start;
  for (let at = start; at <= end; at++) {
    if (at < end && path[at] !== slash) continue;
    const length = at - partStart;
    if (length === 0) {
      if (end > start) return false;
    } else if (path[partStart] === dot) {
      if (length === 1 || (length === 2 && path[partStart + 1] === dot)) return false;
    }
    partStart = at + 1;
  }
  return true;
}

function rebuild(path: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const out = new Uint8Array(end - start);
  let length = 0;
  let partStart = start;
  for (let at = start; at <= end; at++) {
    if (at < end && path[at] !== slash) continue;
    const part = path.subarray(partStart, at);
    partStart = at + 1;
    if (part.length === 0 || (part.length === 1 && part[0] === dot)) continue;
    if (part.length === 2 && part[0] === dot && part[1] === dot) {
      if (length === 0) return undefined;
      length = Math.max(0, out.subarray(0, length).lastIndexOf(slash));
      continue;
    }
    if (length > 0) out[length++] = slash;
    out.set(part, length);
    length += part.length;
  }
  return out.subarray(0, length);
}
