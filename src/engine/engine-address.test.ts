// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { engineAddresses } from './engine-address.ts';

test('a variable names the engine', () => {
  for (const [value, want] of [
    ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
    ['tcp://127.0.0.1:2375', { kind: 'tcp', host: '127.0.0.1:2375' }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '[::1]:2375' }],
    ['tcp://build.lan:2376/', { kind: 'tcp', host: 'build.lan:2376' }],
  ] as const) {
    assert.deepEqual(engineAddresses('docker', { DOCKER_HOST: value }), [want], value);
    assert.deepEqual(engineAddresses('podman', { CONTAINER_HOST: value }), [want], value);
  }
});

test('TLS is used where it is asked for', () => {
  const env = { DOCKER_HOST: 'tcp://a:2376', HOME: '/home/x' };
  const certificates = (more: Record<string, string>) => {
    const [address] = engineAddresses('docker', { ...env, ...more });
    return address?.kind === 'tcp' ? address.certificates : undefined;
  };
  assert.equal(certificates({}), undefined);
  assert.equal(certificates({ DOCKER_TLS_VERIFY: '1' }), '/home/x/.docker');
  assert.equal(certificates({ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' }), '/c');
});

test('what cannot be reached is refused', () => {
  for (const [value, code] of [
    ['ssh://me@host', 'unsupported'],
    ['npipe:////./pipe/docker_engine', 'unsupported'],
    ['fd://', 'usage'],
    ['unix://', 'usage'],
    ['tcp://', 'usage'],
    ['tcp://me:word@host:1', 'usage'],
    ['tcp://host:1/path', 'usage'],
    ['/var/run/docker.sock', 'usage'],
  ] as const)
    assert.throws(
      () => engineAddresses('docker', { DOCKER_HOST: value }),
      (error: unknown) => {
        assert.equal((error as { code: string }).code, code, value);
        assert.doesNotMatch(String(error), /word/);
        return true;
      },
    );
});

test('a context names the engine, and its certificates', (context) => {
  const folder = temporaryFolder(context);
  const id = createHash('sha256').update('far').digest('hex');
  mkdirSync(join(folder, 'contexts/meta', id), { recursive: true });
  const meta = { Name: 'far', Endpoints: { docker: { Host: 'tcp://far.lan:2376' } } };
  writeFileSync(join(folder, 'contexts/meta', id, 'meta.json'), JSON.stringify(meta));
  const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'far' };
  assert.deepEqual(engineAddresses('docker', env), [{ kind: 'tcp', host: 'far.lan:2376' }]);
  const certificates = join(folder, 'contexts/tls', id, 'docker');
  mkdirSync(certificates, { recursive: true });
  assert.deepEqual(engineAddresses('docker', env), [
    { kind: 'tcp', host: 'far.lan:2376', certificates },
  ]);
  const named = { ...env, DOCKER_HOST: 'unix:///s' };
  assert.deepEqual(engineAddresses('docker', named), [{ kind: 'unix', path: '/s' }]);
  for (const name of ['near', '../../etc'])
    assert.throws(() => engineAddresses('docker', { ...env, DOCKER_CONTEXT: name }), {
      code: 'usage',
    });
});

test('sockets that exist are tried where nothing is named', (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, 'podman'));
  writeFileSync(join(folder, 'podman/podman.sock'), '');
  const found = engineAddresses('podman', { XDG_RUNTIME_DIR: folder });
  assert.deepEqual(found[0], { kind: 'unix', path: join(folder, 'podman/podman.sock') });
});
