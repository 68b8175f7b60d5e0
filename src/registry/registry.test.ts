// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { parseReference } from '../model/reference.ts';
import { parseChallenges } from './challenge.ts';
import { findCredentials } from './credentials.ts';
import { endpointsOf } from './endpoints.ts';

function urls(text: string, plainHttp = false, mirrors?: string): readonly string[] {
  return endpointsOf(parseReference(text), { plainHttp, mirrors }).map(
    ({ baseUrl, repository }) => `${baseUrl} ${repository}`,
  );
}

test('a registry is reached over https, this machine over http', () => {
  assert.deepEqual(urls('alpine'), ['https://registry-1.docker.io library/alpine']);
  assert.deepEqual(urls('ghcr.io/a/b'), ['https://ghcr.io a/b']);
  assert.deepEqual(urls('localhost:5000/a'), ['http://localhost:5000 a']);
  assert.deepEqual(urls('127.0.0.1:5000/a'), ['http://127.0.0.1:5000 a']);
  assert.deepEqual(urls('[::1]:5000/a'), ['http://[::1]:5000 a']);
  assert.deepEqual(urls('registry.lan/a'), ['https://registry.lan a']);
  assert.deepEqual(urls('registry.lan/a', true), ['http://registry.lan a']);
  assert.deepEqual(urls('127.evil.example/a'), ['https://127.evil.example a']);
  assert.deepEqual(urls('alpine', true), ['https://registry-1.docker.io library/alpine']);
});

test('mirrors come first, for their registry only', () => {
  const mirrors = 'docker.io=http://127.0.0.1:5000, ghcr.io=https://m.example/proxy/ghcr/';
  assert.deepEqual(urls('alpine', false, mirrors), [
    'http://127.0.0.1:5000 library/alpine',
    'https://registry-1.docker.io library/alpine',
  ]);
  assert.deepEqual(urls('ghcr.io/a/b', false, mirrors), [
    'https://m.example proxy/ghcr/a/b',
    'https://ghcr.io a/b',
  ]);
  assert.deepEqual(urls('quay.io/a', false, mirrors), ['https://quay.io a']);
});

test('mirrors that are written wrong, or would be asked over http, are refused', () => {
  for (const mirrors of [
    'x',
    '=https://a',
    'docker.io=',
    'docker.io=ftp://a',
    'docker.io=http://mirror.lan',
    'docker.io=https://me:word@a',
  ])
    assert.throws(() => urls('alpine', false, mirrors), { code: 'usage' }, mirrors);
  assert.equal(urls('alpine', true, 'docker.io=http://mirror.lan').length, 2);
});

test('challenges are read, several in one header', () => {
  const header =
    'Basic realm="a, \\"b\\"", Bearer realm="https://auth.example/token",service=registry.example,scope="repository:a/b:pull,push"';
  assert.deepEqual(
    parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]),
    [
      ['basic', { realm: 'a, "b"' }],
      [
        'bearer',
        {
          realm: 'https://auth.example/token',
          service: 'registry.example',
          scope: 'repository:a/b:pull,push',
        },
      ],
    ],
  );
  assert.deepEqual(parseChallenges('BEARER'), [
    { scheme: 'bearer', parameters: Object.create(null) },
  ]);
  assert.deepEqual(parseChallenges('realm="x"'), []);
});

test('any header is read without harm', () => {
  const text = fc.array(
    fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'realm', 'x', '\t', 'é'),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        text.map((parts) => parts.join('')),
      ),
      (value) => {
        for (const { scheme } of parseChallenges(value)) assert.ok(scheme.length > 0);
      },
    ),
  );
});

const basic = (pair: string) => Buffer.from(pair).toString('base64');

function dockerConfig(context: { after(step: () => void): void }, config: unknown) {
  const folder = temporaryFolder(context);
  writeFileSync(
    join(folder, 'config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  );
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
}

test('credentials are found under every way to write a registry', async (context) => {
  for (const [key, host] of [
    ['https://index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['ghcr.io', 'ghcr.io'],
    ['https://ghcr.io', 'ghcr.io'],
    ['https://ghcr.io/v2/', 'ghcr.io'],
    ['localhost:5000', 'localhost:5000'],
  ] as const) {
    const env = dockerConfig(context, { auths: { [key]: { auth: basic('me:pa:ss') } } });
    assert.deepEqual(
      (await findCredentials(host, 'a', env)).credentials,
      { kind: 'password', user: 'me', password: 'pa:ss' },
      key,
    );
    assert.equal((await findCredentials('other.example', 'a', env)).credentials, undefined);
  }
});

test('an identity token wins over a password', async (context) => {
  const auths = { 'r.example': { auth: basic('00000000-0000:'), identitytoken: 'abc' } };
  const { credentials } = await findCredentials('r.example', 'a', dockerConfig(context, { auths }));
  assert.deepEqual(credentials, { kind: 'identity-token', token: 'abc' });
});

test("podman's file tells credentials apart by repository", async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, 'containers'));
  const auths = {
    'r.example': { auth: basic('all:1') },
    'r.example/team': { auth: basic('team:1') },
    'r.example/team/app': { auth: basic('app:1') },
  };
  writeFileSync(join(folder, 'containers/auth.json'), JSON.stringify({ auths }));
  const env = { XDG_RUNTIME_DIR: folder };
  for (const [repository, user] of [
    ['team/app', 'app'],
    ['team/web', 'team'],
    ['teams', 'all'],
  ] as const) {
    const { credentials } = await findCredentials('r.example', repository, env);
    assert.equal(credentials?.kind === 'password' && credentials.user, user, repository);
  }
});

test('damaged files are a problem to tell of, without their content', async (context) => {
  for (const text of ['{"auths": "secret', '[]', 'null', '"secret"']) {
    const { credentials, problems } = await findCredentials(
      'r.example',
      'a',
      dockerConfig(context, text),
    );
    assert.equal(credentials, undefined);
    assert.equal(problems.length, 1, text);
    assert.doesNotMatch(problems.join(), /secret/);
  }
  for (const auths of [
    null,
    [],
    { 'r.example': null },
    { 'r.example': { auth: 'bm9jb2xvbg==' } },
    { 'r.example': { auth: 5 } },
  ]) {
    const { credentials } = await findCredentials(
      'r.example',
      'a',
      dockerConfig(context, { auths }),
    );
    assert.equal(credentials, undefined);
  }
});

function helper(folder: string, name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test('a helper is asked for its registry, a store for the others', async (context) => {
  const env = dockerConfig(context, { credHelpers: { 'r.example': 'own' }, credsStore: 'all' });
  helper(
    env.DOCKER_CONFIG,
    'own',
    'read server; [ "$1" = get ] && echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"own\\",\\"Secret\\":\\"$server\\"}"',
  );
  helper(env.DOCKER_CONFIG, 'all', 'echo \'{"Username":"<token>","Secret":"t"}\'');
  assert.deepEqual((await findCredentials('r.example', 'a', env)).credentials, {
    kind: 'password',
    user: 'own',
    password: 'r.example',
  });
  assert.deepEqual((await findCredentials('docker.io', 'a', env)).credentials, {
    kind: 'identity-token',
    token: 't',
  });
});

test('a helper that knows nothing is no problem, one that fails is', async (context) => {
  for (const [script, problems] of [
    ['echo "credentials not found in native keychain"; exit 1', []],
    ['echo secret >&2; echo secret; exit 3', [/status 3$/]],
    ['echo secret', [/no JSON/]],
  ] as const) {
    const env = dockerConfig(context, { credsStore: 'x' });
    helper(env.DOCKER_CONFIG, 'x', script);
    const found = await findCredentials('r.example', 'a', env);
    assert.equal(found.credentials, undefined);
    assert.equal(found.problems.length, problems.length, script);
    found.problems.forEach((problem, index) => assert.match(problem, problems[index]!));
    assert.doesNotMatch(found.problems.join(), /secret/);
  }
});

test('a helper that is not there, or is named to be something else, is said', async (context) => {
  for (const name of ['not-there', '../../bin/sh', '-x', 'a b', 'x;y', '$(id)']) {
    const env = dockerConfig(context, { credsStore: name });
    const { problems } = await findCredentials('r.example', 'a', env);
    assert.equal(problems.length, 1, name);
  }
});
