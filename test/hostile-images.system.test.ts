// SPDX-License-Identifier: Apache-2.0
// The program against images, archives, layouts and directories that were made to break it. A table
// of attacks: each is generated, scanned by a process of its own, and judged by what must hold
// whatever it is (testing/attacked-run.ts) and by what it must say.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { compareText } from '../src/model/compare-text.ts';
import { type TarInput, writeTar } from '../src/formats/tar/write-tar.ts';
import { assertHarmless, type AttackedRun, runAttacked } from '../testing/attacked-run.ts';
import {
  type BuiltImage,
  buildImage,
  ociLayoutFiles,
  sha256,
  writeOciLayout,
} from '../testing/image-builder.ts';
import { missing } from '../testing/require.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { buildZip } from '../testing/zip-archive.ts';

/** Each is a process of its own that mostly waits for its start. */
const concurrency = 4;

/** What is looked at of a scan's JSON. */
interface Said {
  readonly packages: readonly { readonly name: string }[];
  readonly issues: readonly { readonly code: string; readonly where?: string }[];
}

const notRoot = missing('root', process.getuid?.() === 0);

interface Attack {
  readonly name: string;
  /** Makes the input in a folder. @returns SOURCE */
  readonly make: (folder: string) => string | Promise<string>;
  /** Left out where several are right. */
  readonly status?: number | undefined;
  /** Codes of issues, or words of the error. */
  readonly says?: readonly string[] | RegExp;
  readonly packages?: readonly string[];
}

const debian: TarInput = { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' };
const harmless: TarInput = {
  path: 'app/node_modules/harmless/package.json',
  content: '{"name":"harmless","version":"1.0.0"}',
};

/** A tarball of a root file system. */
function tarball(bytes: Uint8Array): Attack['make'] {
  return (folder) => {
    writeFileSync(join(folder, 'root.tar'), bytes);
    return `rootfs:${join(folder, 'root.tar')}`;
  };
}

function files(...entries: readonly TarInput[]): Attack['make'] {
  return (folder) => tarball(gzipSync(writeTar([debian, harmless, ...entries])))(folder);
}

function archive(change: (members: Map<string, Buffer>) => void): Attack['make'] {
  return (folder) => {
    const image = buildImage({ layers: [{ entries: [debian, harmless] }] });
    const members = new Map<string, Buffer>([
      ['layer.tar', image.layers[0]!.tar],
      ['config.json', image.config.bytes],
      [
        'manifest.json',
        Buffer.from('[{"Config":"config.json","RepoTags":["x:1"],"Layers":["layer.tar"]}]'),
      ],
    ]);
    change(members);
    const path = join(folder, 'image.tar');
    const entries = [...members].map(([name, content]) => ({ path: name, content }));
    writeFileSync(path, writeTar(entries));
    return `docker-archive:${path}`;
  };
}

function manifestJson(value: unknown): Attack['make'] {
  return archive((members) => {
    members.set(
      'manifest.json',
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    );
  });
}

function layout(change: (folder: string, image: BuiltImage) => void): Attack['make'] {
  return (folder) => {
    const image = buildImage({ layers: [{ entries: [debian, harmless] }] });
    const path = join(folder, 'layout');
    writeOciLayout(path, [image]);
    change(path, image);
    return `oci:${path}`;
  };
}

function blobOf(folder: string, item: { readonly digest: string }): string {
  return join(folder, 'blobs', item.digest.replace(':', '/'));
}

/** A layer's blob that is not what was built, with a manifest that says so. */
function layerBlob(bytes: Uint8Array, diffId?: string): Attack['make'] {
  return layout((folder, image) => {
    const digest = sha256(bytes);
    const manifest = JSON.parse(image.manifest.bytes.toString()) as {
      layers: object[];
      config: object;
    };
    const config = JSON.parse(image.config.bytes.toString()) as { rootfs: object };
    config.rootfs = { type: 'layers', diff_ids: [diffId ?? image.layers[0]!.diffId] };
    const configBytes = Buffer.from(JSON.stringify(config));
    manifest.layers = [{ ...manifest.layers[0], digest, size: bytes.length }];
    manifest.config = { ...manifest.config, digest: sha256(configBytes), size: configBytes.length };
    const manifestBytes = Buffer.from(JSON.stringify(manifest));
    for (const blob of [bytes, configBytes, manifestBytes])
      writeFileSync(blobOf(folder, { digest: sha256(blob) }), blob);
    const index = ociLayoutFiles([
      {
        ...image,
        manifest: { ...image.manifest, bytes: manifestBytes, digest: sha256(manifestBytes) },
      },
    ]);
    writeFileSync(join(folder, 'index.json'), index.get('index.json')!);
  });
}

function directory(fill: (folder: string) => void): Attack['make'] {
  return (folder) => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    mkdirSync(join(root, 'app/node_modules/harmless'), { recursive: true });
    writeFileSync(join(root, 'etc/os-release'), debian.content as string);
    writeFileSync(join(root, harmless.path as string), harmless.content as string);
    fill(root);
    return `rootfs:${root}`;
  };
}

/** A header with any size; content does not follow. */
function headerOfSize(size: Buffer | string, path = 'var/lib/dpkg/status'): Buffer {
  const header = Buffer.from(writeTar([{ path, content: '' }]).subarray(0, 512));
  header.fill(0, 124, 136);
  header.set(Buffer.from(size as string), 124);
  return checked(header);
}

function checked(header: Buffer): Buffer {
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

const start = writeTar([debian, harmless]).subarray(0, -1024);
const longName = 'n'.repeat(1 << 16);
const deep = 'd/'.repeat(10_000);
const jar = (content: Uint8Array, name = 'inner.jar'): Buffer => buildZip([{ name, content }]);

function nestedJar(depth: number): Buffer {
  let bytes = buildZip([{ name: 'META-INF/MANIFEST.MF', content: 'Implementation-Title: x\n' }]);
  for (let at = 0; at < depth; at++) bytes = jar(bytes);
  return bytes;
}

/** A layer whose one entry is a sparse file of eight exbibytes. */
const sparse = writeTar([
  debian,
  harmless,
  {
    path: 'var/lib/dpkg/status',
    content: '0\n',
    pax: [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.name', 'var/lib/dpkg/status'],
      ['GNU.sparse.realsize', String(2n ** 63n - 1n)],
    ],
  },
]);

const emptyGzip = gzipSync('');
const zerosPacked = gzipSync(Buffer.alloc(64 << 20));

const lies: readonly Attack[] = [
  {
    name: 'a size of eight exbibytes, base 256',
    make: tarball(
      Buffer.concat([start, headerOfSize(Buffer.from('807fffffffffffffffffffff', 'hex'))]),
    ),
    says: ['invalid-header'],
  },
  {
    name: 'a negative size',
    make: tarball(
      Buffer.concat([start, headerOfSize(Buffer.from('ffffffffffffffffffffffff', 'hex'))]),
    ),
    says: ['invalid-header'],
  },
  {
    name: 'a size beyond the end',
    make: tarball(Buffer.concat([start, headerOfSize('77777777777')])),
    says: ['truncated-archive'],
  },
  { name: 'a sparse file of eight exbibytes', make: tarball(sparse), says: [] },
  {
    name: 'a PAX size of 2^64',
    make: tarball(
      Buffer.concat([
        start,
        writeTar([{ path: 'x', content: 'y', pax: [['size', String(2n ** 64n)]] }]),
      ]),
    ),
    says: [],
  },
  {
    name: 'a PAX header that says that it is endless',
    make: tarball(
      Buffer.concat([start, checked(Buffer.from(headerOfSize('77777777777').fill('x', 156, 157)))]),
    ),
    says: [],
  },
];

const names: readonly Attack[] = [
  {
    name: 'names of 64 KiB',
    make: files({ path: longName, content: '' }, { path: `a/${longName}/b`, content: '' }),
    says: [],
  },
  {
    name: 'ten thousand folders in each other',
    make: files({ path: `${deep}x`, content: '' }),
    says: [],
  },
  {
    name: 'paths that leave the root',
    make: files(
      { path: '../../../tmp/escaped', content: 'x' },
      { path: '/../../tmp/escaped', content: 'x' },
      { path: 'a/../../escaped', content: 'x' },
      { path: '..', kind: 'directory' },
      { path: '', content: 'x' },
      { path: '.', kind: 'symlink', linkTarget: '/' },
    ),
    says: [],
  },
  {
    name: 'links in circles and out of the root',
    make: files(
      { path: 'a', linkTarget: 'b' },
      { path: 'b', linkTarget: 'a' },
      { path: 'etc/debian_version', linkTarget: '../../../../../etc/passwd' },
      { path: 'var/lib/dpkg', linkTarget: '/' },
      { path: 'self', linkTarget: 'self/self/self' },
      { path: 'hard', kind: 'hardlink', linkTarget: 'hard' },
      { path: 'app/node_modules/x/package.json', kind: 'hardlink', linkTarget: '../../etc/passwd' },
      { path: 'app/node_modules/y/package.json', linkTarget: '/proc/self/environ' },
      { path: 'usr/lib/os-release', linkTarget: '/etc/os-release' },
    ),
    packages: ['harmless'],
  },
  {
    name: 'whiteouts of everything',
    make: files(
      { path: '.wh.', content: '' },
      { path: '.wh...', content: '' },
      { path: '.wh...wh..wh..opq', content: '' },
      { path: '.wh..wh..opq/x', content: '' },
      { path: 'etc/.wh.', content: '' },
    ),
    packages: ['harmless'],
  },
  {
    name: 'a file that is a folder that is a file',
    make: files(
      { path: 'x', content: '' },
      { path: 'x/y', content: '' },
      { path: 'x', content: '' },
      { path: 'x/y/z', content: '' },
      { path: 'x/y', linkTarget: 'z' },
    ),
    packages: ['harmless'],
  },
  {
    name: 'devices and pipes under the names of databases',
    make: files(
      { path: 'var/lib/dpkg/status', kind: 'character', device: { major: 1, minor: 5 } },
      { path: 'lib/apk/db/installed', kind: 'fifo' },
      { path: 'var/lib/rpm/rpmdb.sqlite', kind: 'block', device: { major: 8, minor: 0 } },
      { path: 'var/lib/rpm/Packages', kind: 'directory' },
    ),
    packages: ['harmless'],
  },
];

const bombs: readonly Attack[] = [
  {
    name: 'a gzip bomb',
    // Sixteen gigabytes in many members.
    make: (folder) =>
      layerBlob(
        Buffer.concat([
          gzipSync(Buffer.concat([start, headerOfSize('77777777777', 'big')])),
          ...Array.from({ length: 256 }, () => zerosPacked),
        ]),
      )(folder),
    says: ['decompression-bomb'],
    packages: ['harmless'],
  },
  {
    name: 'three hundred thousand empty gzip members',
    make: tarball(
      Buffer.concat([
        gzipSync(writeTar([harmless])),
        ...Array.from({ length: 300_000 }, () => emptyGzip),
      ]),
    ),
    packages: ['harmless'],
  },
  {
    name: 'jars in each other',
    make: files({ path: 'a.jar', content: nestedJar(100) }),
    says: ['java-archive-limit'],
  },
  {
    name: 'a jar that grows a thousandfold',
    make: files({ path: 'a.jar', content: jar(Buffer.alloc(100 << 20)) }),
    says: ['java-archive-member-damaged'],
  },
  {
    name: 'a jar whose sizes lie',
    make: files({
      path: 'a.jar',
      content: buildZip(
        [
          { name: 'META-INF/MANIFEST.MF', content: 'x'.repeat(100_000), claimedBytes: 10 },
          { name: 'b.jar', content: 'x', claimedBytes: 2 ** 32 - 2 },
        ],
        { claimedEntries: 60_000 },
      ),
    }),
    says: [],
  },
  {
    name: 'a jar with paths out of it',
    make: files({
      path: 'a.jar',
      content: buildZip(
        ['../../x.jar', '/etc/x.jar', 'a\0b.jar', ''].map((name) => ({
          name,
          content: jar(Buffer.alloc(0)),
        })),
      ),
    }),
    says: [],
  },
  {
    name: 'package.json that nests',
    make: files(
      ...Array.from({ length: 10 }, (_, at) => ({
        path: `${at}/node_modules/x/package.json`,
        content: `{"name":"x","version":"1","a":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`,
      })),
    ),
    says: ['unreadable-file'],
  },
  {
    name: 'package.json of prototypes and wrong types',
    make: files(
      ...[
        '{"name":"__proto__","version":"1.0.0"}',
        '{"__proto__":{"name":"x","version":"1.0.0"}}',
        '{"name":"constructor","version":"1.0.0","license":{"__proto__":null}}',
        '{"name":1e999,"version":[]}',
        '{"name":{"toString":1},"version":"1"}',
        'null',
        '[]',
        '\ufeff{}',
      ].map((content, at) => ({ path: `${at}/node_modules/__proto__/package.json`, content })),
    ),
    packages: ['__proto__', 'constructor', 'harmless'],
  },
  {
    name: 'lists of files without end',
    make: files(
      {
        path: 'var/lib/dpkg/status',
        content: 'Package: x\nStatus: install ok installed\nVersion: 1\n',
      },
      ...Array.from({ length: 6 }, (_, at) => ({
        path: `var/lib/dpkg/info/y${at}.list`,
        content: '/a\n'.repeat(4_000_000),
      })),
    ),
    says: [],
  },
  {
    name: 'three hundred thousand entries in a few kilobytes',
    make: (folder) => {
      const entry = writeTar([{ path: 'x', content: '' }]).subarray(0, 512);
      return tarball(
        gzipSync(Buffer.concat([start, ...Array.from({ length: 300_000 }, () => entry)])),
      )(folder);
    },
    packages: ['harmless'],
  },
  ...['rpmdb.sqlite', 'Packages', 'Packages.db'].map((name) => ({
    name: `an rpm database ${name} of junk`,
    make: files({
      path: `var/lib/rpm/${name}`,
      content: Buffer.concat([
        Buffer.from('SQLite format 3\0\x10\0\x02\x02\0\x40\x20\x20'),
        Buffer.alloc(1 << 20, 0xff),
      ]),
    }),
    says: [],
  })),
  {
    name: 'an executable that claims a billion sections',
    make: files({
      path: 'bin/x',
      mode: 0o755,
      content: Buffer.concat([
        Buffer.from('7f454c46020101', 'hex'),
        Buffer.alloc(33),
        Buffer.alloc(1 << 16, 0xff),
      ]),
    }),
    says: [],
  },
  {
    name: 'Rust audit data that grows a thousandfold',
    make: files({
      path: 'bin/x',
      mode: 0o755,
      content: Buffer.concat([
        Buffer.from('7f454c46020101', 'hex'),
        deflateSync(Buffer.alloc(64 << 20)),
      ]),
    }),
    says: [],
  },
  {
    name: 'descriptions of packages of junk',
    make: files(
      ...[
        'usr/share/gems/specifications/x-1.gemspec',
        'usr/lib/python3/dist-packages/x-1.dist-info/METADATA',
        'usr/lib/python3/dist-packages/x-1.dist-info/RECORD',
        'usr/lib/python3/dist-packages/x.egg-info',
        'usr/share/doc/x/copyright',
        'lib/apk/db/installed',
        'var/lib/dpkg/diversions',
        'var/lib/dpkg/status.d/x',
        'etc/alpine-release',
      ].map((path) => ({ path, content: Buffer.alloc(100_000, '(("\'\\[{<%=\u001b\u202e\n') })),
    ),
    says: [],
  },
];

const carriers: readonly Attack[] = [
  ...[
    '[]',
    'null',
    '{',
    '[null]',
    '[{}]',
    '[{"Config":5,"Layers":"x"}]',
    '['.repeat(3_000_000),
  ].map((text) => ({
    name: `manifest.json of ${text.slice(0, 30)}`,
    make: manifestJson(text),
    status: 3,
  })),
  ...['../../../../etc/passwd', '/etc/passwd', 'absent.tar', ''].map((path) => ({
    name: `a saved image whose layer is ${JSON.stringify(path)}`,
    make: manifestJson([{ Config: 'config.json', Layers: [path] }]),
    status: undefined,
    says: ['missing-layer'],
  })),
  {
    name: 'a saved image whose config is elsewhere',
    make: manifestJson([{ Config: '../../../etc/passwd', Layers: ['layer.tar'] }]),
    status: 3,
  },
  {
    name: 'a saved image with a thousand times its layer',
    make: manifestJson([
      { Config: 'config.json', Layers: Array.from({ length: 100_000 }, () => 'layer.tar') },
    ]),
    status: 3,
  },
  {
    name: 'a saved image whose layer is another',
    make: archive((members) => members.set('layer.tar', writeTar([debian]))),
    status: 3,
    says: /Cannot trust/,
  },
  {
    name: 'a layout whose layer is a link to a file outside',
    make: layout((folder, image) => {
      rmSync(blobOf(folder, image.layers[0]!));
      symlinkSync('/etc/passwd', blobOf(folder, image.layers[0]!));
    }),
    says: ['missing-layer'],
  },
  {
    name: 'a layout whose blobs are a link to elsewhere',
    make: layout((folder) => {
      renameSync(join(folder, 'blobs'), join(folder, '../blobs-elsewhere'));
      symlinkSync(join(folder, '../blobs-elsewhere'), join(folder, 'blobs'));
    }),
    status: undefined,
  },
  ...['layers', 'manifest', 'config'].map((part) => ({
    name: `a layout whose ${part} is a pipe`,
    make: layout((folder, image) => {
      const item = part === 'layers' ? image.layers[0]! : image[part as 'manifest' | 'config'];
      rmSync(blobOf(folder, item));
      assert.equal(spawnSync('mkfifo', [blobOf(folder, item)]).status, 0);
    }),
    status: part === 'layers' ? 2 : 3,
  })),
  {
    name: 'a layout whose layer is endless',
    make: layout((folder, image) => {
      rmSync(blobOf(folder, image.layers[0]!));
      symlinkSync('/dev/zero', blobOf(folder, image.layers[0]!));
    }),
  },
  {
    name: 'a layout whose layer is longer than its manifest says',
    make: layout((folder, image) =>
      appendFileSync(blobOf(folder, image.layers[0]!), Buffer.alloc(1000)),
    ),
    status: 3,
  },
  {
    name: 'a layout of a version to come',
    make: layout((folder) =>
      writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":{"__proto__":9}}'),
    ),
    says: ['unknown-layout-version'],
  },
];

const directories: readonly Attack[] = [
  {
    name: 'pipes, sockets and links under the names of databases',
    make: (folder) =>
      directory((root) => {
        mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true });
        mkdirSync(join(root, 'lib/apk/db'), { recursive: true });
        for (const path of ['var/lib/dpkg/status', 'var/lib/dpkg/info/x.list', 'x.jar'])
          assert.equal(spawnSync('mkfifo', [join(root, path)]).status, 0);
        symlinkSync('/dev/zero', join(root, 'lib/apk/db/installed'));
        symlinkSync('/', join(root, 'app/node_modules/up'));
        symlinkSync('loop', join(root, 'loop'));
        symlinkSync('/dev/tty', join(root, 'y.jar'));
      })(folder),
    packages: ['harmless'],
  },
  {
    name: 'a thousand folders in each other',
    make: directory((root) => {
      const script = 'for i in $(seq 1000); do mkdir d && cd -P d || exit 1; done';
      assert.equal(spawnSync('sh', ['-c', script], { cwd: root }).status, 0);
    }),
    says: ['too-deep'],
    packages: ['harmless'],
  },
  {
    name: 'names that are no text',
    make: directory((root) => {
      for (const name of [
        '\xff\xfe',
        '\u001b[2J',
        'a\nb',
        '\u009b',
        ' ',
        '-rf',
        '%s%n',
        'x'.repeat(255),
      ])
        writeFileSync(
          Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]),
          '#!/bin/sh\n',
          { mode: 0o755 },
        );
    }),
    packages: ['harmless'],
  },
];

/** At each boundary and beside it the archive is cut. */
const whole = writeTar([debian, harmless, { path: 'x'.repeat(300), content: 'y' }]);
const cuts: readonly Attack[] = [1, 512, 513, 1535, 2048, 3071]
  .filter((length) => length < whole.length)
  .flatMap((length) => [
    {
      name: `a tar cut at byte ${length}`,
      make: tarball(whole.subarray(0, length)),
      status: undefined,
    },
    {
      name: `a gzip of ${length} bytes of a tar, cut`,
      make: tarball(gzipSync(whole).subarray(0, Math.min(length, gzipSync(whole).length - 1))),
      status: undefined,
    },
  ]);

async function judge(context: TestContext, attack: Attack): Promise<void> {
  const folder = temporaryFolder(context);
  const source = await attack.make(folder);
  const before = readdirSync(folder);
  const run = await scan(folder, source);
  assertHarmless(run, attack.name);
  const places = [...before, 'home', 'tmp', 'work'].sort();
  assert.deepEqual(readdirSync(folder).sort(), places, 'something was written elsewhere');
  assert.deepEqual(readdirSync(join(folder, 'work')), []);
  assertSays(run, attack);
}

function assertSays(run: AttackedRun, attack: Attack): void {
  const said = `${run.status}: ${run.stdout.slice(0, 3000)}${run.stderr}`;
  if (attack.status !== undefined) assert.equal(run.status, attack.status, said);
  if (run.status === 3) {
    if (attack.says instanceof RegExp) assert.match(run.stderr, attack.says);
    return;
  }
  const { packages, issues } = JSON.parse(run.stdout) as Said;
  const codes = new Set(issues.map(({ code }) => code));
  if (Array.isArray(attack.says))
    for (const code of attack.says as string[]) assert.ok(codes.has(code), `no ${code} in ${said}`);
  if (attack.packages !== undefined)
    assert.deepEqual(packages.map(({ name }) => name).sort(), attack.packages);
}

function scan(folder: string, source: string): Promise<AttackedRun> {
  const bar = ['--fail-on', 'critical', '--format', 'json'];
  return runAttacked(['scan', ...bar, source], { folder });
}

for (const [group, attacks] of Object.entries({ lies, names, bombs, carriers, directories, cuts }))
  test(`hostile images: ${group}`, { concurrency }, async (context) => {
    await Promise.all(
      attacks.map((attack) => context.test(attack.name, (each) => judge(each, attack))),
    );
  });

test('folders and files that may not be read are told', { skip: notRoot }, async (context) => {
  const folder = temporaryFolder(context);
  chmodSync(folder, 0o755);
  const source = await directory((root) => {
    mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
    writeFileSync(join(root, 'var/lib/dpkg/status'), 'Package: x\n', { mode: 0o000 });
    mkdirSync(join(root, 'secret'), { mode: 0o000 });
  })(folder);
  const run = await runAttacked(['scan', '--format', 'json', source], { folder, user: 65534 });
  assertHarmless(run, 'unreadable');
  const { issues, packages } = JSON.parse(run.stdout) as Said;
  const told = issues
    .filter(({ code }) => code === 'permission-denied')
    .map(({ where }) => where ?? '');
  assert.deepEqual(told.sort(compareText), ['/secret', '/var/lib/dpkg/status']);
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['harmless'],
  );
});

test('a directory that changes while it is walked', async (context) => {
  const folder = temporaryFolder(context);
  const outside = join(folder, 'outside');
  mkdirSync(join(outside, 'node_modules/stolen'), { recursive: true });
  writeFileSync(
    join(outside, 'node_modules/stolen/package.json'),
    '{"name":"stolen","version":"1.0.0"}',
  );
  const source = await directory((root) => {
    for (let at = 0; at < 500; at++) {
      mkdirSync(join(root, `${at}/node_modules/x`), { recursive: true });
      writeFileSync(
        join(root, `${at}/node_modules/x/package.json`),
        '{"name":"harmless","version":"1.0.0"}',
      );
    }
  })(folder);
  const root = source.slice('rootfs:'.length);
  // Folders become links and folders again, files grow and shrink, as fast as it goes.
  const script = `
    const fs = require('node:fs');
    const [root, outside] = process.argv.slice(1);
    for (let at = 0; ; at = (at + 7) % 500) {
      const place = root + '/' + at;
      const file = place + '/node_modules/x/package.json';
      fs.truncateSync(file, at % 30);
      fs.renameSync(place, place + '.away');
      fs.symlinkSync(outside, place);
      fs.unlinkSync(place);
      fs.renameSync(place + '.away', place);
      fs.appendFileSync(file, ' '.repeat(1000));
    }`;
  const changer = spawn(process.execPath, ['-e', script, root, outside], { stdio: 'ignore' });
  try {
    for (let round = 0; round < 2; round++) {
      const run = await scan(folder, source);
      assertHarmless(run, 'a directory that changes');
      const { packages } = JSON.parse(run.stdout) as Said;
      assert.ok(
        packages.every(({ name }) => name === 'harmless'),
        'a link was followed',
      );
      assert.ok(packages.length > 0);
    }
    assert.equal(changer.exitCode, null, 'the attack ended early');
  } finally {
    changer.kill('SIGKILL');
    await once(changer, 'exit');
  }
});
