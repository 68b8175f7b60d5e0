// SPDX-License-Identifier: Apache-2.0
// Images without a package database: busybox as published. They are read and verified like any
// other, and what is said of them is that nothing can be told, never that they are clean.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noData, testData } from '../testing/data.ts';
import { plimsoll } from '../testing/plimsoll.ts';

interface ScanDocument {
  readonly image: { readonly identity: { readonly manifest?: string; readonly config?: string } };
  readonly packages: readonly object[];
  readonly findings: readonly object[];
  readonly ownership: { readonly files: number; readonly unownedExecutablesTotal: number };
  readonly coverage: {
    readonly level: string;
    readonly gaps: readonly { readonly code: string; readonly blocking: boolean }[];
  };
}

interface Manifest {
  readonly config: { readonly digest: string };
}

for (const flavour of ['glibc', 'musl'])
  test(`busybox of ${flavour}`, { skip: noData }, async () => {
    const layout = join(testData('busybox-oci'), 'busybox/latest', flavour, 'amd64');
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    const digest = index.manifests[0]!.digest;
    const manifest = JSON.parse(
      readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8'),
    ) as Manifest;
    const { stdout, stderr, status } = await plimsoll(['scan', '--json', `oci:${layout}`]);
    assert.equal(status, 0, stderr);
    const document = JSON.parse(stdout) as ScanDocument;
    assert.equal(document.image.identity.manifest, digest);
    assert.equal(document.image.identity.config, manifest.config.digest);
    assert.deepEqual([document.packages, document.findings], [[], []]);
    assert.ok(document.ownership.files > 0 && document.ownership.unownedExecutablesTotal > 0);
    assert.equal(document.coverage.level, 'none');
    const blocking = document.coverage.gaps.filter((gap) => gap.blocking);
    assert.ok(
      blocking.some(({ code }) => code === 'no-package-database'),
      JSON.stringify(blocking),
    );
    for (const bar of ['critical', 'kev', 'fixable', 'critical,high,unknown,kev,fixable']) {
      const gated = await plimsoll(['scan', '--fail-on', bar, `oci:${layout}`]);
      assert.equal(gated.status, 2, bar);
      assert.match(gated.stdout, /no-package-database/);
      assert.match(gated.stdout, /Verdict: cannot tell/);
      assert.doesNotMatch(gated.stdout, /No findings/);
    }
  });
