// SPDX-License-Identifier: Apache-2.0
// Which mounts below a directory hold files of its own: not the kernel's pseudo file systems, not
// other machines' files, not the file systems of containers that run here.
// https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html

export interface Mount {
  /** Absolute, escapes undone. */
  readonly path: string;
  readonly type: string;
  /** Device and the folder on it: two mounts with the same pair show the same files. */
  readonly origin: string;
}

/** Machines with many containers have a few thousand. */
const mountsMax = 100_000;

const pseudo: ReadonlySet<string> = new Set([
  'autofs',
  'binder',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'hugetlbfs',
  'mqueue',
  'nsfs',
  'proc',
  'pstore',
  'ramfs',
  'resctrl',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'sysfs',
  'tracefs',
]);
const remote: ReadonlySet<string> = new Set([
  '9p',
  'afs',
  'ceph',
  'cifs',
  'coda',
  'fuse',
  'glusterfs',
  'lustre',
  'ncpfs',
  'nfs',
  'nfs4',
  'smb3',
  'smbfs',
  'virtiofs',
]);

/** Lines of another form are left out. */
export function parseMounts(mountinfo: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split('\n', mountsMax)) {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [, , device, root, path] = fields;
    const type = fields[separator + 1];
    if (separator === -1 || device === undefined || root === undefined) continue;
    if (path === undefined || type === undefined) continue;
    mounts.push({ path: unescape(path), type, origin: `${device} ${root}` });
  }
  return mounts;
}

/** Blanks, tabs, newlines and backslashes stand as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}

/**
 * Mounts strictly below `root` that are not read. The root itself is always read, whatever it lies
 * on, and so is `tmpfs`: programs may lie there.
 */
export function mountsToSkip(root: string, mounts: readonly Mount[]): ReadonlySet<string> {
  const prefix = root === '/' ? '/' : `${root}/`;
  const skipped = new Set<string>();
  const seen = new Set<string>();
  // The last mount on a path hides those before it.
  const visible = new Map(mounts.map((mount) => [mount.path, mount]));
  const home = [...visible.values()]
    .filter(({ path }) => root === path || root.startsWith(path === '/' ? '/' : `${path}/`))
    .sort((left, right) => right.path.length - left.path.length)[0];
  if (home?.path === root) seen.add(home.origin);
  for (const { path, type, origin } of visible.values()) {
    if (!path.startsWith(prefix) || path === root) continue;
    if (isForeign(type) || seen.has(origin)) skipped.add(path);
    seen.add(origin);
  }
  return new Set([...skipped].filter((path) => !isBelowAny(path, skipped)));
}

/** What lies below a skipped mount is not reached anyway. */
function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    if (folders.has(path.slice(0, end))) return true;
  return false;
}

function isForeign(type: string): boolean {
  // `overlay` below a root is a container's file system; as the root it is read.
  return pseudo.has(type) || remote.has(type) || type.startsWith('fuse.') || type === 'overlay';
}
