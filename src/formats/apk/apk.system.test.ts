// SPDX-License-Identifier: Apache-2.0
// The oracle is the root file system itself: what its files hash to, and what grep counts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dataFolder, noData } from '../../../testing/data.ts';
import { IssueList } from '../../model/issue.ts';
import { decodePath } from '../../model/path-bytes.ts';
import { parseApkInstalled } from './installed.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-apk-'));

after(() => rmSync(folder, { recursive: true, force: true }));

function sha1OfFile(path: string): string {
  const content = lstatSync(path).isSymbolicLink()
    ? readlinkSync(path, 'buffer')
    : readFileSync(path);
  return createHash('sha1').update(content).digest('hex');
}

const names = noData ? ['(absent)'] : readdirSync(join(dataFolder, 'rootfs'));

for (const name of names) {
  test(`${name}: packages and files are those of its tree`, { skip: noData }, () => {
    const archive = join(dataFolder, 'rootfs', name);
    spawnSync('tar', [
      '-xzf',
      archive,
      '-C',
      folder,
      '--one-top-level=' + name,
      '--no-same-owner',
      '--exclude=./dev',
    ]);
    const root = join(folder, name);
    const text = decodePath(readFileSync(join(root, 'lib/apk/db/installed')));
    const issues = new IssueList();
    const records = parseApkInstalled(text, '/installed', issues);
    assert.deepEqual(issues.toArray(), []);
    assert.equal(records.length, text.match(/^P:/gm)!.length);
    assert.equal(records.flatMap((record) => record.files).length, text.match(/^R:/gm)!.length);
    let same = 0;
    for (const { files } of records)
      for (const file of files) {
        const actual = sha1OfFile(join(root, file.path));
        if (file.sha1 === actual) same++;
        // Written after installation: the release is stamped, users and shells are added.
        else
          assert.match(file.path, /^\/etc\/|^\/usr\/share\/udhcpc\//, `${file.path} ${file.sha1}`);
      }
    assert.ok(same > 60, `${same} files`);
    for (const record of records) {
      assert.ok(record.origin && record.license && record.commit, record.name);
      assert.match(record.version, /^[0-9].*-r[0-9]+$/);
    }
  });
}
